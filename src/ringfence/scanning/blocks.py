"""Long texts in blocks that overlap, so that what stands on a border is seen whole, and counted once."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

CORE = 32 * 1024
"""Code points of a block's own. Longer ones read slower: more detectors find a reason to look at all of it."""
MARGIN = 2048
"""Code points that a block sees on each side of its own: every identifier whole, and the words before it. A private
key may be longer: then its beginning is found."""


class Source(msgspec.Struct, frozen=True):
    """A text and where it stands. [first, last) is what is to be searched, the rest is there for context. `line` is the
    1-based line of `first`, 0 where there are none."""

    text: str
    first: int
    last: int
    where: str = ""
    context: str = ""
    line: int = 0


class Block(msgspec.Struct, frozen=True):
    """`text` stands at `start` of its source. What begins in [first, last) of it belongs to this block."""

    source: Source
    text: str
    start: int
    first: int
    last: int


def blocks(source: Source, core: int = CORE, margin: int = MARGIN) -> Iterator[Block]:
    """The blocks of a source: their own parts lie side by side and cover [first, last)."""
    for begin in range(source.first, source.last, core):
        end = min(begin + core, source.last)
        start = max(0, begin - margin)
        yield Block(source, source.text[start : end + margin], start, begin - start, end - start)


class Lines:
    """Lines and columns of places in sources, asked for in ascending order in each."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._place = self._line = 0

    def of(self, source: Source, place: int) -> tuple[int, int]:
        """1-based (line, column) of a place from `first` on; 0 where the source has none, such as a cell its column."""
        if not source.line:
            return 0, 0
        if source is not self._source:
            self._source, self._place, self._line = source, source.first, source.line
        self._line += source.text.count("\n", self._place, place)
        self._place = place
        return self._line, 0 if source.where else place - source.text.rfind("\n", 0, place)
