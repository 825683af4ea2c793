"""One value of a form, and the view in which every value stands behind its label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ringfence.classify.detector import LABELLED
from ringfence.classify.merging import Span
from ringfence.classify.normalise import View


class Field(msgspec.Struct, frozen=True):
    """A value by its pieces, [start, end) in code points, in order. `label` is written before it for the detectors;
    `entity` is reported for it whatever it looks like (the layout says what it is), or "" where the detectors decide.
    """

    pieces: tuple[tuple[int, int], ...]
    label: str = ""
    entity: str = ""


_BETWEEN = "\n\n"
"""Between two values: no detector reads over an empty line, so no value runs into the next one."""


def labelled(parent: View, fields: Iterable[Field]) -> View | None:
    """A view with each labelled value as `label: value`, the pieces of a value a blank apart; None without any."""
    parts: list[str] = []
    pieces: list[tuple[int, int, int, bool]] = []
    size = 0

    def put(text: str, start: int, end: int, copied: bool) -> None:
        nonlocal size
        parts.append(text)
        pieces.append((size, start, end, copied))
        size += len(text)

    for field in fields:
        if not field.label or not field.pieces:
            continue
        put(f"{_BETWEEN}{field.label}: ", field.pieces[0][0], field.pieces[0][0], False)
        for index, (start, end) in enumerate(field.pieces):
            if index:
                put(" ", field.pieces[index - 1][1], start, False)
            put(parent.text[start:end], start, end, True)
    return View("".join(parts), parent, tuple(pieces)) if parts else None


def certain(fields: Sequence[Field], layout: str, parent: View) -> list[Span]:
    """The values whose entity the layout knows, in code points of the original text."""
    found = []
    for field in fields:
        for start, end in field.pieces if field.entity else ():
            if any(map(str.isalnum, parent.text[start:end])):
                first, last = parent.original(start, end)
                found.append(Span(first, last, field.entity, LABELLED, layout, False))
    return found
