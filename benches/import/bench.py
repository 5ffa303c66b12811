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


def rounds(contenders: dict) -> dict:
    """Every contender once a round, so that a slow minute of the machine hits all of them.

    A contender is its name in print, what prepares a run and says the command, and what is done with
    the figures of each run.
    """
    runs: dict = {key: [] for key in contenders}
    for _ in range(RUNS):
        for key, (_, make, after) in contenders.items():
            figures = run(make())
            after(figures)
            runs[key].append(figures)
    for key, (name, _, _) in contenders.items():
        fastest = min(runs[key], key=lambda figures: figures["s"])
        print(
            f"{name:<28} {fastest['s']:7.2f} s  {fastest['cpu_s']:7.2f} CPU s  {fastest['peak_mb']:7.0f} MB",
            file=sys.stderr,
        )
    return runs


def ratio(runs: dict, slower: str, faster: str) -> dict:
    """How many times as fast: the best run of each, and round by round."""
    best = min(r["s"] for r in runs[slower]) / min(r["s"] for r in runs[faster])
    each = [round(a["s"] / b["s"], 2) for a, b in zip(runs[slower], runs[faster], strict=True)]
    return {"best": round(best, 2), "rounds": each}


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

    told = work / "rensa.json"

    def as_told(figures: dict) -> None:
        figures |= json.loads(told.read_text())
        figures["s"] = figures["tokens_s"] + figures["rust_s"]

    def alone(_figures: dict) -> None:
        pass

    parquet = str(work / "peer.parquet")
    runs = rounds(
        {
            "duckdb": ("DuckDB csv to parquet", lambda: [sys.executable, "-c", DUCKDB, str(INPUT), parquet], alone),
            "import": ("marsad import", fresh_import, alone),
        }
    )
    # The first look at an archive also files the statements in the lake: no part of the comparison.
    run(measure("statements", "--limit", "10")())
    runs |= rounds(
        {
            "statements": ("marsad measure statements", measure("statements", "--limit", "10"), alone),
            "rensa": ("rensa, its pipeline", lambda: [sys.executable, "-c", RENSA, str(INPUT), str(told)], as_told),
            "primacy": ("marsad measure primacy", measure("primacy", "--by", "channel", "--limit", "10"), alone),
            "networks": ("marsad measure networks", measure("networks"), alone),
        }
    )
    figures: dict = {key: min(own, key=lambda run: run["s"]) for key, own in runs.items()}
    figures["rensa_over_statements"] = ratio(runs, "rensa", "statements")
    figures["rensa_over_import"] = ratio(runs, "rensa", "import")
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
