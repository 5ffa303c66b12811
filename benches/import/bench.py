"""Import and measures on real posts, in one run with peers on the same file: DuckDB reads it, rensa
groups its texts.

Prints one JSON document and a short table; names the machine. Nothing is asserted here: figures
are for people, tests are for machines.
"""

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("MARSAD_SHARED", ROOT.parent / "shared"))
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path.home() / ".cache/marsad/target"))
MARSAD = TARGET / "release/marsad"
INPUT = SHARED / "data/ira-troll-tweets/full_part1_2012_2016.csv.zst"
RUNS = int(os.environ.get("RUNS", "3"))

DUCKDB = """
import duckdb, sys
duckdb.sql(f"copy (select * from read_csv('{sys.argv[1]}', header=true)) to '{sys.argv[2]}' (format parquet, compression zstd)")
"""


# rensa's whole pipeline: sets of lower-case words, one digest matrix, one-shot LSH. The file is read
# before the clock starts.
RENSA = """
import duckdb, json, re, sys, time
from rensa import RMinHash, RMinHashLSH
texts = [text or '' for (text,) in duckdb.sql(f"select content from read_csv('{sys.argv[1]}', header=true)").fetchall()]
start = time.perf_counter()
word = re.compile(r'\\w+')
tokens = [set(word.findall(text.lower())) for text in texts]
tokenised = time.perf_counter()
matrix = RMinHash.digest_matrix_from_token_sets(tokens, 128, 42)
flags = RMinHashLSH(0.8, 128, 16).query_duplicate_flags_matrix_one_shot(matrix)
done = time.perf_counter()
print(json.dumps({"tokens_s": tokenised - start, "rust_s": done - tokenised, "duplicates": sum(flags)}), file=open(sys.argv[2], "w"))
"""


def run(command: list[str]) -> dict:
    """Wall seconds, CPU seconds and peak memory of one process."""
    script = (
        "import resource,subprocess,sys,time,json;t=time.time();"
        "r=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
        "u=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(json.dumps({'s':time.time()-t,'cpu_s':u.ru_utime+u.ru_stime,'peak_mb':u.ru_maxrss/1024,'rc':r.returncode}))"
    )
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    if figures["rc"] != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return figures


def best(name: str, make) -> dict:
    """The fastest of several runs; `make` prepares each one."""
    figures = min((run(make()) for _ in range(RUNS)), key=lambda f: f["s"])
    print(f"{name:<28} {figures['s']:7.2f} s  {figures['cpu_s']:7.2f} CPU s  {figures['peak_mb']:7.0f} MB", file=sys.stderr)
    return figures


def main() -> None:
    if not INPUT.exists():
        sys.exit(f"SKIPPED: {INPUT} is not there; set MARSAD_SHARED")
    work = Path(tempfile.mkdtemp(prefix="marsad-bench-"))
    os.environ["MARSAD_KEYS"] = str(work / "keys")
    archive = work / "archive"

    def fresh_import() -> list[str]:
        shutil.rmtree(archive, ignore_errors=True)
        mapping = ["channel=author_id", "text=content", "published_at=publish_date"]
        maps = [part for pair in mapping for part in ("--map", pair)]
        return [str(MARSAD), "--archive", str(archive), "import", "--quiet", "--as", "csv", "--platform", "twitter", *maps, str(INPUT)]

    def measure(name: str, *options: str):
        return lambda: [str(MARSAD), "--archive", str(archive), "measure", name, "--json", *options]

    figures = {
        "duckdb": best("DuckDB csv to parquet", lambda: [sys.executable, "-c", DUCKDB, str(INPUT), str(work / "peer.parquet")]),
        "import": best("marsad import", fresh_import),
        "statements": best("marsad measure statements", measure("statements", "--limit", "10")),
        "primacy": best("marsad measure primacy", measure("primacy", "--by", "channel", "--limit", "10")),
        "networks": best("marsad measure networks", measure("networks")),
    }
    told = work / "rensa.json"
    peer = best("rensa, reading the file too", lambda: [sys.executable, "-c", RENSA, str(INPUT), str(told)])
    peer |= json.loads(told.read_text())
    peer["s"] = peer["tokens_s"] + peer["rust_s"]
    print(f"{'rensa, its pipeline alone':<28} {peer['s']:7.2f} s", file=sys.stderr)
    figures["rensa"] = peer
    figures["rensa_over_statements"] = round(peer["s"] / figures["statements"]["s"], 2)
    figures["rensa_over_import"] = round(peer["s"] / figures["import"]["s"], 2)
    posts = 1_581_591
    figures["posts"] = posts
    figures["import_posts_per_s"] = round(posts / figures["import"]["s"])
    figures["import_over_duckdb"] = round(figures["import"]["s"] / figures["duckdb"]["s"], 2)
    figures["machine"] = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {cpu_name()}"
    print(json.dumps(figures))
    shutil.rmtree(work, ignore_errors=True)


def cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


if __name__ == "__main__":
    main()
