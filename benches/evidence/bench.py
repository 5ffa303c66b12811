"""Figures of the evidence log beside SQLite and sha256sum, in one run. `make bench-evidence`.

    bench.py [--records N] [--start-up N]      (defaults 200000 and 10000000; the latter takes ~6 GB)
"""

import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
FIGURES = TARGET / "release" / "examples" / "figures"


def figures(*arguments):
    words = [str(FIGURES), *map(str, arguments)]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return json.loads(said) if said else None


def disk_bytes(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def forget_pages(folder):
    """Asks the system to drop its copies of these files, so that the next reading is from disk."""
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def sqlite(folder, payloads, records, size, group):
    """The same payloads, as they are, in a table; every group durable: WAL, synchronous=FULL."""
    path = folder / "peer.sqlite"
    book = sqlite3.connect(path, isolation_level=None)
    assert book.execute("pragma journal_mode=wal").fetchone() == ("wal",)
    book.execute("pragma synchronous=full")
    book.execute("create table records (leaf integer primary key, payload blob not null)")
    seconds = 0.0
    with open(payloads, "rb") as file:
        for first in range(0, records, group):
            count = min(group, records - first)
            rows = [(file.read(size),) for _ in range(count)]
            started = time.perf_counter()
            book.execute("begin")
            book.executemany("insert into records (payload) values (?)", rows)
            book.execute("commit")
            seconds += time.perf_counter() - started
    assert book.execute("select count(*) from records").fetchone() == (records,)
    book.close()
    stored = disk_bytes(folder)
    path.unlink()
    return seconds, stored


def appends(folder, records, size, group):
    log, peer, payloads = folder / "log", folder / "peer", folder / "payloads"
    figures("payload", payloads, records, size)
    ours, theirs = [], []
    for _ in range(3):  # in turn, so that both meet the same weather
        shutil.rmtree(log, ignore_errors=True)
        ours.append(figures("append", log, records, size, group))
        shutil.rmtree(peer, ignore_errors=True)
        peer.mkdir()
        theirs.append(sqlite(peer, payloads, records, size, group))
    best = min(ours, key=lambda one: one["seconds"])
    seconds, stored = min(theirs)
    mb = records * size / 1e6
    groups = -(-records // group)
    print(f"{records} records of {size} B, a sync for each {group}")
    for name, s, on_disk in (("marsad", best["seconds"], disk_bytes(log)), ("SQLite", seconds, stored)):
        print(f"  {name}: {s:.2f} s, {records / s:,.0f} records/s, {mb / s:.1f} MB/s, "
              f"{groups / s:,.0f} groups/s, {on_disk / records:.0f} B a record on disk")
    print(f"  ratio of times {best['seconds'] / seconds:.2f}; preparing (hash, salt, pack) took {best['preparing']:.2f} s of ours")
    return log, payloads


def verifies(folder, log, payloads):
    size = payloads.stat().st_size
    ours = min(figures("verify", log)["seconds"] for _ in range(3))
    single, both = [], []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(["sha256sum", payloads], check=True, capture_output=True)
        single.append(time.perf_counter() - started)
        halves = [f"head -c {size // 2} {payloads} | sha256sum", f"tail -c {size - size // 2} {payloads} | sha256sum"]
        started = time.perf_counter()
        running = [subprocess.Popen(half, shell=True, stdout=subprocess.DEVNULL) for half in halves]
        assert not any(one.wait() for one in running)
        both.append(time.perf_counter() - started)
    packed = disk_bytes(log / "warc")
    print(f"verify {size / 1e6:.0f} MB of payloads ({packed / 1e6:.0f} MB packed): marsad {size / ours / 1e9:.2f} GB/s; "
          f"sha256sum {size / min(single) / 1e9:.2f} GB/s, two of them on a half each {size / min(both) / 1e9:.2f} GB/s")


def start_up(folder, records):
    log = folder / "large"
    made = figures("append", log, records, 64, 100_000)
    print(f"{records} records of 64 B written in {made['seconds']:.0f} s ({records / made['seconds']:,.0f} records/s), "
          f"{disk_bytes(log) / records:.0f} B a record on disk")
    forget_pages(log)
    cold = figures("open", log)
    warm = min((figures("open", log) for _ in range(5)), key=lambda one: one["read_s"])
    for name, one in (("from disk", cold), ("again", warm)):
        print(f"  start-up check {name}: to read {one['read_s'] * 1e3:.1f} ms, to write {one['write_s'] * 1e3:.1f} ms; "
              f"an act written down and synced {one['act_s'] * 1e3:.1f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--start-up", type=int, default=10_000_000)
    wanted = parser.parse_args()
    with open("/proc/cpuinfo") as info:
        model = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    print(f"{model}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    folder = pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("BENCH_DIR")))
    try:
        appends(folder, wanted.records, 400, 1000)
        appends(folder, 300, 400, 1)
        log, payloads = appends(folder, 512, 1 << 20, 8)
        verifies(folder, log, payloads)
        shutil.rmtree(log)
        start_up(folder, wanted.start_up)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
