"""Findings -> what stands in for them, in the text of one request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

import msgspec

from ringfence.masking.book import Book
from ringfence.masking.fixed import stand_ins
from ringfence.masking.generalise import generalise, telling_years
from ringfence.masking.issue import Issue
from ringfence.masking.jsontext import is_json, value_of
from ringfence.masking.manner import Manner, Treatment
from ringfence.masking.people import PEOPLE
from ringfence.masking.restore import Originals
from ringfence.masking.spread import elsewhere
from ringfence.masking.stretches import Stretch, stretches
from ringfence.masking.surrogates import FORMS, STARS, occurrences, removed
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.text import Finding, Place, Segment

_MET_AT_MOST = 1_000
"""Look-alikes in one request that are looked up, at a vault query each; a request of nothing else costs no more."""


class Edit(msgspec.Struct, frozen=True):
    """Where one stretch stood in the old text, and where its stand-in is in the new one: code points, half-open."""

    start: int
    end: int
    new_start: int
    new_end: int


class Masked(msgspec.Struct, frozen=True):
    """What masking did to one request.

    `texts`: new string by JSON pointer, for the segments that changed, and `edits` what changed in them, left to right.
    `replaced`: how many stretches by entity. `issued`: the surrogates that now stand in the request, with those of this
    scope that stood in its FIXED strings. `unmaskable`: entities that were to be masked and could not be (object keys,
    numbers, files, FIXED strings), sorted.
    `originals`: surrogate -> original, for the reply to this request: what was issued, and what of this scope stood
    in the text already. It is all that a model which sees only this request can repeat, so it is all that a reply may
    restore. Empty where policy says that replies keep their surrogates. Never log it.
    """

    texts: dict[str, str]
    replaced: dict[str, int]
    issued: frozenset[str]
    unmaskable: tuple[str, ...]
    originals: Originals
    edits: dict[str, tuple[Edit, ...]] = {}

    def __repr__(self) -> str:
        return f"Masked({len(self.texts)} texts, {len(self.issued)} surrogates)"  # a traceback never shows content


def mask(
    segments: Sequence[Segment],
    findings: Iterable[Finding],
    book: Book,
    *,
    which: Callable[[Finding], bool] = lambda _finding: True,
    json_text: Container[str] = frozenset(),
    manner: Manner = Manner(),  # noqa: B008 - frozen
) -> Masked:
    """Replaces the findings that `which` chooses, each as `manner` says. Offsets are code points, half-open.

    Overlapping findings are replaced as one stretch, by the strictest of their treatments. Where one of them is a card
    or a secret, chosen or not, that holds for the whole stretch: a card number inside a chosen URL never enters the
    book. Names of people are replaced wherever else they stand, whole or in part. `json_text` holds the pointers of
    segments whose string is itself JSON (tool arguments): there a stretch never cuts an escape, the book keeps the
    value without its escapes, and a segment that would stop being JSON (a number replaced) is left alone and its
    entities are unmaskable.

    The caller commits the book before anything is sent. Raises VaultError from the book, and InternalError for a
    finding that points outside its segment.
    """
    values = {segment.pointer: segment for segment in segments if segment.place is Place.VALUE}
    kept = stand_ins(segments, book)
    found = [finding for finding in findings if not kept.explain(finding)]
    if manner.today is not None:
        found += [each for each in telling_years(segments, manner.today) if which(each)]
    chosen, forbidden, unmaskable = _sorted(found, which, manner)
    for part in elsewhere(segments, chosen, json_text):
        if part.place is Place.VALUE:
            chosen.setdefault(part.segment, []).append(part)
        else:
            unmaskable.add(part.entity)

    planned: dict[str, tuple[bool, list[Stretch]]] = {}
    for pointer, wanted in chosen.items():
        if pointer not in values:
            raise InternalError(f"A finding names the string {pointer}, which the request does not have.")
        text = values[pointer].text
        nested = pointer in json_text and is_json(text)
        planned[pointer] = nested, stretches(text, wanted, forbidden.get(pointer, ()), manner.of, nested)

    issue = Issue(book, segments, _names(planned, values))
    texts: dict[str, str] = {}
    edits: dict[str, tuple[Edit, ...]] = {}
    replaced: Counter[str] = Counter()
    given: dict[str, str] = {}
    for pointer, (nested, some) in planned.items():
        written = _rewritten(values[pointer].text, some, issue, manner, nested)
        if written is None:
            unmaskable.update(stretch.entity for stretch in some)
            continue
        texts[pointer], edits[pointer], own = written
        given |= own
        replaced.update(stretch.entity for stretch in some)
    originals = Originals(given | _met(segments, book)) if manner.restore else Originals()
    issued = frozenset(given) | kept.surrogates
    return Masked(texts, dict(replaced), issued, tuple(sorted(unmaskable)), originals, edits)


def _sorted(
    findings: Iterable[Finding], which: Callable[[Finding], bool], manner: Manner
) -> tuple[dict[str, list[Finding]], dict[str, list[Finding]], set[str]]:
    """The chosen findings that can be replaced and those that may never enter the book, by pointer; and the entities of
    those that can't be replaced."""
    chosen: dict[str, list[Finding]] = {}
    forbidden: dict[str, list[Finding]] = {}
    unmaskable: set[str] = set()
    for finding in findings:
        known = finding.entity in ENTITIES
        if known and finding.entity not in FORMS and finding.place is Place.VALUE:
            forbidden.setdefault(finding.segment, []).append(finding)
        if not which(finding) or (known and manner.of(finding.entity) is Treatment.KEEP):
            continue
        if known and finding.place is Place.VALUE:
            chosen.setdefault(finding.segment, []).append(finding)
        else:
            unmaskable.add(finding.entity)
    return chosen, forbidden, unmaskable


def _names(planned: Mapping[str, tuple[bool, list[Stretch]]], values: Mapping[str, Segment]) -> list[tuple[str, str]]:
    """(entity, name) of each stretch that gets the surrogate of a person."""
    names = []
    for pointer, (nested, some) in planned.items():
        for stretch in some:
            if stretch.entity in PEOPLE and stretch.treatment is Treatment.SURROGATE:
                piece = values[pointer].text[stretch.start : stretch.end]
                name = value_of(piece) if nested else piece
                if name is not None:
                    names.append((stretch.entity, name))
    return names


def _rewritten(
    text: str, some: Sequence[Stretch], issue: Issue, manner: Manner, nested: bool
) -> tuple[str, tuple[Edit, ...], dict[str, str]] | None:
    """The new text, its edits and what was issued for it; None where it can't be written."""
    pieces: list[str] = []
    edits: list[Edit] = []
    given: dict[str, str] = {}
    done = size = 0
    for stretch in some:
        piece = text[stretch.start : stretch.end]
        value = value_of(piece) if nested else piece
        if value is None and stretch.treatment in (Treatment.SURROGATE, Treatment.GENERALISE):
            return None
        stand_in = _stand_in(stretch, value or "", issue, manner)
        if stretch.treatment is Treatment.SURROGATE:
            given[stand_in] = value or ""
        pieces += (text[done : stretch.start], stand_in)
        size += stretch.start - done
        edits.append(Edit(stretch.start, stretch.end, size, size + len(stand_in)))
        size += len(stand_in)
        done = stretch.end
    new = "".join((*pieces, text[done:]))
    return None if nested and not is_json(new) else (new, tuple(edits), given)


def _stand_in(stretch: Stretch, value: str, issue: Issue, manner: Manner) -> str:
    match stretch.treatment:
        case Treatment.SURROGATE:
            return issue(stretch.entity, value)
        case Treatment.GENERALISE:
            return generalise(stretch.entity, value, manner)
        case Treatment.MASK:
            return STARS
        case _:
            return removed(stretch.entity)


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
