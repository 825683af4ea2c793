"""Signs of life on record, so that a silence is seen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from ringfence.ledger.observed import HEARTBEAT_EVENT
from ringfence.ledger.record import rfc3339
from ringfence.vocabulary.errors import LedgerError
from ringfence.vocabulary.record import Phase, Receipt, Record


class Heartbeat:
    """One task. `state` gives the digests in force; `in_flight` and `decided` count the requests under way and all that
    were decided since the start; `clock` gives Unix seconds; `append` makes a record durable.

    A heartbeat that can't be recorded stops nothing: a failed ledger has its own way of stopping the process.
    """

    def __init__(
        self,
        append: Callable[[Record], Awaitable[Receipt]],
        *,
        instance: str,
        interval_s: float,
        state: Callable[[], dict[str, str]],
        in_flight: Callable[[], int],
        decided: Callable[[], int],
        clock: Callable[[], float],
    ) -> None:
        self._append, self._instance, self._interval_s = append, instance, interval_s
        self._state, self._in_flight, self._decided, self._clock = state, in_flight, decided, clock
        self._since = rfc3339(clock())
        self._counted = decided()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._interval_s)
            await self.beat()

    async def beat(self) -> None:
        """One sign. `since` is when the one before was durable, so that a reader who has only this one knows what it
        speaks for."""
        decided = self._decided()
        body: dict[str, Any] = {
            "event": HEARTBEAT_EVENT,
            "instance": self._instance,
            "heartbeat_s": self._interval_s,
            "since": self._since,
            "in_flight": self._in_flight(),
            "decided": decided - self._counted,
            **self._state(),
        }
        with contextlib.suppress(LedgerError):
            await self._append(Record("", Phase.NOTICE, body))
            self._since, self._counted = rfc3339(self._clock()), decided
