"""Findings -> surrogates, in the text of one request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

import msgspec

from ringfence.masking.book import Book
from ringfence.masking.jsontext import escapes, is_json, value_of, widened
from ringfence.masking.restore import Originals
from ringfence.masking.surrogates import FORMS, body_of, occurrences, removed
from ringfence.vocabulary.entities import ENTITIES, Disposal, Entity
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.text import Finding, Place, Segment

_MET_AT_MOST = 1_000
"""Look-alikes in one request that are looked up, at a vault query each; a request of nothing else costs no more."""


class Masked(msgspec.Struct, frozen=True):
    """What masking did to one request.

    `texts`: new string by JSON pointer, for the segments that changed. `replaced`: how many spans by entity.
    `issued`: the surrogates that now stand in the request. `unmaskable`: entities that were to be masked and could
    not be (object keys, numbers, spans that no pattern delimits), sorted.
    `originals`: surrogate -> original, for the reply to this request: what was issued, and what of this scope stood
    in the text already. It is all that a model which sees only this request can repeat, so it is all that a reply may
    restore. Never log it.
    """

    texts: dict[str, str]
    replaced: dict[str, int]
    issued: frozenset[str]
    unmaskable: tuple[str, ...]
    originals: Originals

    def __repr__(self) -> str:
        return f"Masked({len(self.texts)} texts, {len(self.issued)} surrogates)"  # a traceback never shows content


class _Span(msgspec.Struct, frozen=True):
    """One stretch to replace. `entity` names the kind; where `redact` is true the value is removed for good."""

    start: int
    end: int
    entity: str
    redact: bool


def mask(
    segments: Sequence[Segment],
    findings: Iterable[Finding],
    book: Book,
    entities: Mapping[str, Entity] = ENTITIES,
    *,
    which: Callable[[Finding], bool] = lambda _finding: True,
    json_text: Container[str] = frozenset(),
) -> Masked:
    """Replaces the findings that `which` chooses. Offsets are code points, half-open.

    Overlapping findings are replaced as one stretch, named after the longest of them. Where one of them is to be
    redacted, chosen or not, the whole stretch is: a card number inside a chosen URL never enters the book.
    `json_text` holds the pointers of segments whose string is itself JSON (tool arguments): there a span never cuts
    an escape, the book keeps the value without its escapes, and a segment that would stop being JSON (a number
    replaced) is left alone and its entities are unmaskable.

    The caller commits the book before anything is sent. Raises VaultError from the book, and InternalError for a
    finding that points outside its segment.
    """
    values = {segment.pointer: segment for segment in segments if segment.place is Place.VALUE}
    issue = _Issue(book, segments)
    unmaskable: set[str] = set()
    chosen: dict[str, list[Finding]] = {}
    redactions: dict[str, list[Finding]] = {}
    for finding in findings:
        redact = finding.entity in entities and entities[finding.entity].disposal is Disposal.REDACT
        if redact and finding.place is Place.VALUE:
            redactions.setdefault(finding.segment, []).append(finding)
        if not which(finding):
            continue
        known = redact or (finding.entity in entities and finding.entity in FORMS)
        if finding.place is Place.VALUE and finding.structured and known:
            chosen.setdefault(finding.segment, []).append(finding)
        else:
            unmaskable.add(finding.entity)

    texts: dict[str, str] = {}
    replaced: Counter[str] = Counter()
    for pointer, wanted in chosen.items():
        segment = values.get(pointer)
        if segment is None:
            raise InternalError(f"A finding names the string {pointer}, which the request does not have.")
        nested = pointer in json_text and is_json(segment.text)
        spans = _spans(segment.text, wanted, redactions.get(pointer, ()), nested)
        text, given = _rewritten(segment.text, spans, issue, nested)
        if text is None:
            unmaskable.update(span.entity for span in spans)
            continue
        texts[pointer] = text
        issue.originals.update(given)
        replaced.update(span.entity for span in spans)
    issued = frozenset(issue.originals)
    originals = Originals(issue.originals | _met(segments, book))
    return Masked(texts, dict(replaced), issued, tuple(sorted(unmaskable)), originals)


def _spans(text: str, chosen: Iterable[Finding], redactions: Iterable[Finding], nested: bool) -> list[_Span]:
    """Disjoint stretches that cover every chosen finding, left to right."""
    places = escapes(text) if nested else []

    def extent(finding: Finding) -> tuple[int, int]:
        if not 0 <= finding.start < finding.end <= len(text):
            raise InternalError(f"A finding of {finding.detector} points outside the string {finding.segment}.")
        return widened(places, finding.start, finding.end)

    groups: list[tuple[int, int, list[Finding]]] = []
    for (start, end), finding in sorted(((extent(f), f) for f in chosen), key=lambda pair: pair[0]):
        if groups and start < groups[-1][1]:
            first, last, members = groups[-1]
            groups[-1] = (first, max(last, end), [*members, finding])
        else:
            groups.append((start, end, [finding]))
    spans = []
    for start, end, members in groups:
        forbidden = [f for f in redactions if f.start < end and start < f.end]
        longest = max(forbidden or members, key=lambda f: (f.end - f.start, f.score, f.entity))
        spans.append(_Span(start, end, longest.entity, bool(forbidden)))
    return spans


def _rewritten(text: str, spans: Sequence[_Span], issue: _Issue, nested: bool) -> tuple[str | None, dict[str, str]]:
    """The new text and what was issued for it; None where it can't be written."""
    pieces: list[str] = []
    given: dict[str, str] = {}
    done = 0
    for span in spans:
        piece = text[span.start : span.end]
        if span.redact:
            stand_in = removed(span.entity)
        else:
            value = value_of(piece) if nested else piece
            if value is None:
                return None, {}
            stand_in = issue(span.entity, value)
            given[stand_in] = value
        pieces += (text[done : span.start], stand_in)
        done = span.end
    new = "".join((*pieces, text[done:]))
    return (None, {}) if nested and not is_json(new) else (new, given)


class _Issue:
    """Issues surrogates whose body stands nowhere in the request: a reply never restores the client's own text."""

    def __init__(self, book: Book, segments: Sequence[Segment]) -> None:
        self.originals: dict[str, str] = {}
        self._book = book
        self._segments = segments
        self._haystack: str | None = None

    def __call__(self, entity: str, value: str) -> str:
        return self._book.surrogate(entity, value, self._occurs)

    def _occurs(self, surrogate: str) -> bool:
        if self._haystack is None:  # built once, and only for a request that needs a fresh surrogate
            self._haystack = "\n".join(segment.text for segment in self._segments).upper()
        return body_of(surrogate) in self._haystack


def _met(segments: Iterable[Segment], book: Book) -> dict[str, str]:
    """Surrogates of this scope that the client itself sent, which it may have from what a vendor shows or exports."""
    met: dict[str, str] = {}
    seen: set[str] = set()
    for segment in segments:
        for found in occurrences(segment.text):
            if found.surrogate in seen:
                continue
            if len(seen) == _MET_AT_MOST:
                return met
            seen.add(found.surrogate)
            original = book.original(found.surrogate)
            if original is not None:
                met[found.surrogate] = original
    return met
