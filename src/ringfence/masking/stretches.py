"""Findings of one text -> the disjoint stretches that are replaced, each with what it is and how."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

import msgspec

from ringfence.masking.jsontext import escapes, narrowed, widened
from ringfence.masking.manner import Treatment, strictest
from ringfence.masking.people import PEOPLE, after_titles
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.text import Finding

WORDY = frozenset({"PERSON", "PROVIDER_NAME", "ORGANIZATION", "FACILITY", "LOCATION"})
"""Entities made of words, whose borders are judged and not checked: their stretches are whole words."""

_POSSESSIVE = re.compile(r"['\u2019][sS]\Z")
_EDGES = " \t\r\n\f\v\u00a0,;:!?\"'\u2018\u2019\u201c\u201d()[]{}<>*|"


class Stretch(msgspec.Struct, frozen=True):
    """One stretch to replace, in code points. `entity` names the kind."""

    start: int
    end: int
    entity: str
    treatment: Treatment


def stretches(
    text: str,
    chosen: Iterable[Finding],
    forbidden: Iterable[Finding],
    treatment: Callable[[str], Treatment],
    nested: bool,
) -> list[Stretch]:
    """Disjoint stretches that cover every chosen finding, left to right. Overlapping ones become one, of the strictest
    treatment and the longest finding's entity among those; what is in `forbidden` (never to enter a book, chosen or
    not) decides over the stretch that it touches. `nested`: `text` is JSON, and no escape is cut.

    Raises InternalError for a finding that points outside of `text`.
    """
    places = escapes(text) if nested else []
    groups: list[tuple[int, int, list[Finding]]] = []
    for (start, end), finding in sorted(((_extent(text, f, places), f) for f in chosen), key=lambda pair: pair[0]):
        if groups and start < groups[-1][1]:
            first, last, members = groups[-1]
            groups[-1] = (first, max(last, end), [*members, finding])
        else:
            groups.append((start, end, [finding]))
    found = []
    for start, end, members in groups:
        touching = [f for f in forbidden if f.start < end and start < f.end]
        how = strictest(treatment(f.entity) for f in (*members, *touching))
        heads = [f for f in (*touching, *members) if treatment(f.entity) is how]
        longest = max(heads, key=lambda f: (f.end - f.start, f.score, f.entity))
        found.append(Stretch(start, end, longest.entity, how))
    return found


def _extent(text: str, finding: Finding, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    if not 0 <= finding.start < finding.end <= len(text):
        raise InternalError(f"A finding of {finding.detector} points outside the string {finding.segment}.")
    start, end = narrowed(text, places, finding.start, finding.end)
    if not finding.structured or finding.entity in WORDY:
        start, end = _trimmed(text, *_whole_words(text, start, end, places), finding.entity in PEOPLE)
    return widened(places, start, end)


def _whole_words(text: str, start: int, end: int, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """INVARIANT: no word is cut, so that `Johnson` is never left as `John` and a stump."""
    stops = {place for at, after in places if start - _FAR < at < end + _FAR for place in range(at, after)}
    while start > 0 and _letter(text[start]) and _letter(text[start - 1]) and start - 1 not in stops:
        start -= 1
    while end < len(text) and _letter(text[end - 1]) and _letter(text[end]) and end not in stops:
        end += 1
    return start, end


_FAR = 200


def _trimmed(text: str, start: int, end: int, name: bool) -> tuple[int, int]:
    """Without blanks and quotes around it, and without `'s`; of a person's name without `Mr.`: a name gets one
    surrogate, and grammar stays."""
    piece = text[start:end].strip(_EDGES)
    if not piece:
        return start, end
    start += text[start:end].index(piece)
    piece = _POSSESSIVE.sub("", piece)
    end = start + len(piece)
    if name and after_titles(piece) < len(piece):
        start += after_titles(piece)
    return start, end


def _letter(char: str) -> bool:
    return char.isalnum() or unicodedata.combining(char) != 0
