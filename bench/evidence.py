"""How fast a bundle is written and verified, and with how much memory.

    python bench/evidence.py [RECORDS]

A log of decisions as the gateway writes them (commits of 64 records, half of the records ENDED), made once in a
temporary folder; then an export of all of it, and a verification, each in a process of its own.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).parents[1] / "tests")  # this file is called as a folder there is

import msgspec

from evidence.bundle.site import DAY, POLICY, REGISTER, START, body
from ringfence.evidence.bundle.export import Sources, export
from ringfence.evidence.bundle.sample import draw
from ringfence.evidence.bundle.verify import verify
from ringfence.ledger.ledger import Ledger
from ringfence.ledger.log import Log
from ringfence.ledger.reader import SegmentsReader
from ringfence.ledger.record import draft
from ringfence.ledger.tiles import build, folder_tiles
from ringfence.vocabulary.record import Phase, Record

_COMMIT = 64


def make(folder: Path, records: int) -> None:
    """The log and its tiles; without waiting for the disk, because its making is not measured."""
    os.fsync = os.fdatasync = lambda fd: None
    numbers = iter(range(records))
    now = START.timestamp()
    ledger = Ledger.open(
        folder / "log",
        key_path=folder / "key",
        highest_path=folder / "highest",
        origin="bench.example/ringfence",
        clock=lambda: now,
    )
    decided = body(datetime.fromtimestamp(now, UTC))
    log: Log = ledger._log  # group commits of a known size
    size = log.size
    for first in numbers:
        drafts = []
        for number in range(first, min(first + _COMMIT, records), 2):
            name, index = f"r{number}", size + len(drafts)
            drafts.append(draft(Record(name, Phase.DECIDED, decided, {"received": b"x"}), bytes))
            drafts.append(draft(Record(name, Phase.ENDED, {"decided": index, "outcome": "completed"}), bytes))
        log.commit(drafts)
        size += len(drafts)
        now += 0.05
        for _ in zip(range(_COMMIT - 1), numbers, strict=False):
            pass
    ledger.close()
    reader = SegmentsReader(folder / "log", folder / "highest")
    reader.snapshots.keep("register", REGISTER)
    reader.snapshots.keep("policy", POLICY.content)
    build(reader, folder / "tiles")


def _export(folder: Path) -> Any:
    reader = SegmentsReader(folder / "log", folder / "highest")
    sources = Sources(reader=reader, tiles=folder_tiles(folder / "tiles"), anchors=folder / "none", people={})
    return export(sources, DAY, folder / "bundle.zip").manifest.records


def _verify(folder: Path) -> Any:
    key_line = SegmentsReader(folder / "log", folder / "highest").key_line
    found = verify(folder / "bundle.zip", public_key=key_line)
    assert found.ok, found.steps
    return found.records


def _sample(folder: Path) -> Any:
    return draw(folder / "bundle.zip", 60, "bench").population


def _measured(step: Callable[[Path], Any], folder: Path, queue: Any) -> None:
    before = _peak_kib()
    begun = time.perf_counter()
    count = step(folder)
    seconds = time.perf_counter() - begun
    queue.put((count, seconds, before, _peak_kib()))


def _peak_kib() -> int:
    """Of this process; ru_maxrss would be the parent's where that was larger."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, records)
        spawn = multiprocessing.get_context("spawn")
        rows: dict[str, Any] = {}
        for step in (_export, _verify, _sample):
            queue = spawn.Queue()
            process = spawn.Process(target=_measured, args=(step, folder, queue))
            process.start()
            count, seconds, before, peak = queue.get()
            process.join()
            rows[step.__name__[1:]] = {
                "records": count,
                "seconds": round(seconds, 2),
                "records_per_s": round(count / seconds),
                "memory_mib": round(peak / 1024),
                "of_it_at_start_mib": round(before / 1024),
            }
        rows["bundle_mib"] = round((folder / "bundle.zip").stat().st_size / 2**20, 1)
        rows["log_mib"] = round(sum(p.stat().st_size for p in (folder / "log" / "segments").iterdir()) / 2**20, 1)
    print(json.dumps(msgspec.to_builtins(rows), indent=2))


if __name__ == "__main__":
    main()
