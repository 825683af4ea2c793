"""One RE2 pass over all prefilters, then exact extraction for the detectors that it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import re2

from ringfence.classify.detector import Detector, Hit

_MAX_SET_BYTES = 128 << 20


class Scan(msgspec.Struct, frozen=True):
    """Hits with the detector's id, and the names of detectors that failed. `late` is true where time ran out."""

    hits: tuple[tuple[str, Hit], ...] = ()
    failed: tuple[str, ...] = ()
    late: bool = False


def _never() -> bool:
    return False


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

    def scan(self, text: str, late: Callable[[], bool] = _never) -> Scan:
        """All hits in `text`, which must encode to UTF-8. A detector that raises is named; the others still run."""
        hits: list[tuple[str, Hit]] = []
        failed: list[str] = []
        for detector in self.named(text):
            if late():
                return Scan(tuple(hits), tuple(failed), late=True)
            try:
                hits.extend((detector.id, hit) for hit in detector.extract(text))
            except Exception:  # a defect in one detector must deny, never pass unseen: the classifier reports FAILED
                failed.append(detector.name)
        return Scan(tuple(hits), tuple(failed))
