"""The search index on real posts: made, its size, and how long searches take, in one run.

Prints one JSON document; names the machine. `ARCHIVE=folder` takes an archive that is there
already (its search index is made again); else the shared posts are imported first.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("MARSAD_SHARED", ROOT.parent / "shared"))
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path.home() / ".cache/marsad/target"))
PROFILE = os.environ.get("PROFILE", "release")
MARSAD = TARGET / PROFILE / "marsad"
LATENCY = TARGET / PROFILE / "examples/latency"
INPUT = SHARED / "data/ira-troll-tweets/full_part1_2012_2016.csv.zst"


def run(*command) -> dict:
    """Wall seconds, CPU seconds and peak memory of one process, and what it said."""
    started = time.time()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([str(part) for part in command], stdout=said)
        _, status, used = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"failed: {command}")
        said.seek(0)
        return {
            "s": round(time.time() - started, 3),
            "cpu_s": round(used.ru_utime + used.ru_stime, 2),
            "peak_mb": round(used.ru_maxrss / 1024),
            "said": said.read().decode(),
        }


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    work = Path(tempfile.mkdtemp(prefix="marsad-bench-"))
    archive = Path(os.environ.get("ARCHIVE", work / "archive"))
    if "ARCHIVE" not in os.environ:
        if not INPUT.exists():
            sys.exit(f"SKIPPED: {INPUT} is not there; set MARSAD_SHARED")
        os.environ["MARSAD_KEYS"] = str(work / "keys")
        mapping = ["channel=author_id", "text=content", "published_at=publish_date"]
        maps = [part for pair in mapping for part in ("--map", pair)]
        run(MARSAD, "--archive", archive, "import", "--quiet", "--as", "csv", "--platform", "twitter", *maps, INPUT)
    shutil.rmtree(archive / "search", ignore_errors=True)
    first = run(MARSAD, "--archive", archive, "search", "weather", "--json")
    searches = [run(MARSAD, "--archive", archive, "search", "weather", "--json") for _ in range(7)]
    best = min(searches, key=lambda figures: figures["s"])
    posts = json.loads(run(LATENCY, archive / "search")["said"])
    like = json.loads(first["said"])["rows"][0]["post"]
    alike = run(MARSAD, "--archive", archive, "search", "--like", like, "--json")
    for figures in (first, best, alike):
        del figures["said"]
    index = size(archive / "search")
    print(
        json.dumps(
            {
                "made_and_searched": first,
                "index_mb": round(index / 1e6, 1),
                "index_bytes_per_post": round(index / posts["posts"], 1),
                "lake_mb": round(size(archive / "lake") / 1e6, 1),
                "search_process": best,
                "like_process": alike,
                "warm": posts,
                "profile": PROFILE,
                "load": os.getloadavg()[0],
            },
            indent=1,
        )
    )
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
