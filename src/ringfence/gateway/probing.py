"""Probes the accounts while the gateway runs: at its start, at intervals, and when a document or the day changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from ringfence.gateway import onrecord
from ringfence.gateway.prober import DRIFT_EVENT, Notice, Prober
from ringfence.register import Snapshot
from ringfence.vocabulary.errors import LedgerError, RingfenceError
from ringfence.vocabulary.record import Phase, Receipt, Record

_LOOK_S = 0.5
_AGAIN_S = 60.0
"""After something in the pending folder could not be carried out."""
_SETTLE_S = 5.0
"""After a drift was noticed: by then every request decided without knowing of it is on record."""


class Probing:
    """One task. `snapshot` is the register in force; `append` makes a record durable.

    Whatever fails here is said and tried again: a probe that does not come about lets the last one expire, which closes
    the vendor.
    """

    def __init__(
        self,
        prober: Prober,
        snapshot: Callable[[], Snapshot],
        append: Callable[[Record], Awaitable[Receipt]],
        log: Callable[[str], None],
    ) -> None:
        self._prober, self._snapshot, self._append, self._log = prober, snapshot, append, log
        self._interval_s = prober.home.settings.posture.interval_s
        self._due_at_s = 0.0
        self._looked_at: tuple[Any, date] | None = None
        self._settling: dict[str, float] = {}
        self._failed = ""
        self._recorded: set[Path] = set()
        self._pending_at_s = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._pending()
                await self._settle()
                await self._probe()
                self._failed = ""
            except Exception as error:
                # Whatever it is: the gateway serves on, and what can't be verified any more expires.
                why = getattr(error, "message", type(error).__name__)
                if why != self._failed:
                    self._failed = why
                    self._log(f"the accounts can't be probed: {why}")
            await asyncio.sleep(_LOOK_S)

    async def _probe(self) -> None:
        loop, prober = asyncio.get_running_loop(), self._prober
        documents, today = self._snapshot().documents, prober.today()
        seen = (documents, today)
        if loop.time() < self._due_at_s and seen == self._looked_at:
            return
        self._due_at_s = loop.time() + self._interval_s
        _, notices = await asyncio.to_thread(prober.probe)
        await self._record(notices)
        await self._record(await asyncio.to_thread(prober.lapses))
        self._looked_at = seen

    async def _settle(self) -> None:
        now = asyncio.get_running_loop().time()
        for drift_id in [each for each, due in self._settling.items() if due <= now]:
            await self._record(await asyncio.to_thread(self._prober.settle, drift_id))
            del self._settling[drift_id]

    async def _pending(self) -> None:
        """INVARIANT: a file goes only once its record is durable and what follows from it is done; a crash between the
        two records it twice. What can't be done yet is on record once, waits, and keeps nothing else waiting."""
        now = asyncio.get_running_loop().time()
        if now < self._pending_at_s:
            return
        pending = onrecord.pending(self._prober.home)
        # In a thread: to check an order reads as much of the log as it is about.
        while found := await asyncio.to_thread(next, pending, None):
            path, body = found
            if body is None:
                self._log(f"{path.name} in the pending folder can't be used, and is set aside")
                path.rename(path.with_name(f".refused-{path.name}"))
                continue
            if path not in self._recorded:
                await self._record([body])
                self._recorded.add(path)
            try:
                follows = await asyncio.to_thread(onrecord.apply, self._prober, body)
            except (RingfenceError, OSError) as error:
                self._pending_at_s = now + _AGAIN_S
                self._log(f"{path.name} can't be carried out yet: {getattr(error, 'message', type(error).__name__)}")
                continue
            await self._record(follows)
            path.unlink(missing_ok=True)
            self._recorded.discard(path)

    async def _record(self, notices: list[Notice]) -> None:
        for body in notices:
            try:
                await self._append(Record("", Phase.NOTICE, body))
            except LedgerError as error:
                self._log(f"a finding could not be put on record: {error.message}")
                raise
            if body["event"] == DRIFT_EVENT and not body["resolved"]:
                self._settling[body["finding"]] = asyncio.get_running_loop().time() + _SETTLE_S
                self._log(f"drift {body['finding']}: {body['says']}")
