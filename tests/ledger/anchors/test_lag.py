"""An anchor says nothing of the time before it: how long records stood without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ringfence.ledger.anchors.anchor import Anchor, Kind
from ringfence.ledger.anchors.lag import Unanchored, longest_unanchored

START = datetime(2026, 3, 1, tzinfo=UTC)


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


def anchor(size: int, at: float, *, holds: bool = True) -> Anchor:
    return Anchor(Kind.TIMESTAMP, size, "00", hours(at), "tsa", holds, "")


# Records 0, 5 and 9 are of these hours.
TIMES = {size: hours(at).isoformat() for size, at in {0: 0, 5: 1, 9: 4}.items()}


def test_each_stretch_waits_for_the_next_anchor() -> None:
    assert longest_unanchored([anchor(5, 2), anchor(9, 2.5), anchor(12, 4.5)], TIMES) == Unanchored(0, 4, 7200)
    assert longest_unanchored([anchor(5, 0.5), anchor(9, 4)], TIMES) == Unanchored(5, 8, 3 * 3600)


def test_history_written_anew_and_anchored_today_shows() -> None:
    """Whoever holds the key writes the past anew, drops its anchors and gets one that holds over all of it."""
    assert longest_unanchored([anchor(12, 4000)], TIMES) == Unanchored(0, 11, 4000 * 3600)


def test_larger_tree_that_was_anchored_earlier_counts() -> None:
    assert longest_unanchored([anchor(5, 900), anchor(9, 2)], TIMES) == Unanchored(0, 4, 7200)


def test_what_does_not_hold_and_what_the_log_does_not_reach_are_passed_over() -> None:
    assert longest_unanchored([anchor(5, 2, holds=False)], TIMES) is None
    assert longest_unanchored([], TIMES) is None
    assert longest_unanchored([anchor(5, 2), anchor(50, 9)], {0: TIMES[0]}) == Unanchored(0, 4, 7200)


def test_clock_ahead_of_the_authority_is_no_negative_wait() -> None:
    assert longest_unanchored([anchor(5, -1)], TIMES) == Unanchored(0, 4, 0)
