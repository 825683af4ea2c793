"""One RE2 pass over all prefilters, then exact extraction for the detectors that it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import re2

from ringfence.classify.detector import Detector, Hit

_MAX_SET_BYTES = 128 << 20
_WINDOW = 1 << 18
"""Code points read at once, so that a deadline is noticed within a second whatever is sent."""
_MARGIN = 1 << 15
"""Code points in which neighbouring windows overlap at each end, so that every hit is seen whole and in its context."""


class Scan(msgspec.Struct, frozen=True):
    """Hits with the detector's id, and the names of detectors that failed. `late` is true where time ran out."""

    hits: tuple[tuple[str, Hit], ...] = ()
    failed: tuple[str, ...] = ()
    late: bool = False


class Patterns:
    """The prefilters of all detectors in one automaton. Immutable after construction; safe to share between threads."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        options = re2.Options()
        options.max_mem = _MAX_SET_BYTES
        options.log_errors = False
        self._detectors = tuple(detectors)
        self._set = re2.Set.SearchSet(options)
        # INVARIANT: the empty pattern matches every text. RE2 answers "nothing matched" when its automaton runs out of
        # memory; without pattern 0 in the answer the pass is known to have failed, and every detector runs.
        self._owners = {self._set.Add(""): -1}
        for index, detector in enumerate(self._detectors):
            for pattern in detector.prefilters:
                self._owners[self._set.Add(pattern)] = index
        self._set.Compile()

    def named(self, text: str) -> tuple[Detector, ...]:
        """The detectors whose prefilter matches, in the order given."""
        owners = {self._owners[index] for index in self._set.Match(text) or ()}
        if -1 not in owners:
            return self._detectors
        return tuple(self._detectors[index] for index in sorted(owners) if index >= 0)

    def scan(self, text: str, late: Callable[[], bool] = lambda: False) -> Scan:
        """All hits in `text`, which must encode to UTF-8. A detector that raises is named; the others still run."""
        hits: list[tuple[str, Hit]] = []
        failed: dict[str, None] = {}
        step = _WINDOW - 2 * _MARGIN
        for start in range(0, max(1, len(text) - 2 * _MARGIN), step):
            window = text if len(text) <= _WINDOW else text[start : start + _WINDOW]
            first = _MARGIN if start else 0
            last = _WINDOW - _MARGIN if start + _WINDOW < len(text) else len(window)
            for detector in self.named(window):
                if late():
                    return Scan(tuple(hits), tuple(failed), late=True)
                try:
                    found = [hit for hit in detector.extract(window) if first <= hit.start < last]
                except Exception:  # a defect in one detector must deny, never pass unseen: the classifier says FAILED
                    failed[detector.name] = None
                    continue
                hits.extend((detector.id, hit if start == 0 else _moved(hit, start)) for hit in found)
        return Scan(tuple(hits), tuple(failed))


def _moved(hit: Hit, by: int) -> Hit:
    return msgspec.structs.replace(hit, start=hit.start + by, end=hit.end + by)
