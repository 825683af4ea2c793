"""Which requests of the log belong to an incident or a period, and what their records say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ringfence.evidence.affected.requests import requests
from ringfence.gateway import boot
from ringfence.ledger.reader import Reader
from ringfence.ledger.record import rfc3339
from support import beside

DAY_S = 86_400
START_S = 1_900_000_000 // DAY_S * DAY_S
PHI = {"labels": ["phi"], "service": "openai/x", "effect": "ALLOW", "form": "as_requested"}
MADE: list[dict[str, Any]] = [
    PHI,
    PHI | {"effect": "MASK", "form": "masked", "subjects": 2, "completeness": "complete", "names_searched": True},
    PHI | {"service": "anthropic/y"},
    PHI | {"effect": "DENY"},
    PHI | {"service": ""},
    PHI | {"labels": ["general"]},
    PHI
    | {
        "coverage": [
            {"label": "phi", "service": "openai/x", "covered": True, "documents": ["baa", "zdr"]},
            {"label": "phi", "service": "anthropic/y", "covered": True, "documents": ["other"]},
            {"label": "personal", "service": "openai/x", "covered": True, "documents": ["dpa"]},
            {"label": "phi", "service": "openai/x", "covered": False, "documents": ["expired"]},
        ]
    },
]
"""One a day."""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    home = beside.made(Path(tmp_path_factory.mktemp("log")), "")
    for day, body in enumerate(MADE):
        beside.logged(home, lambda day=day: START_S + day * DAY_S, [body])  # type: ignore[misc]
    return boot.reader(home)


def days(found: tuple[Any, ...]) -> list[int]:
    first = rfc3339(START_S)
    return [int(each.time[8:10]) - int(first[8:10]) for each in found]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [0, 1, 2, 6]),
        ({"since": 1}, [1, 2, 6]),
        ({"before": 2}, [0, 1]),
        ({"since": 1, "before": 2}, [1]),
        ({"services": ("openai/*",)}, [0, 1, 6]),
        ({"services": ("anthropic/y", "openai/z")}, [2]),
    ],
)
def test_what_left_with_regulated_data_in_a_period(asked: dict[str, Any], expected: list[int], log: Reader) -> None:
    bounds = {name: rfc3339(START_S + n * DAY_S) if isinstance(n, int) else n for name, n in asked.items()}
    assert days(requests(log, **bounds)) == expected


def test_a_list_of_records_is_taken_as_it_is(log: Reader) -> None:
    every = requests(log)
    wanted = [every[2].index, every[0].index]
    assert [each.index for each in requests(log, only=wanted)] == sorted(wanted)
    assert requests(log, only=[]) == ()
    assert {each.outcome for each in every} == {"completed"}


def test_what_each_says(log: Reader) -> None:
    plain, masked, _, covered = requests(log)
    assert (plain.masked, plain.subjects, plain.read_whole, plain.documents) == (False, None, False, ())
    assert (masked.masked, masked.subjects, masked.read_whole) == (True, 2, True)
    assert covered.documents == ("baa", "zdr")
