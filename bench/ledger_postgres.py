"""Durable appends a second by several gateway processes that write one log in PostgreSQL, beside the log in segments.

`python bench/ledger_postgres.py --help`. Each figure is of this machine and disk. The server is a cluster of its own,
with fsync on. A leaf is about 800 bytes, and every acknowledgement is awaited before the same client sends its next
record. Afterwards the whole log is verified, and each acknowledged record must stand at its index.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from ringfence.ledger.ledger import Ledger
from ringfence.ledger.postgres import opening
from ringfence.ledger.postgres.client import Client
from ringfence.ledger.postgres.reader import PostgresReader
from ringfence.ledger.verify_reader import verify_reader
from ringfence.vocabulary.record import Phase, Receipt, Record
from support.postgres import Cluster

_TIMEOUT_S = 20.0
_BODY = {
    "effect": "ALLOW",
    "service": "example/private",
    "determining_rules": ["covered-by-a-document", "private-first"],
    "labels": ["phi", "personal"],
    "policy_digest": "a" * 64,
    "register_digest": "b" * 64,
    "reasons": ["x" * 60] * 3,
}
_CONTENTS = {"received": b"r" * 1500, "sent": b"s" * 1500}


def main() -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--clients", type=int, default=16, help="in each process")
    parser.add_argument("--appends", type=int, default=10_000, help="in each process")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Cluster("max_wal_size = 4GB") as cluster:
        folder = Path(name)
        url = cluster.url(cluster.database())
        _postgres(folder, url, options)
        _run("segments, one process", 1, options.processes * options.clients, options, lambda number: _folder(folder))


def place(url: str, folder: Path, number: int) -> opening.Place:
    """Where gateway `number` writes."""
    return opening.Place(url, f"gateway-{number}", folder / "key", folder / f"highest-{number}", "bench.example/log")


def _open(url: str, folder: Path, number: int) -> Ledger:
    return opening.open_ledger(place(url, folder, number), clock=time.time, on_fatal=print)


def _folder(folder: Path) -> Ledger:
    return Ledger.open(
        folder / "log",
        key_path=folder / "segments.key",
        highest_path=folder / "highest",
        origin="bench.example/log",
        clock=time.time,
    )


def _postgres(folder: Path, url: str, options: argparse.Namespace) -> None:
    _open(url, folder, 0).close()  # makes the key that all of them sign with
    told = _run(
        f"PostgreSQL, {options.processes} processes",
        options.processes,
        options.clients,
        options,
        lambda number: _open(url, folder, number),
    )
    client = Client(url)
    reader = PostgresReader.find(client)
    assert reader is not None
    began = time.perf_counter()
    report = verify_reader(reader, highest_path=folder / "highest-0", public_key=reader.key_line)
    seconds = time.perf_counter() - began
    stored = {entry.index: entry.fields.request_id for entry in reader.entries()}
    missing = sum(stored.get(index) != request_id for index, request_id in told)
    print(
        f"  verified {report.size:,} records, {report.checkpoints:,} checkpoints in {seconds:.1f} s: ok={report.ok}; "
        f"acknowledged {len(told):,}, missing {missing}; no gap: {set(stored) == set(range(report.size))}"
    )
    client.close()


def _run(
    title: str, processes: int, clients: int, options: argparse.Namespace, make: Callable[[int], Ledger]
) -> list[tuple[int, str]]:
    """Index and request of everything that was acknowledged."""
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(processes), context.SimpleQueue()
    appends = options.appends * options.processes // processes
    children = [
        context.Process(target=_child, args=(make, number, clients, appends, barrier, answers))
        for number in range(processes)
    ]
    for child in children:
        child.start()
    results = [json.loads(answers.get()) for _ in children]
    for child in children:
        child.join()
    seconds = max(each["end"] for each in results) - min(each["begin"] for each in results)
    latencies_s = sorted(latency for each in results for latency in each["latencies"])
    told = [(index, request_id) for each in results for index, request_id, _ in each["told"]]
    batches = sorted(Counter(size for each in results for _, _, size in each["told"]).values())
    p50, p99 = (latencies_s[int(len(latencies_s) * part)] * 1000 for part in (0.5, 0.99))
    print(
        f"{title} x {clients} clients: {len(told) / seconds:,.0f} durable appends/s; ack p50 {p50:.2f} ms, "
        f"p99 {p99:.2f} ms; {len(batches):,} commits, batch p50 {batches[len(batches) // 2]}, max {batches[-1]}"
    )
    return told


def _child(
    make: Callable[[int], Ledger], number: int, clients: int, appends: int, barrier: Barrier, answers: Any
) -> None:
    ledger = make(number)
    told: list[tuple[int, str, int]] = []
    latencies_s: list[float] = []

    async def client(name: str) -> None:
        for turn in range(appends // clients):
            record = Record(f"{name}-{turn}", Phase.DECIDED, _BODY, _CONTENTS)
            began = time.perf_counter()
            receipt: Receipt = await ledger.append(record, _TIMEOUT_S)
            latencies_s.append(time.perf_counter() - began)
            told.append((receipt.index, record.request_id, receipt.tree_size))

    async def run() -> None:
        await asyncio.gather(*(client(f"{number}-{each}") for each in range(clients)))

    barrier.wait()
    begin = time.time()
    asyncio.run(run())
    end = time.time()
    answers.put(json.dumps({"begin": begin, "end": end, "latencies": latencies_s, "told": told}))
    ledger.close()


if __name__ == "__main__":
    main()
