"""Templates -> text with gold spans."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from training.generate.world import SLOTS, World

_SLOT = re.compile(r"\{\{|\}\}|\{([A-Za-z_0-9.]+)\}")


class Doc(NamedTuple):
    """A text and its gold spans: (start, end, label) in code points, half-open, sorted, disjoint."""

    text: str
    spans: tuple[tuple[int, int, str], ...] = ()


def fill(template: str, world: World, lists: Mapping[str, Sequence[str]] = {}) -> Doc:
    """`{slot}` of the world, `{name}` of `lists` (one drawn, its own slots filled), `{{` and `}}` for braces."""
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    size = done = 0

    def add(text: str) -> None:
        nonlocal size
        pieces.append(text)
        size += len(text)

    for match in _SLOT.finditer(template):
        add(template[done : match.start()])
        done = match.end()
        name = match[1]
        if name is None:
            add(match[0][0])
        elif name in lists:
            inner = fill(world.random.choice(lists[name]), world, lists)
            spans += [(start + size, end + size, label) for start, end, label in inner.spans]
            add(inner.text)
        else:
            value = world.value(name)
            if value.label is not None:
                spans.append((size, size + len(value.text), value.label))
            add(value.text)
    add(template[done:])
    return Doc("".join(pieces), tuple(spans))


def join(*docs: Doc, sep: str = "\n") -> Doc:
    text, spans = "", []
    for number, doc in enumerate(docs):
        text += sep if number else ""
        spans += [(start + len(text), end + len(text), label) for start, end, label in doc.spans]
        text += doc.text
    return Doc(text, tuple(spans))


_SITES = re.compile(
    r" (?:downtown |main |north |south |east |west )?(?:clinic|office|facility|campus|branch|practice|hospital|ER|location|site|center|ward)\b"
)
_IN = re.compile(r" in |, ")
_NEXT_LINE = re.compile(r"[,\s]{1,12}")


def settled(doc: Doc, medical: bool) -> Doc:
    """What belongs together as one span: a facility and its town, the lines of an address, a `medical` town's clinic."""
    text, spans = doc.text, []
    for start, end, label in doc.spans:
        if medical and label == "PLACE" and (site := _SITES.match(text, end)):
            end, label = site.end(), "FACILITY"
        if spans:
            first, last, before = spans[-1]
            between = text[last:start]
            in_town = before == "FACILITY" and label == "PLACE" and _IN.fullmatch(between)
            of_address = (
                before == "ADDRESS" and label in ("ADDRESS", "PLACE", "COUNTRY") and _NEXT_LINE.fullmatch(between)
            )
            if in_town or of_address:
                spans[-1] = (first, end, before)
                continue
        spans.append((start, end, label))
    return Doc(text, tuple(spans))


def valid(doc: Doc, labels: Sequence[str]) -> bool:
    """Whether the spans lie in the text, are in order, disjoint, of known labels and neither empty nor blank-edged."""
    end = 0
    for start, stop, label in doc.spans:
        if (
            not end <= start < stop <= len(doc.text)
            or label not in labels
            or doc.text[start:stop] != doc.text[start:stop].strip()
        ):
            return False
        end = stop
    return True


__all__ = ["SLOTS", "Doc", "fill", "join", "settled", "valid"]
