"""Child processes that append to one log, and what the test that started them was told."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ringfence.vocabulary.errors import LedgerError

CLIENTS = 8
TIMEOUT_S = 20.0
ENDED_ITSELF = 3
"""The exit code of a child whose ledger failed."""

Told = list[tuple[int, str, str]]
"""Index, request and phase of each acknowledgement."""


class Child:
    """A gateway process named `instance`, with CLIENTS that append until it is killed, its ledger fails, or each made
    `turns` requests. `run` keeps its requests apart from those of others."""

    def __init__(self, box: Any, instance: str, run: str, turns: int = 1_000_000) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(reading)
                code = _append(box, instance, run, turns, writing)
            except BaseException:
                code = 1
            os._exit(code)
        os.close(writing)
        self._lines = os.fdopen(reading, "rb")
        self._first = b""

    def wait_for_one(self) -> None:
        """Until the first acknowledgement."""
        self._first = self._lines.readline()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def told(self) -> tuple[Told, int]:
        """Everything, once it has ended; and how it did."""
        whole = [line for line in [self._first, *self._lines] if line.endswith(b"\n")]
        self._lines.close()
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        parts = [line.decode().split() for line in whole]
        return [(int(index), request_id, phase) for index, request_id, phase in parts], code


def _append(box: Any, instance: str, run: str, turns: int, told: int) -> int:
    async def client(ledger: Any, name: str) -> None:
        for turn in range(turns):
            for record in (box.decided(f"{name}-{turn}"), box.ended(f"{name}-{turn}")):
                receipt = await ledger.append(record, TIMEOUT_S)
                os.write(told, b"%d %s %s\n" % (receipt.index, record.request_id.encode(), record.phase.encode()))

    async def clients(ledger: Any) -> None:
        await asyncio.gather(*(client(ledger, f"{run}-{number}") for number in range(CLIENTS)))

    try:
        ledger = box.open(instance)
        asyncio.run(clients(ledger))
        ledger.close()
    except LedgerError:
        return ENDED_ITSELF
    return 0


@contextmanager
def children(box: Any, run: str, instances: list[str], turns: int = 1_000_000) -> Iterator[list[Child]]:
    """One child for each name, running; each has had an acknowledgement."""
    started = [Child(box, instance, f"{run}-{instance}", turns) for instance in instances]
    for child in started:
        child.wait_for_one()
    yield started


def check(box: Any, told: Told, instance: str) -> Any:
    """Everything that was acknowledged stands at its index, without a gap, and the whole log verifies."""
    report = box.verify(instance)
    assert report.ok, report
    stored = [(each.index, each.fields.request_id, str(each.fields.phase)) for each in box.reader().entries()]
    assert [index for index, _, _ in stored] == list(range(report.size))
    assert set(told) <= set(stored)
    assert len({index for index, _, _ in told}) == len(told)
    return report
