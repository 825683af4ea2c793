"""Identifiers that are split over texts which a model reads one after the other: message parts and messages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from ringfence.classify.merging import Span
from ringfence.classify.pointers import is_spoken
from ringfence.vocabulary.text import Place, Segment

_REACH = 128
"""Code points read on each side of a border: an access key takes some 45, and twice that with invisible characters."""
_EDGE = 2
"""Code points at a cut edge of the window in which a span is not believed: what stands before it is not in sight."""

_LETTERS_TOO = ("API_KEY", "PRIVATE_KEY")
_WORDS = ("PERSON", "PROVIDER_NAME", "ORGANIZATION", "FACILITY", "LOCATION")


class Window(msgspec.Struct, frozen=True):
    """The text around one border, and what it is made of: (start in the window, segment's index, start in its text)."""

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    cut_left: bool
    cut_right: bool

    @property
    def first_segment(self) -> int:
        return next(segment for _, segment, _ in self.pieces if segment >= 0)

    def pieces_of(self, span: Span) -> list[tuple[int, Span]]:
        """The span as pieces: (segment's index, span in that segment's code points). Empty where a cut edge may have
        made it."""
        if (self.cut_left and span.start < _EDGE) or (self.cut_right and span.end > len(self.text) - _EDGE):
            return []
        ends = [*(start for start, _, _ in self.pieces[1:]), len(self.text)]
        return [
            (segment, msgspec.structs.replace(span, start=start - here + there, end=end - here + there))
            for (here, segment, there), stop in zip(self.pieces, ends, strict=True)
            if (start := max(span.start, here)) < (end := min(span.end, stop)) and segment >= 0
        ]


def without_words(
    pieces: list[tuple[int, Span]], segments: Sequence[Segment], own: Sequence[Sequence[Span]]
) -> list[tuple[int, Span]]:
    """Leaves out the words that joining glued to an identifier: `MRN 4471` and then `Thanks` give no `4471Thanks`.

    Where one piece is an identifier of that entity by itself (`own` is what was found in each text alone), a piece
    without a digit is taken for a word beside it, unless it goes on in lower case as a name does.
    Keys are kept whole: their pieces may well be letters only.
    """
    entity = pieces[0][1].entity if pieces else ""
    if len(pieces) < 2 or entity in _LETTERS_TOO:
        return pieces
    alone = [
        (index, piece)
        for index, piece in pieces
        if any((piece.start, piece.end, entity) == (other.start, other.end, other.entity) for other in own[index])
    ]
    if not alone:
        return pieces
    return [
        (index, piece)
        for index, piece in pieces
        if (index, piece) in alone
        or any(map(str.isdigit, segments[index].text[piece.start : piece.end]))
        or (entity in _WORDS and segments[index].text[piece.start].islower())
    ]


def windows(segments: Sequence[Segment]) -> Iterator[Window]:
    """A window over each border between spoken texts, once joined directly and once with a blank between them.

    The window reaches over as many short texts as it takes, so that one digit per message is read as well.
    """
    spoken = [
        index
        for index, segment in enumerate(segments)
        if segment.place is Place.VALUE and segment.text and is_spoken(segment.pointer)
    ]
    for glue in ("", " "):
        starts = []
        size = 0
        for index in spoken:
            starts.append(size)
            size += len(segments[index].text) + len(glue)
        joined = glue.join(segments[index].text for index in spoken)
        for border in starts[1:]:
            first, last = max(0, border - len(glue) - _REACH), min(len(joined), border + _REACH)
            yield _window(joined, first, last, starts, spoken, glue)


def _window(joined: str, first: int, last: int, starts: list[int], spoken: list[int], glue: str) -> Window:
    pieces = []
    at = first
    order = bisect_right(starts, first) - 1
    while at < last:
        end = starts[order + 1] - len(glue) if order + 1 < len(starts) else len(joined)
        if at < end:
            pieces.append((at - first, spoken[order], at - starts[order]))
        if glue and end < last:
            pieces.append((max(at, end) - first, -1, 0))
        order += 1
        at = starts[order] if order < len(starts) else len(joined)
    left = bisect_right(starts, first) - 1
    stop = bisect_right(starts, last)
    natural_end = last == len(joined) or (stop < len(starts) and starts[stop] - len(glue) == last)
    return Window(joined[first:last], tuple(pieces), starts[left] != first, not natural_end)
