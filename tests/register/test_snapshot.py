from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ringfence.register import Document, Snapshot, next_change
from ringfence.register.requirements import Relaxation

DAY = timedelta(days=1)
Paper = Callable[..., Document]
Filed = Callable[..., Snapshot]


@pytest.fixture
def bare(filed: Filed) -> Callable[..., Snapshot]:
    """A snapshot in which nothing has a date but what is handed in."""
    return lambda *documents, **over: filed(documents, **{"terms": (), "profiles": {}, "practices": {}, **over})


def changes(snapshot: Snapshot, first: date, last: date) -> set[date]:
    """Every day between two on which something can change."""
    found, day = set(), first
    while (change := next_change(snapshot, day)) is not None and change <= last:
        found.add(change)
        day = change
    return found


def test_nothing_with_a_date_never_changes(bare: Callable[..., Snapshot], today: date) -> None:
    assert next_change(bare(), today) is None


@pytest.mark.parametrize(
    ("kind", "over", "day"),
    [
        ("nda", {"dates": {"effective_on": date(2026, 12, 8)}}, date(2026, 12, 8)),
        ("nda", {"dates": {"ends_on": date(2026, 12, 8)}}, date(2026, 12, 9)),
        ("nda", {"dates": {"voided_on": date(2026, 12, 8)}}, date(2026, 12, 8)),
        ("nda", {"review": {"expires_on": date(2026, 12, 8)}}, date(2026, 12, 9)),
        ("nda", {"review": {"reviewed_on": date(2026, 12, 8)}}, date(2026, 12, 8)),
        ("soc2_type2", {"dates": {"issued_on": date(2026, 12, 8)}}, date(2026, 12, 8)),
        ("soc2_type2", {}, date(2027, 7, 1)),
        ("soc2_type2", {}, date(2026, 10, 1)),
    ],
)
def test_each_date_is_a_turning_day(
    bare: Callable[..., Snapshot], paper: Paper, kind: str, over: dict[str, dict[str, date]], day: date
) -> None:
    assert day in changes(bare(paper(kind, **over)), date(2026, 1, 1), date(2028, 1, 1))


def test_so_are_the_ends_of_terms_profiles_and_relaxations(shipped: Snapshot, filed: Filed, today: date) -> None:
    relaxation = Relaxation(
        need="phi-zdr", because="x", approved_by="x", approved_on=date(2026, 12, 5), expires_on=date(2026, 12, 8)
    )
    found = changes(filed([], relaxations=(relaxation,)), today, date(2030, 1, 1))
    ends = {each.expires_on for each in shipped.terms}
    ends |= {each.expires_on for each in shipped.practices.values()}
    ends |= {each.expires_on for each in shipped.profiles.values() if each.expires_on}
    assert {date(2026, 12, 5), date(2026, 12, 9), *(end + DAY for end in ends)} <= found


def test_an_endless_date_is_no_trouble(bare: Callable[..., Snapshot], paper: Paper, today: date) -> None:
    endless = {"ends_on": date.max}
    assert next_change(bare(paper("nda", dates=endless)), date(2027, 2, 1)) == date.max
