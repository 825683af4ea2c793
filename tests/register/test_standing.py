from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.register import Document, Kind
from ringfence.register.kinds import load_kinds
from ringfence.register.standing import Standing, missing, standing

DAY = timedelta(days=1)
KINDS = load_kinds()
Paper = Callable[..., Document]


def stands(document: Document, today: date, *others: Document) -> Standing:
    return standing(document, {each.id: each for each in (document, *others)}, KINDS, today)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.BRIDGE_LETTER])
def test_a_whole_document_of_each_kind_counts(paper: Paper, today: date, kind: Kind) -> None:
    assert missing(paper(kind), KINDS[kind]) == ()
    assert stands(paper(kind), today).counts


@pytest.mark.parametrize(
    ("over", "gap"),
    [
        ({"file": {"sha256": None}}, "file.sha256"),
        ({"parties": []}, "parties"),
        ({"parties": [{"name": "A", "role": "business_associate"}]}, "parties"),
        ({"parties": [{"name": "A", "role": "auditor"}, {"name": "B", "role": "business_associate"}]}, "parties"),
        ({"dates": {"effective_on": None}}, "dates.effective_on"),
        ({"dates": {"ends_on": None}}, "dates.ends_on"),
        ({"scope": {"services": None}}, "scope.services"),
        ({"scope": {"labels": None}}, "scope.labels"),
        ({"review": {"reviewed_by": None}}, "review.reviewed_by"),
        ({"review": {"reviewed_on": None}}, "review.reviewed_on"),
        ({"review": {"expires_on": None}}, "review.expires_on"),
    ],
)
def test_a_document_with_a_gap_is_claimed_and_the_reason_names_it(
    paper: Paper, today: date, over: dict[str, Any], gap: str
) -> None:
    found = stands(paper("baa", **over), today)
    assert not found.counts
    assert found.why.startswith("The BAA baa is claimed, not reviewed: ")
    assert gap in found.why


@pytest.mark.parametrize(
    ("kind", "over", "gap"),
    [
        ("pci_aoc", {"dates": {"ends_on": None}}, "dates.ends_on"),
        ("soc2_type2", {"dates": {"period_end": None}}, "dates.period_end"),
        ("soc2_type2", {"dates": {"issued_on": None}}, "dates.issued_on"),
        ("soc2_type2", {"report": {"opinion": None}}, "report.opinion"),
        ("soc2_type2", {"report": {"criteria": None}}, "report.criteria"),
        ("bridge_letter", {"report": {"bridges": None}}, "report.bridges"),
        ("safe_harbor_attestation", {"method": {"no_actual_knowledge": False}}, "method.no_actual_knowledge"),
        ("expert_determination", {"parties": []}, "parties (expert)"),
    ],
)
def test_gaps_of_other_kinds(paper: Paper, today: date, kind: str, over: dict[str, Any], gap: str) -> None:
    assert gap in stands(paper(kind, **over), today).why


@pytest.mark.parametrize("how", [{"ends_on": None, "until_terminated": True}, {"ends_on": date(2030, 1, 1)}])
def test_an_end_may_be_open(paper: Paper, today: date, how: dict[str, Any]) -> None:
    assert stands(paper("baa", dates=how), today).counts


@pytest.mark.parametrize(
    ("over", "first_or_last", "is_first", "says"),
    [
        ({"dates": {"effective_on": date(2026, 3, 1)}}, date(2026, 3, 1), True, "starts on 2026-03-01"),
        ({"review": {"reviewed_on": date(2026, 3, 1)}}, date(2026, 3, 1), True, "was reviewed on 2026-03-01"),
        ({"dates": {"ends_on": date(2026, 10, 1)}}, date(2026, 10, 1), False, "ended on 2026-10-01"),
        ({"dates": {"voided_on": date(2026, 10, 2)}}, date(2026, 10, 1), False, "was voided on 2026-10-02"),
        ({"review": {"expires_on": date(2026, 10, 1)}}, date(2026, 10, 1), False, "was reviewed until 2026-10-01"),
    ],
)
def test_first_and_last_day(paper: Paper, over: dict[str, Any], first_or_last: date, is_first: bool, says: str) -> None:
    document = paper("baa", **over)
    inside, outside = first_or_last, first_or_last + (-DAY if is_first else DAY)
    assert stands(document, inside).counts
    assert is_first or stands(document, inside).until == inside
    assert not stands(document, outside).counts
    assert f"The BAA baa {says}" in stands(document, outside).why


def test_a_report_counts_from_its_issue(paper: Paper) -> None:
    report = paper("soc2_type2", review={"reviewed_on": date(2026, 8, 15)})
    assert stands(report, date(2026, 8, 15)).counts
    assert "was issued on" in stands(report, date(2026, 8, 14)).why


class TestEndsWith:
    def child(self, paper: Paper) -> Document:
        return paper("baa", dates={"ends_on": None, "ends_with": "msa"})

    def test_ends_on_the_parents_last_day(self, paper: Paper, today: date) -> None:
        parent = paper("services_agreement", id="msa", dates={"ends_on": today})
        found = stands(self.child(paper), today, parent)
        assert found == Standing(True, today, "", ("msa",))
        later = stands(self.child(paper), today + DAY, parent)
        assert not later.counts
        assert "ends with msa" in later.why
        assert "ended on" in later.why

    def test_a_parent_that_is_voided_or_claimed_ends_it(self, paper: Paper, today: date) -> None:
        for over in ({"dates": {"voided_on": today}}, {"file": {"sha256": None}}):
            assert not stands(self.child(paper), today, paper("services_agreement", id="msa", **over)).counts

    def test_a_parent_that_is_absent_or_an_example(self, paper: Paper, today: date) -> None:
        assert "ends with msa, which is not on file" in stands(self.child(paper), today).why
        example = paper("services_agreement", id="msa", demonstration=True)
        assert "ends with msa, which is not on file" in stands(self.child(paper), today, example).why

    def test_grandparents_count_too(self, paper: Paper, today: date) -> None:
        parent = paper("services_agreement", id="msa", dates={"ends_on": None, "ends_with": "frame"})
        grandparent = paper("services_agreement", id="frame", dates={"ends_on": today})
        found = stands(self.child(paper), today, parent, grandparent)
        assert found.counts
        assert found.rests_on == ("msa", "frame")
        assert not stands(self.child(paper), today + DAY, parent, grandparent).counts


class TestBridgeLetter:
    def test_at_most_three_months_past_the_period_end(self, paper: Paper) -> None:
        letter, report = paper("bridge_letter", review={"reviewed_on": date(2026, 9, 20)}), paper("soc2_type2")
        last = date(2026, 9, 30)
        assert stands(letter, last, report) == Standing(True, last, "", ("soc2-type2",))
        assert "more than 3 months past the period end" in stands(letter, last + DAY, report).why

    def test_follows_a_type_ii_report_only(self, paper: Paper) -> None:
        letter, day = paper("bridge_letter", review={"reviewed_on": date(2026, 9, 20)}), date(2026, 9, 25)
        assert "not on file" in stands(letter, day).why
        assert "no SOC 2 Type II report" in stands(letter, day, paper("soc2_type1", id="soc2-type2")).why


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_a_standing_holds_until_its_last_day(paper: Paper, data: st.DataObject) -> None:
    days = st.dates(date(2026, 1, 1), date(2026, 3, 1))

    def span() -> tuple[date, date]:
        first, last = sorted((data.draw(days), data.draw(days)))
        return first, last

    effective, ends = span()
    reviewed, expires = span()
    voided = data.draw(st.none() | days)
    document = paper(
        "baa",
        dates={"effective_on": effective, "ends_on": ends, "voided_on": voided},
        review={"reviewed_on": reviewed, "expires_on": expires},
    )
    every = [date(2025, 12, 30) + DAY * n for n in range(70)]
    found = [stands(document, day) for day in every]
    for day, each in zip(every, found, strict=True):
        truth = max(effective, reviewed) <= day <= min(ends, expires) and (voided is None or day < voided)
        assert each.counts == truth
        assert bool(each.why) != each.counts
    for (day, now), (_, then) in pairwise(zip(every, found, strict=True)):
        if now.counts:
            assert then.counts == (day < now.until)
            assert not then.counts or then.until == now.until
