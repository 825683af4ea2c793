"""One sheet of a workbook: its cells, as they are shown, and all else that stands in its part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from ringfence.extract.markup import Markup, Rules
from ringfence.extract.numbers import shown
from ringfence.extract.office import WRITTEN
from ringfence.extract.output import Out
from ringfence.extract.tables import Labels

_FIRST_ROWS: Final = 20
_MAX_LABELLED_COLUMNS: Final = 1024
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})[0-9]+")
# A formula that holds text or a long number says more than its result.
_TELLING: Final = re.compile(r'"|\d{5}')
_RULES: Final = Rules(attributes=WRITTEN - {"s", "v", "uniqueName"}, lines=False)


class Book(msgspec.Struct, frozen=True):
    """What the cells refer to. `formats[style]` is a number format's id and code."""

    strings: Sequence[str]
    formats: Sequence[tuple[int, str]]
    since_1904: bool = False


class SheetText(Markup):
    """Cells are read without a frame for each, for there may be a million of them."""

    def __init__(self, out: Out, book: Book) -> None:
        super().__init__(out, _RULES)
        self._book = book
        self._in_cells = False
        self._cell: dict[str, str] = {}
        self._value: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None
        self._row: list[tuple[str, int, str]] = []  # reference, column from 0, text
        self._first: list[list[tuple[str, int, str]]] | None = []
        self._labels = Labels([])
        self._rows = 0

    def _start(self, raw: str, attributes: dict[str, str]) -> None:
        name = self._local(raw)
        if not self._in_cells:
            self._in_cells = name == "sheetData"
            super()._start(raw, attributes)
        elif name == "c":
            self._cell, self._value, self._formula = attributes, [], []
        elif name in ("v", "t"):
            self._into = self._value
        elif name == "f":
            self._into = self._formula

    def _end(self, raw: str) -> None:
        name = self._local(raw)
        if not self._in_cells:
            super()._end(raw)
        elif name in ("v", "t", "f"):
            self._into = None
        elif name == "c":
            self._end_of_cell()
        elif name == "row":
            self._end_of_row()
        elif name == "sheetData":
            self._decide()
            self._in_cells = False
            super()._end(raw)

    def said(self, text: str) -> None:
        if not self._in_cells:
            super().said(text)
        elif self._into is not None:
            self._into.append(text)

    def _unwind(self) -> None:
        if self._in_cells:  # the sheet breaks off
            self._end_of_row()
            self._decide()
        super()._unwind()

    def _end_of_cell(self) -> None:
        reference = self._cell.get("r", "")
        formula = "".join(self._formula)
        if _TELLING.search(formula):
            self.out.add(f"cell {reference}, formula", formula)
        text = self._text("".join(self._value))
        if text:
            self._row.append((reference, _column(reference, len(self._row)), text))

    def _text(self, value: str) -> str:
        kind = self._cell.get("t", "n")
        if kind == "s":
            return self._book.strings[int(value)] if value.isdecimal() and int(value) < len(self._book.strings) else ""
        if kind != "n" or not value:
            return value
        style = self._cell.get("s", "0")
        number = int(style) if style.isdecimal() else 0
        format_id, code = self._book.formats[number] if number < len(self._book.formats) else (0, "")
        return shown(value, format_id, code, since_1904=self._book.since_1904)

    def _end_of_row(self) -> None:
        row, self._row = self._row, []
        if not row:
            return
        if self._first is None:
            self._put_row(row)
            return
        self._first.append(row)
        if len(self._first) >= _FIRST_ROWS:
            self._decide()

    def _decide(self) -> None:
        """The first rows are here: what labels the cells is decided, and they go out."""
        if self._first is None:
            return
        first, self._first = self._first, None
        self._labels = Labels([_dense(row) for row in first])
        for row in first:
            self._put_row(row)

    def _put_row(self, row: list[tuple[str, int, str]]) -> None:
        label_of, number = self._labels.of, self._rows
        first_cell = row[0][2] if row[0][1] == 0 else ""
        for reference, column, text in row:
            self.out.add(f"cell {reference}", text, label_of(number, first_cell, column))
        self._rows += 1


def _dense(row: list[tuple[str, int, str]]) -> list[str]:
    cells = [""] * min(max(column for _, column, _ in row) + 1, _MAX_LABELLED_COLUMNS)
    for _, column, text in row:
        if column < len(cells):
            cells[column] = text
    return cells


def _column(reference: str, after: int) -> int:
    """Column B is 1. Cells without a reference follow one another."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return after
    number = 0
    for letter in found[1]:
        number = 26 * number + ord(letter) - 64
    return number - 1
