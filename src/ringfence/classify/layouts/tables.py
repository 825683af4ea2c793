"""Tables in a text: CSV, TSV, Markdown and other pipes, and columns aligned with blanks. A header labels its column."""

from __future__ import annotations

import re
from collections.abc import Callable

from ringfence.classify.layouts.field import Field
from ringfence.classify.layouts.meaning import entity_of, is_bare_name
from ringfence.classify.matching import compiled, find
from ringfence.classify.wordlists import words

# Words of headers that detectors know as labels, or that name a person.
_TELLING = compiled(
    r"(?i)(?:^|[^a-z])(?:mrn|name|patient|member|subscriber|dob|birth|ssn|social|phone|tel|mobile|cell|fax|e-?mail|"
    r"address|street|city|zip|postal|"
    r"account|acct|card|iban|routing|npi|dea|policy|plan|passport|licen[cs]e|insurance|employer|provider|physician|"
    r"doctor|record|"
    r"chart|claim|case|username|user id|login|password|vin|plate|serial|device|nombre|apellidos?|paciente|nacimiento|"
    r"tel[eé]fono|"
    r"p[oó]liza|dni|domicilio|direcci[oó]n|admi\w+|discharge\w*|date|loan|customer|client|applicant|borrower|"
    r"employee)(?:[^a-z]|$)"
)
# A line without a full sentence that has a separator, and one more line below.
_HEADER = compiled(
    r"(?m)^(?:[^\n.?!:]|[.:][^ \n])*(?:[,;|\t]|[^ \n] {2,}[^ \n])(?:[^\n.?!:]|[.:][^ \n])*\n[^\n]{0,200}(?:[,;|\t]|"
    r"[^ \n] {2,}[^ \n])"
)
_RULE = re.compile(r"[\s|:+=-]+$")
Cut = Callable[[str, int, int], list[tuple[int, int]]]
"""Finds the cells of the line [start, end), without the blanks and quotes around them."""

_LONGEST_HEADER = 48
_LONGEST_LINE = 2000
_WORDS_IN_HEADER = 5
_MOST_COLUMNS = 200
_GAPS = re.compile(r" {2,}")
_LOGIN = re.compile(r"(?i)user|login|pass|pwd")
_PERSONAL = re.compile(
    r"(?i)mrn|dob|birth|ssn|patient|phone|member|address|email|nacimiento|gender|sex|account|age|insurance|employee|"
    r"salary|hire"
)


def fields(text: str) -> list[Field]:
    """The cells below telling headers, row by row until a line that does not fit."""
    found: list[Field] = []
    done = 0
    for start, _ in find(_HEADER, text):
        if start >= done:
            done = _table(text, start, found)
    return found


def _table(text: str, start: int, found: list[Field]) -> int:
    """Reads the table whose header may begin at `start`; where to look on."""
    end = _line_end(text, start)
    if end - start <= _LONGEST_LINE and _TELLING.search(text[start:end]) is not None:
        for cut in (_piped, _by_commas, _by_tabs, _by_semicolons, _aligned):
            header = cut(text, start, end)
            if _is_header(text, header, cut is _by_commas):
                cells, stop = _rows(text, start, end + 1, header, cut)
                if cells:
                    found.extend(cells)
                    return stop
    return end + 1


def _line_end(text: str, start: int) -> int:
    stop = text.find("\n", start)
    return len(text) if stop < 0 else stop


def _is_header(text: str, cells: list[tuple[int, int]], prose: bool) -> bool:
    """Short names without numbers of their own, at least two; between commas, which prose has too, all telling."""
    names = [text[start:end] for start, end in cells]
    return (
        2 <= len(names) <= _MOST_COLUMNS
        and all(len(name) <= _LONGEST_HEADER and sum(map(str.isdigit, name)) <= 2 for name in names)
        and sum(any(map(str.isalpha, name)) for name in names) >= max(2, len(names) - 1)
        and not (prose and any(len(name.split()) > _WORDS_IN_HEADER or ". " in name for name in names))
        and not (prose and len(names) < 3 and not all(_TELLING.search(name) for name in names))
    )


def _rows(text: str, head: int, start: int, header: list[tuple[int, int]], cut: Cut) -> tuple[list[Field], int]:
    """The cells of the rows from `start` on, and where the table ends."""
    names = [text[first:last].strip(" *_`\"'") for first, last in header]
    personal = any(_PERSONAL.search(name) for name in names)
    entities = [entity_of(name) if personal or not is_bare_name(name) else "" for name in names]
    found: list[Field] = []
    rows = 0
    while start < len(text):
        end = _line_end(text, start)
        last = end - (text[end - 1 : end] == "\r")
        if not _RULE.match(text, start, last + 1) or last == start:
            cells = _under(text, start, last, head, header) if cut is _aligned else cut(text, start, last)
            spare = max(1, len(header) // 4) if rows and cut is not _aligned else 0
            if len(cells) < 2 or abs(len(cells) - len(header)) > spare:
                break
            rows += 1
            for name, entity, (first, stop) in zip(names, entities, cells, strict=False):
                cell = text[first:stop]
                if (
                    name
                    and (sure := _may_be(entity, cell)) | any(map(str.isdigit, cell)) | bool(_LOGIN.search(name))
                    and cell
                ):
                    found.append(Field(((first, stop),), name, entity if sure else ""))
        start = end + 1
    return found, start


def _may_be(entity: str, cell: str) -> bool:
    """A cell that can hold what its header says: words for a name, and a number in a street address."""
    if entity == "STREET_ADDRESS":
        return any(map(str.isdigit, cell)) and any(map(str.isalpha, cell))
    return (
        bool(entity)
        and len(cell) <= 60
        and any(map(str.isalpha, cell))
        and sum(map(str.isdigit, cell)) <= 2
        and cell.lower() not in _EMPTY
    )


_EMPTY = words(
    """
    none null nil n/a na - unknown string str text varchar not null required true false yes no pending tbd
    """
)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \t\"'*`":
        start += 1
    while end > start and text[end - 1] in " \t\"'*`":
        end -= 1
    return start, end


def _piped(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if text.count("|", start, end) < 1:
        return []
    first, last = start, end
    while first < last and text[first] in " \t>":
        first += 1
    if text[first : first + 1] == "|":
        first += 1
    while last > first and text[last - 1] in " \t":
        last -= 1
    if text[last - 1 : last] == "|":
        last -= 1
    return [_stripped(text, *cell) for cell in _split(text, first, last, "|")]


def _by_commas(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [_stripped(text, *cell) for cell in _split(text, start, end, ",")]


def _by_tabs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [_stripped(text, *cell) for cell in _split(text, start, end, "\t")]


def _by_semicolons(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [_stripped(text, *cell) for cell in _split(text, start, end, ";")]


def _split(text: str, start: int, end: int, mark: str) -> list[tuple[int, int]]:
    """Cells between marks; a mark within double quotes belongs to its cell (RFC 4180)."""
    if text.find('"', start, end) < 0:
        return _plain(text, start, end, mark)
    cells = []
    at = start
    inside = False
    for place in range(start, end):
        char = text[place]
        if char == '"':
            inside = not inside
        elif char == mark and not inside:
            cells.append((at, place))
            at = place + 1
    cells.append((at, end))
    return cells


def _plain(text: str, start: int, end: int, mark: str) -> list[tuple[int, int]]:
    cells = []
    while (place := text.find(mark, start, end)) >= 0:
        cells.append((start, place))
        start = place + 1
    return [*cells, (start, end)]


def _aligned(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Names two or more blanks apart."""
    cells = []
    at = start
    for gap in _GAPS.finditer(text, start, end):
        if gap.start() > at:
            cells.append((at, gap.start()))
        at = gap.end()
    if at < end:
        cells.append((at, end))
    return cells


def _under(text: str, start: int, end: int, head: int, header: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cells of an aligned row, each under the header that it overlaps most; missing ones are empty."""
    placed = [(start, start)] * len(header)
    some = _aligned(text, start, end)
    for cell in some:
        left, right = cell[0] - start, cell[1] - start
        best = min(
            range(len(header)),
            key=lambda index: max(header[index][0] - head - right, left - (header[index][1] - head)),
        )
        placed[best] = cell
    return placed if len(some) >= 2 else some
