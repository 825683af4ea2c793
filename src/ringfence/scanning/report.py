"""Puts what came of the units together: a file's parts in order, rows for people, sums, and how bad it is."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable

import msgspec

from ringfence.scanning.results import Passed, Searched, Spotted
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.labels import Label

CLASSES = ("", Label.PERSONAL, Label.FINANCIAL, Label.PHI, Label.CARD, Label.SECRET)
"""What a finding raises, ascending: from nothing (a date alone names nobody) to a credential."""
_KEPT = 1000
"""Rows, and paths that failed, kept for people to read; files of findings hold all of them."""


def class_of(entity: str) -> int:
    """The place of an entity's class in CLASSES."""
    return CLASSES.index(ENTITIES[entity].raises or "")


class Row(msgspec.Struct, frozen=True):
    """So many findings of an entity at one place of a file; of one value, where values were asked for."""

    path: str
    place: str
    entity: str
    count: int
    value: str = ""


class _File:
    """One file whose parts are coming in."""

    def __init__(self) -> None:
        self.waiting: dict[int, Searched] = {}
        self.next = self.lines = 0
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.first_line: dict[tuple[str, str, str], int] = {}
        self.reasons: dict[str, None] = {}


class Report:
    """Takes results in any order; hands each file's findings on in order, with lines counted from its beginning."""

    def __init__(self, found: Callable[[str, Spotted], None], passed: Callable[[Passed], None]) -> None:
        """`found` gets each finding and its path; `passed` each path that was not, or not wholly, searched."""
        self._found, self._passed = found, passed
        self._open: dict[str, _File] = {}
        self._rows: list[tuple[int, int, int, Row]] = []
        self.rows = self.files = self.files_with = self.bytes = self.failures = self.left_out = 0
        self.entities: Counter[str] = Counter()
        self.files_of: Counter[str] = Counter()
        self.failed: list[Passed] = []
        self.worst = 0
        """The highest class found, as its place in CLASSES."""

    def add(self, searched: Searched) -> None:
        unit = searched.unit
        file = self._open.setdefault(unit.path, _File())
        file.waiting[unit.start] = searched
        while (part := file.waiting.pop(file.next, None)) is not None:
            self._take(unit.path, file, part, file.lines)
            file.next += part.unit.bytes
            file.lines += part.lines
            if file.next >= unit.size:
                self._close(unit.path)
                return

    def add_passed(self, passed: Passed) -> None:
        self._passed(passed)
        if passed.left_out:
            self.left_out += 1
            return
        self.failures += 1
        if len(self.failed) < _KEPT:
            self.failed.append(passed)

    def interrupt(self) -> None:
        """Takes what came of files that were not searched to their end. Lines after a gap are not known."""
        for path, file in list(self._open.items()):
            for _, part in sorted(file.waiting.items()):
                self._take(path, file, part, None)
            file.reasons["interrupted: only a part was searched"] = None
            self._close(path)

    def top(self) -> list[Row]:
        """Rows for people: the highest class first, then the most findings, then as they were found."""
        return [row for *_, row in sorted(self._rows, key=lambda kept: kept[:3], reverse=True)]

    def _take(self, path: str, file: _File, part: Searched, lines: int | None) -> None:
        self.bytes += part.unit.bytes
        for spotted in part.spotted:
            if spotted.line and (lines or lines is None):
                spotted = msgspec.structs.replace(spotted, line=0 if lines is None else spotted.line + lines)
            self._found(path, spotted)
            place = (spotted.where, spotted.entity, spotted.value)
            file.counts[place] += 1
            file.first_line.setdefault(place, spotted.line)
        file.reasons |= dict.fromkeys(part.reasons)

    def _close(self, path: str) -> None:
        file = self._open.pop(path)
        self.files += 1
        self.files_with += bool(file.counts)
        for entity in {entity for _, entity, _ in file.counts}:
            self.files_of[entity] += 1
            self.worst = max(self.worst, class_of(entity))
        for key, count in file.counts.items():
            where, entity, value = key
            line = file.first_line[key]
            self.entities[entity] += count
            place = where or (f"from line {line}" if count > 1 else f"line {line}")
            self._row(Row(path, place, entity, count, value))
        for why in file.reasons:
            self.add_passed(Passed(path, why))

    def _row(self, row: Row) -> None:
        self.rows += 1
        # The number tells rows apart that are alike otherwise, so that rows themselves are never compared.
        kept = (class_of(row.entity), row.count, -self.rows, row)
        (heapq.heappush if len(self._rows) < _KEPT else heapq.heappushpop)(self._rows, kept)
