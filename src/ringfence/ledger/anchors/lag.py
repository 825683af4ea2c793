"""How long records stood before anything outside held them: an anchor made today says nothing of yesterday."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from ringfence.ledger.anchors.anchor import Anchor


class Unanchored(msgspec.Struct, frozen=True):
    """Records `first` to `last` had to wait `seconds`, from the time on the first one to the earliest anchor over it.
    Until then whoever holds the log's key could have written them otherwise, their times included."""

    first: int
    last: int
    seconds: float


def longest_unanchored(anchors: Iterable[Anchor], next_times: Mapping[int, str]) -> Unanchored | None:
    """The longest wait of all records under one of `anchors`; only those that hold are looked at. `next_times` is the
    time on the record that comes after each size (`contradictions.Followed`). None where none holds."""
    earliest: dict[int, datetime] = {}
    for each in anchors:
        if each.holds and each.size and each.time:
            earliest[each.size] = min(each.time, earliest.get(each.size, each.time))
    found: Unanchored | None = None
    held_at: datetime | None = None  # by an anchor of this or of a larger tree
    sizes = sorted(earliest)
    for before, size in reversed(list(zip([0, *sizes], sizes, strict=False))):
        held_at = min(earliest[size], held_at or earliest[size])
        if before not in next_times:
            continue
        seconds = max((held_at - datetime.fromisoformat(next_times[before])).total_seconds(), 0.0)
        if found is None or seconds >= found.seconds:
            found = Unanchored(before, size - 1, seconds)
    return found
