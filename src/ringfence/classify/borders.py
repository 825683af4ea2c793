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


class Window(msgspec.Struct, frozen=True):
    """The text around one border, and what it is made of: (start in the window, segment's index, start in its text)."""

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    cut_left: bool
    cut_right: bool

    def by_segment(self, spans: Sequence[Span]) -> Iterator[tuple[int, Span]]:
        """Each span as pieces: (segment's index, span in that segment's code points)."""
        for span in spans:
            cut = (self.cut_left and span.start < _EDGE) or (self.cut_right and span.end > len(self.text) - _EDGE)
            if not cut:
                yield from self._split(span)

    def _split(self, span: Span) -> Iterator[tuple[int, Span]]:
        ends = [*(start for start, _, _ in self.pieces[1:]), len(self.text)]
        for (here, segment, there), stop in zip(self.pieces, ends, strict=True):
            start, end = max(span.start, here), min(span.end, stop)
            if start < end and segment >= 0:
                yield segment, msgspec.structs.replace(span, start=start - here + there, end=end - here + there)


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
