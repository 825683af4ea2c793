"""CSV, TSV and their like: each cell a piece, labelled by its column."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator

from ringfence.extract.format import File, Format
from ringfence.extract.formats import text as plain
from ringfence.extract.output import Out, columns
from ringfence.extract.tables import Labels
from ringfence.extract.wire import Rows

_DELIMITERS = ",\t;|"
_FIRST_ROWS = 20
_BLOCK_ROWS = 2048
_BLOCK_CHARACTERS = 1 << 20
_MAX_COLUMNS = 20_000
_LONGEST_CELL = 1 << 20
_LONGEST_LINE = 4 << 20
# A file that no name or media type calls a table is one where so many lines in a row have the same count of cells.
_SURE_LINES = 5


def read(file: File, out: Out) -> None:
    text = file.text(out)
    csv.field_size_limit(_LONGEST_CELL)
    lines = _Lines(text)
    rows = lines.rows(_delimiter(text))
    try:
        first: list[tuple[int, list[str]]] = []
        try:
            first.extend(itertools.islice(rows, _FIRST_ROWS))
        finally:  # also where the rows end in one that is none
            labels = Labels([row for _, row in first])
            for number, (line, row) in enumerate(first):
                _put_slowly(line, row, number, labels, out)
        _put_all(rows, labels, out)
    except csv.Error:
        # A quote that never closes, or one line without end: no table from here on, but text all the same.
        plain.put(text[lines.row_at :], out, "", lines.row_line)


def _put_all(rows: Iterator[tuple[int, list[str]]], labels: Labels, out: Out) -> None:
    block: list[tuple[int, list[str]]] = []
    held = 0
    try:
        for line, row in rows:
            if len(row) > _MAX_COLUMNS:
                _put_slowly(line, row, _FIRST_ROWS, labels, out)
                continue
            block.append((line, row))
            held += sum(map(len, row))
            if len(block) >= _BLOCK_ROWS or held >= _BLOCK_CHARACTERS:
                _put(block, held, labels, out)
                block, held = [], 0
    finally:
        _put(block, held, labels, out)


def _put(block: list[tuple[int, list[str]]], characters: int, labels: Labels, out: Out) -> None:
    """A block of rows, all at once where every cell of a column is labelled alike and there is room for all."""
    cells = sum(len(row) for _, row in block)
    most_pieces, most_characters = out.ledger.room()
    if labels.pairs or cells > most_pieces or characters > most_characters:
        for line, row in block:
            _put_slowly(line, row, _FIRST_ROWS, labels, out)
        return
    width = max((len(row) for _, row in block), default=0)
    names = [*labels.header, *[""] * (width - len(labels.header))][:width]
    lines = [line for line, _ in block]
    out.ledger.add_rows(Rows(columns(out, names), names, lines, [row for _, row in block]), cells, characters)


def _put_slowly(line: int, row: list[str], number: int, labels: Labels, out: Out) -> None:
    """Row `number`, cell by cell."""
    for n, cell in enumerate(row[:_MAX_COLUMNS]):
        label = labels.of(number, row[0], n)
        out.add(f"column {n + 1} ({label})" if label and not labels.pairs else f"column {n + 1}", cell, label, line)
    if len(row) > _MAX_COLUMNS:
        out.add("", ", ".join(row[_MAX_COLUMNS:]), "", line)


class _Lines:
    """The lines of a text, with their ends, cut at \\n only, as the reader of the standard library wants them.

    `row_at` and `row_line` say where the row begins that is being read: its offset and its line.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self.row_at = 0
        self.row_line = 1

    def rows(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not empty, with its line. Raises csv.Error where no row can be had."""
        for row in csv.reader(self, delimiter=delimiter):
            if row:
                yield self.row_line, row
            self.row_at, self.row_line = self._at, self._line

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text, start = self._text, self._at
        if start >= len(text):
            raise StopIteration
        end = text.find("\n", start) + 1 or len(text)
        if end - start > _LONGEST_LINE:
            raise csv.Error
        self._at = end
        self._line += 1
        return text[start:end]


def _delimiter(text: str) -> str:
    """The one that most often stands in the first lines, and as often in each."""
    lines = [line for line in text[:65536].split("\n")[:_FIRST_ROWS] if line.strip()]
    if len(lines) > 1 and len(text) > 65536:
        lines.pop()  # it may be cut
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        alike = max((counts.count(count) for count in set(counts) if count), default=0)
        score = alike * (1 + min(sum(counts), 1000) / 1000)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _recognise(file: File) -> bool:
    """Several lines, each with the same number of cells, two delimiters or more in each."""
    lines = file.head[:8192].split("\n")[:_FIRST_ROWS]
    lines = [line for line in lines[: -1 if len(file.head) > 8192 else None] if line.strip()]
    if len(lines) < _SURE_LINES:
        return False
    for delimiter in _DELIMITERS:
        if 2 * file.head.count(f"{delimiter} ") > file.head.count(delimiter):
            continue  # a sentence has a space after its commas
        counts = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
        if len(counts) == 1 and counts.pop() >= 3:
            return Labels(list(csv.reader(lines, delimiter=delimiter))).header != []
    return False


FORMAT = Format(
    kind="csv",
    certainty=10,
    recognise=_recognise,
    read=read,
    reads="each cell, with its line and column; the header, or the label beside it, as its context",
    leaves="nothing",
    source="https://www.rfc-editor.org/rfc/rfc4180",
    suffixes=(".csv", ".tsv", ".tab", ".psv"),
    media_types=("text/csv", "application/csv", "text/tab-separated-values"),
)
