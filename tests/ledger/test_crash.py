"""A child process appends and is killed at random moments; what it was told must be there afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from typing import Any

import msgspec

from ringfence.ledger.read import entries
from ringfence.vocabulary.record import Phase, Receipt

TIMEOUT_S = 20.0
CLIENTS = 8


def child(box: Any, run: int, told: int) -> None:
    """Append until killed; each acknowledgement goes to the parent as one line."""

    async def client(ledger: Any, name: str) -> None:
        for turn in range(1_000_000):
            for record in (box.decided(f"{name}-{turn}"), box.ended(f"{name}-{turn}")):
                receipt: Receipt = await ledger.append(record, TIMEOUT_S)
                os.write(told, b"%d %s %s\n" % (receipt.index, record.request_id.encode(), record.phase.encode()))

    async def clients() -> None:
        ledger = box.open(roll_bytes=60_000)
        await asyncio.gather(*(client(ledger, f"{run}-{number}") for number in range(CLIENTS)))

    asyncio.run(clients())


def killed_after(box: Any, run: int, seconds: float) -> list[tuple[int, str, str]]:
    """What the child was told before it was killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            child(box, run, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as lines:
        first = lines.readline()
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        whole = [line for line in [first, *lines] if line.endswith(b"\n")]
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    told = [line.decode().split() for line in whole]
    return [(int(index), request_id, phase) for index, request_id, phase in told]


def test_a_killed_writer_loses_nothing_it_acknowledged(box: Any, scale: int) -> None:
    choose = random.Random(7)
    told: list[tuple[int, str, str]] = []
    for run in range(20 * scale):
        told += killed_after(box, run, choose.random() ** 2 * 0.1)
    ledger = box.open()
    ledger.close()
    report = box.verify()
    assert report.ok, report
    assert report.unended == ()
    stored = {each.index: each.fields for each in entries(box.folder)}
    assert len(told) > 100 * scale
    for index, request_id, phase in told:
        assert (stored[index].request_id, stored[index].phase) == (request_id, phase)
    starts = [each for each in stored.values() if msgspec.json.decode(each.body).get("event") == "start"]
    assert len(starts) == 20 * scale + 1
    assert report.ended == sum(each.phase is Phase.DECIDED for each in stored.values())
