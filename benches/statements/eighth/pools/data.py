"""Reading of the tables in the data folder."""

import csv
import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]

TROLL_TWEETS = "ira-troll-tweets/"
_LARGEST_FIELD = 10**9


def data_folder() -> Path:
    """The folder of the data sets; FileNotFoundError if there is none."""
    shared = os.environ.get("MARSAD_SHARED")
    folder = Path(shared or "../shared") / "data"
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no data folder {folder}; set MARSAD_SHARED to the folder that holds data."
        )
    return folder


def read_table(name: str) -> Iterator[Row]:
    """The rows of a packed table, one by one, since some tables are large."""
    csv.field_size_limit(_LARGEST_FIELD)
    command = ["zstd", "-dc", "--long=31", str(data_folder() / name)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        table = io.TextIOWrapper(process.stdout, encoding="utf8", errors="replace", newline="")
        yield from csv.DictReader(table)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
