"""Cost of a post from a hundred thousand posts to ten million: import and statements of made worlds.

`SIZES="100000 1000000"` chooses others. Each world is written, imported and measured in a folder of
its own, which is removed. Nothing is asserted here: figures are for people.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "import"))
from bench import MARSAD, cpu_name, run  # noqa: E402

SIZES = [int(size) for size in os.environ.get("SIZES", "100000 1000000 10000000").split()]


def of_size(posts: int) -> dict:
    work = Path(tempfile.mkdtemp(prefix="marsad-scale-"))
    try:
        os.environ["MARSAD_KEYS"] = str(work / "keys")
        make = [str(MARSAD), "simulate", "scale", "--quiet", "--posts", str(posts), "--out", str(work)]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        archive = ["--archive", str(work / "archive")]
        figures = {
            "posts": posts,
            "import": run([str(MARSAD), *archive, "import", "--quiet", str(work / "world.ndjson")]),
            "statements": run([str(MARSAD), *archive, "measure", "statements", "--json", "--limit", "10"]),
        }
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for what in ("import", "statements"):
        told = figures[what]
        told["us_per_post"] = round(told["s"] * 1e6 / posts, 2)
        told["bytes_per_post"] = round(told["peak_mb"] * 1024 * 1024 / posts)
        print(
            f"{posts:>10} posts  {what:<10} {told['s']:7.2f} s  {told['us_per_post']:6.2f} us/post  "
            f"{told['peak_mb']:7.0f} MB  {told['cpu_s']:7.2f} CPU s",
            file=sys.stderr,
        )
    return figures


def main() -> None:
    print(json.dumps({"machine": f"{os.cpu_count()} cores, {cpu_name()}", "sizes": [of_size(n) for n in SIZES]}))


if __name__ == "__main__":
    main()
