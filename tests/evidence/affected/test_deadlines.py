"""Notice deadlines: days, thresholds, roles, and where they stand in the law."""

from __future__ import annotations

from datetime import date

import pytest

from ringfence.evidence.affected.deadlines import Deadline, deadlines, rules
from ringfence.evidence.affected.paper import Paper

DISCOVERED = date(2031, 12, 10)


def due(
    role: str = "covered_entity", *, health: bool | None = True, at_least: int = 0, papers: tuple[Paper, ...] = ()
) -> dict[str, Deadline]:
    found = deadlines(DISCOVERED, role=role, health=health, at_least=at_least, papers=papers)
    return {each.id: each for each in found}


@pytest.mark.parametrize(
    ("id_", "day"),
    [
        ("individuals", date(2032, 2, 8)),
        ("media", date(2032, 2, 8)),
        ("secretary", date(2032, 2, 8)),
        ("secretary_yearly", date(2032, 2, 29)),
        ("covered_entity", date(2032, 2, 8)),
    ],
)
def test_last_days(id_: str, day: date) -> None:
    assert due()[id_].due_on == day


@pytest.mark.parametrize(
    ("at_least", "expected"),
    [
        (
            0,
            {
                "individuals": "yes",
                "media": "cannot be said",
                "secretary": "cannot be said",
                "secretary_yearly": "cannot be said",
            },
        ),
        (499, {"secretary": "cannot be said", "secretary_yearly": "cannot be said"}),
        (500, {"secretary": "yes", "secretary_yearly": "no", "media": "cannot be said"}),
        (9999, {"media": "cannot be said"}),
    ],
)
def test_numbers_decide_only_where_they_are_known(at_least: int, expected: dict[str, str]) -> None:
    found = due(at_least=at_least)
    assert {id_: found[id_].applies for id_ in expected} == expected


@pytest.mark.parametrize(
    ("role", "individuals", "covered_entity"),
    [
        ("covered_entity", "yes", "no"),
        ("business_associate", "no", "yes"),
        ("neither", "cannot be said", "cannot be said"),
    ],
)
def test_roles(role: str, individuals: str, covered_entity: str) -> None:
    found = due(role)
    assert (found["individuals"].applies, found["covered_entity"].applies) == (individuals, covered_entity)


def test_without_health_data_these_rules_ask_for_nothing() -> None:
    assert {each.applies for each in due(health=False).values()} == {"no"}


def test_where_not_all_was_read_nobody_says_no() -> None:
    assert {each.applies for each in due(health=None).values()} == {"cannot be said"}


def test_contracts_come_with_their_hours_the_shortest_first() -> None:
    papers = tuple(Paper(f"baa-{hours}", "baa", "openai", "", "", "", hours) for hours in (72, 24, 25, None))
    found = due(papers=papers)
    contracts = [(id_, each.due_on) for id_, each in found.items() if id_.startswith("contract:")]
    assert contracts == [
        ("contract:baa-24", date(2031, 12, 11)),
        ("contract:baa-25", date(2031, 12, 12)),
        ("contract:baa-72", date(2031, 12, 13)),
    ]


def test_every_rule_names_its_section() -> None:
    sections = {
        "individuals": "404",
        "media": "406",
        "secretary": "408(b)",
        "secretary_yearly": "408(c)",
        "covered_entity": "410",
    }
    assert {each.id for each in rules().notice} == set(sections)
    assert all(f"164.{sections[each.id]}" in each.source for each in rules().notice)
    assert "164.412" in rules().delay.source
    assert "State law" in rules().not_covered
