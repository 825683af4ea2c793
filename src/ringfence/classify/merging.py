"""Overlapping hits -> sorted spans that do not overlap, without leaving a character out that any detector found."""

from __future__ import annotations

import bisect
import heapq
import itertools
from collections.abc import Iterable, Sequence

import msgspec

from ringfence.classify.detector import Hit
from ringfence.vocabulary.entities import ENTITIES, Disposal


class Span(msgspec.Struct, frozen=True):
    """A hit of one detector (`name/version`), in code points of the original text."""

    start: int
    end: int
    entity: str
    score: float
    detector: str
    checked: bool
    structured: bool = True


def span_of(detector: str, hit: Hit, structured: bool = True) -> Span:
    return Span(hit.start, hit.end, hit.entity, hit.score, detector, hit.checked, structured)


def _rank(span: Span) -> tuple[int, bool, bool, int, bool, float, int, str]:
    """A valid checksum wins (of two, the longer: digits within an IBAN may make a card), then what may not enter the
    vault, then anything but a code of which nobody knows what it is, then the longer, then what says something of a
    person by itself (a birth date before a date), then the likelier, then any fixed order."""
    entity = ENTITIES[span.entity]
    size = span.end - span.start
    return (
        size if span.checked else 0,
        entity.disposal is Disposal.REDACT,
        span.entity != "CODE",
        size,
        entity.raises is not None,
        span.score,
        -span.start,
        span.entity,
    )


def without_parts(spans: Sequence[Span]) -> list[Span]:
    """Leaves out spans within a longer one whose check digit holds: digits of an IBAN are no card of their own."""
    starts: list[int] = []
    reach: list[
        tuple[int, int]
    ] = []  # of all checked spans up to here: the farthest end, and (negated) its first start
    for span in sorted((span for span in spans if span.checked), key=lambda span: span.start):
        starts.append(span.start)
        reach.append(max((span.end, -span.start), reach[-1] if reach else (-1, 0)))
    if not starts:
        return list(spans)

    def stands(span: Span) -> bool:
        before = bisect.bisect_right(starts, span.start) - 1
        return before < 0 or reach[before] <= (span.end, -span.start)

    return [span for span in spans if stands(span)]


def merge(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    """Each character goes to the best-ranked span over it. What a lesser span covers beyond that keeps its own entity.

    A remainder of the winner's own entity joins it, and so does one without a letter or digit (a bracket, a blank).
    """
    chosen: list[Span] = []
    for group in _overlapping(sorted(set(spans), key=lambda span: (span.start, span.end))):
        chosen.extend(group if len(group) == 1 else _resolved(group, text))
    return tuple(chosen)


def _overlapping(ordered: Sequence[Span]) -> Iterable[list[Span]]:
    group: list[Span] = []
    reach = -1
    for span in ordered:
        if span.start >= reach and group:
            yield group
            group = []
        group.append(span)
        reach = max(reach, span.end)
    if group:
        yield group


def _resolved(group: list[Span], text: str) -> list[Span]:
    """Resolve one chain of overlapping spans: walk over its edges, the best-ranked open span owns each stretch."""
    ranked = sorted(group, key=_rank, reverse=True)
    opening: dict[int, list[int]] = {}
    for rank, span in enumerate(ranked):
        opening.setdefault(span.start, []).append(rank)
    edges = sorted({edge for span in group for edge in (span.start, span.end)})
    open_ranks: list[int] = []
    pieces: list[Span] = []
    for start, end in itertools.pairwise(edges):
        for rank in opening.get(start, ()):
            heapq.heappush(open_ranks, rank)
        # INVARIANT: a chain of overlaps has no gap, so an open span is always left.
        while ranked[open_ranks[0]].end <= start:
            heapq.heappop(open_ranks)
        pieces.append(_stretched(ranked[open_ranks[0]], start, end))
    return _joined(pieces, text)


def _stretched(span: Span, start: int, end: int) -> Span:
    return msgspec.structs.replace(span, start=start, end=end)


def _joined(pieces: list[Span], text: str) -> list[Span]:
    """Join neighbours of one entity, and pieces without letter or digit to the piece before (or after) them."""
    joined: list[Span] = []
    for piece in pieces:
        bare = not any(map(str.isalnum, text[piece.start : piece.end]))
        if joined and (bare or joined[-1].entity == piece.entity):
            best = joined[-1] if bare else max(joined[-1], piece, key=_rank)
            joined[-1] = _stretched(best, joined[-1].start, piece.end)
        elif joined and not any(map(str.isalnum, text[joined[-1].start : joined[-1].end])):
            joined[-1] = _stretched(piece, joined[-1].start, piece.end)
        else:
            joined.append(piece)
    return joined
