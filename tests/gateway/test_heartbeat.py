from __future__ import annotations

import asyncio
from typing import Any

from ringfence.gateway.heartbeat import Heartbeat
from ringfence.vocabulary.errors import LedgerUnavailable
from ringfence.vocabulary.record import Receipt, Record


class Scripted:
    """A ledger that fails when told so, and a clock that goes on by a second with each look."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.fails = False
        self.third = asyncio.Event()
        self.decided = 5
        self._now_s = 1_000.0

    async def append(self, record: Record) -> Receipt:
        await asyncio.sleep(0)
        if self.fails:
            raise LedgerUnavailable("no disk")
        self.bodies.append(record.body)
        if len(self.bodies) == 3:
            self.third.set()
        return Receipt(0, 1)

    def clock(self) -> float:
        self._now_s += 1
        return self._now_s

    def heartbeat(self, interval_s: float = 60.0) -> Heartbeat:
        return Heartbeat(
            self.append,
            instance="a",
            interval_s=interval_s,
            state=lambda: {"policy_digest": "p"},
            in_flight=lambda: 3,
            decided=lambda: self.decided,
            clock=self.clock,
        )


async def test_what_a_sign_says() -> None:
    script = Scripted()
    beats = script.heartbeat()
    script.decided = 9
    await beats.beat()
    script.decided = 10
    await beats.beat()
    assert script.bodies[0] == {
        "event": "heartbeat",
        "instance": "a",
        "heartbeat_s": 60.0,
        "since": "1970-01-01T00:16:41.000Z",
        "in_flight": 3,
        "decided": 4,
        "policy_digest": "p",
    }
    assert script.bodies[1]["since"] == "1970-01-01T00:16:42.000Z"
    assert script.bodies[1]["decided"] == 1


async def test_one_that_fails_stops_nothing_and_is_not_counted() -> None:
    script = Scripted()
    beats = script.heartbeat()
    script.fails, script.decided = True, 8
    await beats.beat()
    script.fails = False
    await beats.beat()
    [body] = script.bodies
    assert (body["decided"], body["since"]) == (3, "1970-01-01T00:16:41.000Z")


async def test_it_beats_until_it_is_cancelled() -> None:
    script = Scripted()
    task = asyncio.create_task(script.heartbeat(0.001).run())
    async with asyncio.timeout(5):
        await script.third.wait()
    task.cancel()
    assert (await asyncio.gather(task, return_exceptions=True))[0].__class__ is asyncio.CancelledError
