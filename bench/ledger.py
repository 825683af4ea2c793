"""Durable appends a second, latency of an acknowledgement, and time to verify: `python bench/ledger.py --help`.

Each figure is of this machine and disk. A record has two commitments and a body as the gateway writes it, so that the
leaf is about 800 bytes, and every acknowledgement is awaited before the same client sends its next record.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from ringfence.ledger.ledger import Ledger
from ringfence.ledger.record import Draft, draft
from ringfence.ledger.verify import verify
from ringfence.vocabulary.record import Phase, Receipt, Record

_TIMEOUT_S = 10.0
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
    parser.add_argument("--folder", type=Path, help="where the ledger is made (default: a temporary folder)")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--appends", type=int, default=60_000)
    parser.add_argument("--lonely", type=int, default=2_000, help="appends one at a time")
    parser.add_argument("--verify", type=int, default=0, metavar="RECORDS", help="also make and verify such a log")
    parser.add_argument("--batch", type=int, default=64, help="records a commit in the log that is verified")
    parser.add_argument("--busy", action="store_true", help="also with an event loop that is never idle")
    parser.add_argument("--uvloop", action="store_true")
    options = parser.parse_args()
    run: Callable[[Coroutine[Any, Any, None]], None] = asyncio.run
    if options.uvloop:
        import uvloop

        run = uvloop.run
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        run(_appends(Path(folder) / "a", options.clients, options.appends, options.lonely, options.busy))
        if options.verify:
            _verify(Path(folder) / "b", options.verify, options.batch)


def open_ledger(folder: Path) -> Ledger:
    """A ledger with its three places under `folder`."""
    return Ledger.open(
        folder / "log",
        key_path=folder / "key.pem",
        highest_path=folder / "highest",
        origin="bench.example/ringfence",
        clock=time.time,
    )


async def _appends(folder: Path, clients: int, appends: int, lonely: int, busy: bool) -> None:
    ledger = open_ledger(folder)
    try:
        await measure(ledger, "lonely", 1, lonely)
        await measure(ledger, f"{clients} clients", clients, appends)
        if busy:
            for interval_s in (0.005, 0.0005):
                sys.setswitchinterval(interval_s)
                spin = asyncio.create_task(_spin())
                await measure(ledger, f"lonely, busy loop, switch interval {interval_s * 1000:g} ms", 1, lonely // 10)
                spin.cancel()
    finally:
        ledger.close()


async def measure(ledger: Ledger, title: str, clients: int, appends: int) -> None:
    latencies_s: list[float] = []
    receipts: list[Receipt] = []

    async def client(number: int) -> None:
        for turn in range(appends // clients):
            record = Record(f"{title}-{number}-{turn}", Phase.DECIDED, _BODY, _CONTENTS)
            began = time.perf_counter()
            receipts.append(await ledger.append(record, _TIMEOUT_S))
            latencies_s.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(clients)))
    seconds = time.perf_counter() - began
    latencies_s.sort()
    p50, p99, worst = (latencies_s[int(len(latencies_s) * part)] * 1000 for part in (0.5, 0.99, 0.99999))
    batches = sorted(Counter(receipt.tree_size for receipt in receipts).values())
    print(
        f"{title}: {len(receipts) / seconds:,.0f} durable appends/s; ack p50 {p50:.2f} ms, p99 {p99:.2f} ms,", end=" "
    )
    print(f"worst {worst:.2f} ms; {len(batches):,} commits, batch p50 {batches[len(batches) // 2]}, max {batches[-1]}")


async def _spin() -> None:
    """Keep the loop's thread computing in turns of about 1 ms, as parsing and classifying do."""
    while True:
        until = time.perf_counter() + 0.001
        while time.perf_counter() < until:
            pass
        await asyncio.sleep(0)


def ready(first: int, count: int) -> list[Draft]:
    """So many records, two a request, for one commit. The last of an odd number is a NOTICE."""
    drafts = []
    for number in range(count):
        phase = Phase.ENDED if number % 2 else Phase.DECIDED if number + 1 < count else Phase.NOTICE
        record = Record(f"request-{first}-{number // 2}", phase, _BODY, _CONTENTS)
        drafts.append(draft(record, lambda length: b"\1" * length))
    return drafts


def _verify(folder: Path, records: int, batch: int) -> None:
    ledger = open_ledger(folder)
    began = time.perf_counter()
    for first in range(0, records, batch):
        # The bench commits whole batches itself, to choose their size.
        ledger._log.commit(ready(first, min(batch, records - first)))
    print(f"made {records:,} records in batches of {batch}: {records / (time.perf_counter() - began):,.0f}/s")
    ledger.close()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # one core, signatures too
    began = time.perf_counter()
    report = verify(folder / "log", highest_path=folder / "highest", public_key=ledger.verifier_key)
    whole, seconds = time.perf_counter() - began, report.seconds
    size = sum(path.stat().st_size for path in (folder / "log" / "segments").iterdir())
    print(
        f"verified {report.size:,} records, {report.checkpoints:,} checkpoints, {size / 1e6:,.0f} MB on one core, "
        f"ok={report.ok}: {whole:.2f} s"
    )
    proved = seconds.reading + seconds.tree + seconds.signatures
    parts = f"reading and checksums {seconds.reading:.2f}, tree {seconds.tree:.2f}, signatures {seconds.signatures:.2f}"
    print(f"  hashes and signatures {proved:.2f} s ({parts})")
    print(f"  apart from them: records' JSON {seconds.records:.2f} s, salts {seconds.salts:.2f} s")
    began = time.perf_counter()
    open_ledger(folder).close()
    print(f"opened and closed it again: {(time.perf_counter() - began) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
