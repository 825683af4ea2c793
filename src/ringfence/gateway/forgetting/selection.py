"""Which records somebody means: by key, client, purpose and time, never by a person's name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import pairwise

import msgspec

from ringfence.ledger.read import Entry
from ringfence.ledger.reader import Reader
from ringfence.ledger.record import rfc3339
from ringfence.ledger.salts import NO_SALT
from ringfence.vocabulary.record import Phase


class Selection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of it is stated must all hold; nothing stated means every request. `since` is inclusive, `before` is not,
    both as records write times. `by_subject`: two custodians looked somebody up, whose name is kept nowhere."""

    key: str = ""
    client: str = ""
    purpose: str = ""
    since: str = ""
    before: str = ""
    by_subject: bool = False

    def has(self, who: Who, time: str) -> bool:
        """Whether a request decided at `time` is meant."""
        return (
            (not self.key or self.key == who.key)
            and (not self.client or self.client == who.client)
            and (not self.purpose or self.purpose == who.purpose)
            and self.since <= time
            and (not self.before or time < self.before)
        )


class Who(msgspec.Struct, frozen=True):
    """The members of a DECIDED record by which it is selected."""

    key: str = ""
    client: str = ""
    purpose: str = ""


class Chosen(msgspec.Struct, frozen=True):
    """Records that commit to something: sorted indexes, how many requests they are of, and the times of the first and
    the last ("" where there are none). `held` are requests left out because a legal hold forbids it."""

    indexes: tuple[int, ...] = ()
    requests: int = 0
    first_time: str = ""
    last_time: str = ""
    held: int = 0


class _Ended(msgspec.Struct, frozen=True):
    decided: int = -1


_DAY_S = 86_400
_who = msgspec.json.Decoder(Who)
_ended = msgspec.json.Decoder(_Ended)


def choose(
    reader: Reader,
    selection: Selection,
    holds: Iterable[Selection],
    *,
    only: Collection[int] | None = None,
    beside: Collection[int] = (),
    start: int = 0,
    stop: int | None = None,
) -> Chosen:
    """The records of a selection that still have something to forget: a salt, or an entry `beside` the ledger (record
    indexes). `only` are the requests (indexes of DECIDED records) that two custodians found; those from `start` to just
    before `stop` are looked at. Raises LedgerCorrupt.
    """
    holds = tuple(holds)
    taken: dict[int, str] = {}
    requests: set[int] = set()
    held = 0
    end = _a_day_after(selection.before)
    for entry in reader.entries(start):
        if end and entry.fields.time >= end:
            break  # every reply to what is meant has ended by then
        if entry.index == stop:
            end = _a_day_after(entry.fields.time)
        if entry.fields.phase is Phase.DECIDED:
            who = _who.decode(entry.fields.body)
            if stop is not None and entry.index >= stop:
                continue
            if not selection.has(who, entry.fields.time) or (only is not None and entry.index not in only):
                continue
            if any(hold.has(who, entry.fields.time) for hold in holds):
                held += 1
                continue
            requests.add(entry.index)
            taken[entry.index] = entry.fields.time
        elif entry.fields.phase is Phase.ENDED and _ended.decode(entry.fields.body).decided in requests:
            taken[entry.index] = entry.fields.time  # it may have ended after the selection does
    return _still(reader, taken, requests, held, frozenset(beside))


def _a_day_after(time: str) -> str:
    """No reply takes a day ([[upstream]] reply_timeout_s)."""
    return rfc3339(datetime.fromisoformat(time).timestamp() + _DAY_S) if time else ""


def _still(reader: Reader, taken: dict[int, str], requests: set[int], held: int, beside: frozenset[int]) -> Chosen:
    """Those of the records that were not forgotten yet."""
    left = []
    for first, last in ranges_of(taken):
        for index, slot in enumerate(reader.salts(first, last - first + 1), first):
            if slot != NO_SALT or index in beside:
                left.append(index)
    if not left:
        return Chosen(held=held)
    times = sorted(taken[index] for index in left)
    return Chosen(tuple(left), len(requests.intersection(left)), times[0], times[-1], held)


def held_among(reader: Reader, holds: Iterable[Selection], indexes: Collection[int]) -> set[int]:
    """Those of some requests (indexes of DECIDED records) that a hold keeps. Raises LedgerCorrupt."""
    holds, wanted = tuple(holds), set(indexes)
    if not holds or not wanted:
        return set()
    return {
        entry.index
        for entry in _decided(reader, min(wanted), max(wanted))
        if entry.index in wanted and any(hold.has(_who.decode(entry.fields.body), entry.fields.time) for hold in holds)
    }


def ranges_of(indexes: Iterable[int]) -> list[tuple[int, int]]:
    """Sorted indexes as ranges, both ends inclusive."""
    ordered = sorted(indexes)
    if not ordered:
        return []
    breaks = [(before, after) for before, after in pairwise(ordered) if after != before + 1]
    return list(
        zip(
            [ordered[0], *(after for _, after in breaks)], [*(before for before, _ in breaks), ordered[-1]], strict=True
        )
    )


def indexes_of(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    """The indexes in ranges."""
    for first, last in ranges:
        yield from range(first, last + 1)


def _decided(reader: Reader, first: int, last: int) -> Iterator[Entry]:
    for entry in reader.entries(first):
        if entry.index > last:
            return
        if entry.fields.phase is Phase.DECIDED:
            yield entry
