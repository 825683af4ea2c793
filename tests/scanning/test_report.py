"""Results of files and parts, put together in whatever order they come."""

from __future__ import annotations

import itertools

import pytest

from ringfence.scanning import report as reporting
from ringfence.scanning.report import CLASSES, Report, Row, class_of
from ringfence.scanning.results import Passed, Searched, Spotted, Unit


def spot(line: int = 1, entity: str = "US_SSN", where: str = "", value: str = "") -> Spotted:
    return Spotted(where, line, 3, 5, entity, 0.9, "x/1", "f", value)


class Told:
    def __init__(self) -> None:
        self.found: list[tuple[str, int, str]] = []
        self.passed: list[Passed] = []
        self.report = Report(
            lambda path, spotted: self.found.append((path, spotted.line, spotted.entity)), self.passed.append
        )


PARTS = [
    Searched(Unit("a", 25, 0, 10), lines=3, spotted=(spot(1), spot(4))),
    Searched(Unit("a", 25, 10, 20), lines=2, spotted=(spot(1, "DATE"),)),
    Searched(Unit("a", 25, 20, 25), lines=0, spotted=(spot(1),), reasons=("odd bytes",)),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_parts_in_any_order_count_lines_from_the_beginning(order):
    told = Told()
    for number in order:
        told.report.add(PARTS[number])
    assert told.found == [("a", 1, "US_SSN"), ("a", 4, "US_SSN"), ("a", 4, "DATE"), ("a", 6, "US_SSN")]
    assert (told.report.files, told.report.files_with, told.report.bytes, told.report.failures) == (1, 1, 25, 1)
    assert told.passed == [Passed("a", "odd bytes")]
    assert told.report.top() == [Row("a", "from line 1", "US_SSN", 3), Row("a", "line 4", "DATE", 1)]


def test_interrupted_file_keeps_what_was_found_and_says_so():
    told = Told()
    told.report.add(PARTS[0])
    told.report.add(PARTS[2])
    told.report.interrupt()
    assert told.found == [("a", 1, "US_SSN"), ("a", 4, "US_SSN"), ("a", 0, "US_SSN")]  # how many lines are missing?
    assert Passed("a", "interrupted: only a part was searched") in told.passed
    assert told.report.failures == 2


def test_rows_by_place_and_entity_the_worst_first():
    told = Told()
    told.report.add(
        Searched(Unit("a", 1), spotted=(spot(9), spot(2), spot(0, "DATE", "page 1"), spot(0, "DATE", "page 2")))
    )
    told.report.add(Searched(Unit("b", 1), spotted=(spot(5, "API_KEY"),)))
    assert told.report.top() == [
        Row("b", "line 5", "API_KEY", 1),
        Row("a", "from line 9", "US_SSN", 2),
        Row("a", "page 1", "DATE", 1),
        Row("a", "page 2", "DATE", 1),
    ]
    assert (told.report.entities["DATE"], told.report.files_of["DATE"]) == (2, 1)
    assert CLASSES[told.report.worst] == "secret"


def test_values_that_were_asked_for_have_rows_of_their_own():
    told = Told()
    told.report.add(Searched(Unit("a", 1), spotted=(spot(value="x"), spot(value="y"), spot(value="x"))))
    assert [(row.value, row.count) for row in told.report.top()] == [("x", 2), ("y", 1)]


def test_few_rows_are_kept_and_all_are_counted(monkeypatch):
    monkeypatch.setattr(reporting, "_KEPT", 2)
    told = Told()
    for number, entity in enumerate(("DATE", "US_SSN", "API_KEY", "DATE")):
        told.report.add(Searched(Unit(str(number), 1), spotted=(spot(entity=entity),)))
        told.report.add_passed(Passed(str(number), "broken"))
    assert [row.entity for row in told.report.top()] == ["API_KEY", "US_SSN"]
    assert (told.report.rows, len(told.report.failed), told.report.failures) == (4, 2, 4)


def test_left_out_is_no_failure():
    told = Told()
    told.report.add_passed(Passed("a", "excluded", left_out=True))
    assert (told.report.failures, told.report.left_out, len(told.passed)) == (0, 1, 1)


def test_every_class_of_an_entity_has_its_place():
    assert (
        class_of("DATE") == 0 < class_of("PERSON") < class_of("US_MBI") < class_of("CREDIT_CARD") < class_of("PASSWORD")
    )
