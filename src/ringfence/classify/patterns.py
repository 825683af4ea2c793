"""One RE2 pass over all prefilters, then exact extraction for the detectors that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
import re2

from ringfence.classify.detector import Detector, Hit
from ringfence.classify.matching import LABEL, Text

_MAX_SET_BYTES = 64 << 20
_SETS = 5
"""Automata. In one for all, each new text meets new combinations of half-read patterns, and building their states takes
ten times as long as reading; in one for each, reading takes as long. Measured with bench/patterns.py."""
_WINDOW = 1 << 18
"""Code points read at once, so that a deadline is noticed within a second whatever is sent."""
_MARGIN = 1 << 15
"""Code points in which neighbouring windows overlap at each end, so that every hit is seen whole and in its context."""
_NEAR = 96
"""Code points around a changed stretch of a view in which something new may be found, and twice that are read."""


class Scan(msgspec.Struct, frozen=True):
    """Hits with the detector's id, and the names of detectors that failed. `late` is true where time ran out."""

    hits: tuple[tuple[str, Hit], ...] = ()
    failed: tuple[str, ...] = ()
    late: bool = False


class _Set:
    """Some prefilters in one automaton, each with the detector that owns it, by number."""

    def __init__(self, patterns: Sequence[tuple[str, int]]) -> None:
        options = re2.Options()
        options.max_mem = _MAX_SET_BYTES
        options.log_errors = False
        self.set = re2.Set.SearchSet(options)
        # INVARIANT: the empty pattern matches every text. RE2 answers "nothing matched" when its automaton runs out of
        # memory; without pattern 0 in the answer the pass is known to have failed, and every detector runs.
        self._owner = {self.set.Add(""): -1}
        for pattern, owner in patterns:
            self._owner[self.set.Add(pattern)] = owner
        self.set.Compile()

    def owners(self, raw: bytes) -> set[int]:
        found = {self._owner[index] for index in self.set.Match(raw) or ()}
        return (found if -1 in found else set(self._owner.values())) - {-1}


class Patterns:
    """The prefilters of all detectors in a few automata. Immutable after construction; shared between threads."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)
        # Like beside like: labels, then shapes.
        every = sorted(
            ((pattern, index) for index, detector in enumerate(detectors) for pattern in detector.prefilters),
            key=lambda each: (not each[0].startswith(LABEL), each[1]),
        )
        size = -(-len(every) // _SETS) or 1
        self._sets = [_Set(every[start : start + size]) for start in range(0, len(every), size)]

    def named(self, text: str) -> tuple[Detector, ...]:
        """The detectors whose prefilter matches, in the order given."""
        raw = text.raw if isinstance(text, Text) else text.encode()
        owners = {owner for each in self._sets for owner in each.owners(raw)}
        return tuple(self._detectors[index] for index in sorted(owners))

    def scan(
        self,
        text: str,
        late: Callable[[], bool] = lambda: False,
        fresh: Sequence[tuple[int, int]] | None = None,
    ) -> Scan:
        """All hits in `text`, which must encode to UTF-8. A detector that raises is named; the others still run.

        With `fresh`, stretches in order, only the hits in and near them: the rest is known from another view.
        """
        hits: list[tuple[str, Hit]] = []
        failed: dict[str, None] = {}
        for start, end, first, last in _windows(len(text)) if fresh is None else _near(len(text), fresh):
            window = Text(text[start:end])
            for detector in self.named(window):
                if late():
                    return Scan(tuple(hits), tuple(failed), late=True)
                try:
                    found = [hit for hit in detector.extract(window) if hit.end > first and hit.start < last]
                except Exception:  # a defect in one detector must deny, never pass unseen: the classifier says FAILED
                    failed[detector.name] = None
                    continue
                hits.extend((detector.id, hit if start == 0 else _moved(hit, start)) for hit in found)
        # What stands where two windows meet is seen by both.
        return Scan(tuple(dict.fromkeys(hits) if len(text) > _WINDOW or fresh else hits), tuple(failed))


def _windows(size: int) -> Iterator[tuple[int, int, int, int]]:
    """(start, end) of each window of a text, and (first, last) within it: where hits are its own to report."""
    if size <= _WINDOW:
        yield 0, size, -1, size + 1
        return
    for start in range(0, size - 2 * _MARGIN, _WINDOW - 2 * _MARGIN):
        end = min(size, start + _WINDOW)
        yield start, end, _MARGIN if start else -1, end - start - (_MARGIN if end < size else -1)


def _near(size: int, fresh: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """The same around each changed stretch; for the whole text where that is hardly more."""
    joined: list[list[int]] = []
    for start, end in fresh:
        if joined and start - 3 * _NEAR <= joined[-1][1]:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    read = [(max(0, start - 2 * _NEAR), min(size, end + 2 * _NEAR)) for start, end in joined]
    if 4 * sum(end - start for start, end in read) > 3 * size or any(end - start > _WINDOW for start, end in read):
        yield from _windows(size)
        return
    for (start, end), (first, last) in zip(joined, read, strict=True):
        yield first, last, start - first - _NEAR, end - first + _NEAR


def _moved(hit: Hit, by: int) -> Hit:
    return msgspec.structs.replace(hit, start=hit.start + by, end=hit.end + by)
