"""What labels a cell: its column's header, or its row's label in a table of two columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# Words that stand in headers and labels of tables about people, accounts and shipments.
_LABEL_WORDS: Final = re.compile(
    r"(?i)(?:^|[^a-z])(?:account|address|age|amount|birth|card|city|claim|code|comments?|company|contact|country|county|"
    r"customer|dates?|description|dob|doctor|dr|e-?mail|employee|employer|fax|first|full|gender|group|iban|id|insurance|ip|"
    r"language|last|licen[cs]e|loan|location|mail|member|middle|mobile|mrn|names?|notes?|npi|no|number|order|passport|"
    r"password|patient|payer|phone|plan|policy|postal|postcode|price|provider|reference|room|routing|sex|shipment|ssn|"
    r"state|status|street|subscriber|surname|tax|telephone|time|title|total|tracking|type|url|user|value|vin|weight|"
    r"year|zip)(?:[^a-z]|$)"
)
_DATA: Final = re.compile(r"\d{3}|@|\d[/.-]\d|^\d+$")
_LONGEST_LABEL: Final = 60
_MAX_COLUMNS: Final = 1024
# A row with fewer cells, compared to the widest, is a title and no header.
_FULL_SHARE: Final = 0.6


class Labels:
    """How the cells of one table are labelled, decided from its first rows.

    `header`: the names of the columns, empty where there is none; it is row `header_row` of those given (from 0), and
    rows above it, such as a title, have no labels. `pairs`: the first of two columns labels the second.
    """

    def __init__(self, first_rows: Sequence[Sequence[str]]) -> None:
        self.header: list[str] = []
        self.header_row = -1
        # A label is short, and a table has not so many columns: a hostile file has other cells.
        first_rows = [[cell[: _LONGEST_LABEL + 1] for cell in row[:_MAX_COLUMNS]] for row in first_rows]
        widths = [sum(bool(cell.strip()) for cell in row) for row in first_rows]
        if not any(widths):
            self.pairs = False
            return
        self.pairs = _are_pairs([row for row, width in zip(first_rows, widths, strict=True) if width])
        first = next(n for n, width in enumerate(widths) if width >= _FULL_SHARE * max(widths))
        if not self.pairs and _is_header(first_rows[first:]):
            self.header = [cell.strip() for cell in first_rows[first]]
            self.header_row = first

    def of(self, number: int, first_cell: str, column: int) -> str:
        """The label of the cell in `column` of row `number` (both from 0), which begins with `first_cell`, or ""."""
        if self.pairs:
            return first_cell.strip().rstrip(":").rstrip()[:_LONGEST_LABEL] if column == 1 else ""
        return self.header[column] if number > self.header_row and column < len(self.header) else ""


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """The first row has only labels, and either words known as such or data below it."""
    first = [cell for cell in rows[0] if cell.strip()]
    if not all(_like_label(cell) for cell in first):
        return False
    if any(_LABEL_WORDS.search(cell) for cell in first):
        return True
    return any(_DATA.search(cell) for row in rows[1:] for cell in row)


def _are_pairs(rows: Sequence[Sequence[str]]) -> bool:
    """Two columns, labels in the first: more of them known as labels than the first row has."""
    full = [row for row in rows if len(row) >= 2 and row[0].strip()]
    if len(full) < 2 or any(cell.strip() for row in rows for cell in row[2:]):
        return False
    labels = [row[0] for row in full]
    if not all(_like_label(label) for label in labels):
        return False
    known = sum(bool(_LABEL_WORDS.search(label)) or label.rstrip().endswith(":") for label in labels)
    return known >= 2 and 2 * known >= len(labels) and not _LABEL_WORDS.search(full[0][1])


def _like_label(cell: str) -> bool:
    return len(cell) <= _LONGEST_LABEL and not _DATA.search(cell) and "\n" not in cell.strip()
