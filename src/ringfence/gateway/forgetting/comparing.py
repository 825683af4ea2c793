"""Whether an order to forget is what it says: people sign counts, times and a digest, and nobody sees the list."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from ringfence.gateway.forgetting.order import Order, Ranges
from ringfence.gateway.forgetting.selection import Who
from ringfence.ledger.read import Entry
from ringfence.ledger.reader import Reader, entry
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.record import Phase

_who = msgspec.json.Decoder(Who)


class _Ended(msgspec.Struct, frozen=True):
    decided: int = -1


_ended = msgspec.json.Decoder(_Ended)


def compare(reader: Reader, order: Order, ranges: Ranges) -> None:
    """INVARIANT: an order erases the records that it counts, all of its selection, of the times that it states; so its
    age is what the log says. Of one by subject, only the rest of the selection can be checked: nobody keeps the name.

    Reads the log from the first to the last of the records. Raises ConfigurationError, LedgerCorrupt.
    """
    if not _in_order(ranges) or (ranges[0][0], ranges[-1][1]) != (order.first_index, order.last_index):
        raise _differs("its list is another")
    requests = records = 0
    times: set[str] = set()
    meant: set[int] = set()
    for found, listed in _with_list(reader, order, ranges):
        decided = found.fields.phase is Phase.DECIDED
        if decided and order.selection.has(_who.decode(found.fields.body), found.fields.time):
            meant.add(found.index)
        if not listed:
            continue
        if not (found.index in meant if decided else _is_end_of_one(reader, order, found, meant)):
            raise _differs(f"record {found.index} is not of its selection")
        requests += decided
        records += 1
        times.add(found.fields.time)
    if (requests, records) != (order.requests, order.records) or records != sum(b - a + 1 for a, b in ranges):
        raise _differs("it counts other records")
    if (min(times), max(times)) != (order.first_time, order.last_time):
        raise _differs("it states other times")


def _with_list(reader: Reader, order: Order, ranges: Ranges) -> Iterator[tuple[Entry, bool]]:
    """The records from the first to the last, and whether each is listed."""
    place = 0
    for found in reader.entries(order.first_index):
        if found.index > order.last_index:
            return
        if found.index > ranges[place][1]:
            place += 1
        yield found, ranges[place][0] <= found.index


def _is_end_of_one(reader: Reader, order: Order, found: Entry, meant: set[int]) -> bool:
    """Whether it is the ENDED record of a request that is meant, be that request before the first of the list."""
    if found.fields.phase is not Phase.ENDED:
        return False
    index = _ended.decode(found.fields.body).decided
    if index in meant or not 0 <= index < order.first_index:
        return index in meant
    before = entry(reader, index).fields
    return before.phase is Phase.DECIDED and order.selection.has(_who.decode(before.body), before.time)


def _in_order(ranges: Ranges) -> bool:
    """Whether no index stands there twice, and the list could be written in no other way."""
    apart = all(before[1] + 1 < after[0] for before, after in pairwise(ranges))
    return bool(ranges) and apart and all(0 <= first <= last for first, last in ranges)


def _differs(why: str) -> ConfigurationError:
    return ConfigurationError(f"an order to forget is not what it says: {why}", remedy="Give it again.")
