"""What the stores beside the ledger need while the gateway runs: expiry, a word on what was lost, and retention."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from ringfence.gateway import boot, onrecord
from ringfence.gateway.forgetting import elsewhere
from ringfence.gateway.forgetting import order as orders
from ringfence.gateway.forgetting.holds import Hold, Holds
from ringfence.gateway.forgetting.selection import Chosen, Selection, choose, held_among
from ringfence.gateway.home import Home
from ringfence.gateway.sidecars import Lost, Sidecars
from ringfence.ledger.reader import Reader
from ringfence.ledger.record import rfc3339
from ringfence.posture.store import write
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Subjects
from ringfence.vocabulary.approval import Proposal
from ringfence.vocabulary.errors import RingfenceError
from ringfence.vocabulary.record import Phase, Receipt, Record

LOST_EVENT = "sidecar_lost"
RETENTION_ACTOR = "retention"
_INTERVAL_S = 60.0
_RETENTION_S = _FOLLOW_S = 3_600.0
_MOST = 500_000
"""Records that retention looks at for one order: what it remembers of them is about 150 MB."""


class Keeping:
    """One task. `append` makes a record durable."""

    def __init__(
        self,
        home: Home,
        sidecars: Sidecars | None,
        append: Callable[[Record], Awaitable[Receipt]],
        log: Callable[[str], None],
    ) -> None:
        self._home, self._sidecars, self._append, self._log = home, sidecars, append, log
        self._said = Lost()
        self._holds = Holds(home.holds)
        self._expired: tuple[date, dict[str, Hold]] | None = None
        self._retention_at_s = self._follow_at_s = 0.0

    async def run(self) -> None:
        """Until cancelled. The first round is at once, so that a start deletes what expired while it was down."""
        while True:
            try:
                await self._tell()
                await asyncio.to_thread(self._expire, datetime.now(UTC))
                await self._follow()
                await self._retain()
            except (RingfenceError, OSError) as error:
                why = getattr(error, "message", None) or type(error).__name__
                self._log(f"the stores beside the ledger can't be kept up: {why}")
            await asyncio.sleep(_INTERVAL_S)

    def _expire(self, now: datetime) -> None:
        """Only on another day, or under other holds, is there more to delete than last time."""
        round_ = (now.date(), self._holds.all())
        if round_ != self._expired:
            expire(self._home, self._sidecars, now, self._holds)
            self._expired = round_

    async def _tell(self) -> None:
        """What was lost since the last word, on record: the counts are those since the start."""
        lost = self._sidecars.lost if self._sidecars else Lost()
        if lost == self._said:
            return
        body = {"event": LOST_EVENT, **msgspec.to_builtins(lost), "instance": self._home.settings.ledger.instance}
        await self._append(Record("", Phase.NOTICE, body))
        self._said = lost
        self._log(f"of the stores beside the ledger {lost.contents} requests and {lost.subjects} entries were lost")

    async def _follow(self) -> None:
        """What another gateway of this log forgot, at the start and then each hour."""
        now_s = asyncio.get_running_loop().time()
        if now_s < self._follow_at_s:
            return
        self._follow_at_s = now_s + _FOLLOW_S
        body = await asyncio.to_thread(elsewhere.follow, self._home)
        if body is not None:
            await self._append(Record("", Phase.NOTICE, body))

    async def _retain(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if self._home.settings.retention.commitments_days and now_s >= self._retention_at_s:
            ordered = await asyncio.to_thread(retain, self._home, datetime.now(UTC), self._holds)
            self._retention_at_s = now_s + (0 if ordered else _RETENTION_S)  # there may be more


def expire(home: Home, sidecars: Sidecars | None, now: datetime, holds: Holds) -> None:
    """Deletes what is past its days and under no hold, be it one of the file or of the log. Raises ConfigurationError
    where holds can't be read, LedgerError, OSError."""

    def held(indexes: Collection[int]) -> Collection[int]:
        if not indexes:
            return ()
        reader = boot.reader(home)
        return held_among(reader, [hold.selection for hold in holds.in_force(reader).values()], indexes)

    freed = Contents(home.content).purge(now.date(), home.settings.content.days, held)
    if sidecars:
        sidecars.freed(freed)
    Subjects(home.subjects).purge(now.date(), home.settings.subjects.days, held)


def retain(home: Home, now: datetime, in_force: Holds) -> dict[str, Any] | None:
    """Orders what [retention] says to be forgotten, and returns the order, if there is anything: it goes the way of
    every order, through the pending folder. Where the last one is still pending, nothing. Raises LedgerError.

    The mark says from where on there may be something left to forget; it may be lost. It stays before what a hold
    keeps.
    """
    reader = boot.reader_or_none(home)
    if reader is None or any(home.pending.glob("[!.]*.json")):
        return None
    days = timedelta(days=home.settings.retention.commitments_days + 1)  # a day for the last reply to end
    selection = Selection(before=rfc3339((now - days).timestamp()))
    holds = [hold.selection for hold in in_force.in_force(reader).values()]
    mark = home.run / "retention.json"
    chosen = _next(reader, selection, holds, _start(mark))
    if not chosen.indexes:
        return None
    reason = f"[retention] commitments_days = {home.settings.retention.commitments_days}"
    order, ranges = orders.make(secrets.token_hex(8), selection, reason, chosen)
    orders.keep_ranges(home.forgets, ranges)
    instance = home.settings.ledger.instance
    body = orders.notice_of(order, ranges, RETENTION_ACTOR, instance, Proposal(orders.act_of(order)), ())
    onrecord.leave(home, body)
    if not chosen.held:
        write(mark, msgspec.json.encode(order.first_index))
    return body


def _next(reader: Reader, selection: Selection, holds: Collection[Selection], start: int) -> Chosen:
    """The first of the selection, a bounded number, that still have something to forget."""
    while True:
        chosen = choose(reader, selection, holds, start=start, stop=start + _MOST)
        start += _MOST
        after = next(reader.entries(start), None)
        if chosen.indexes or after is None or after.fields.time >= selection.before:
            return chosen


def _start(mark: Path) -> int:
    try:
        return msgspec.json.decode(mark.read_bytes(), type=int)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return 0
