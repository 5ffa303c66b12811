"""Write the test world of a seed as a table.

Usage: python3 -m eighth SEED OUT.csv
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from .board import Row
from .world import build_world

_USAGE = "Usage: python3 -m eighth SEED OUT.csv"


def main(arguments: Sequence[str]) -> None:
    """Build the world that the arguments ask for and write it."""
    if len(arguments) != 2 or not arguments[0].isdecimal():
        sys.exit(_USAGE)
    seed, path = int(arguments[0]), Path(arguments[1])
    try:
        rows = build_world(seed)
    except FileNotFoundError as error:
        sys.exit(str(error))
    _write(rows, path)
    print(f"{path}: {len(rows)} posts in {len({row.channel for row in rows})} channels")


def _write(rows: Sequence[Row], path: Path) -> None:
    with path.open("w", encoding="utf8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Row._fields)
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
