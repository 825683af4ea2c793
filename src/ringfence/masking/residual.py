"""What a second look at the masked request still finds, less what masking itself put there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from ringfence.masking.surrogates import LONGEST, REMOVED, occurrences
from ringfence.vocabulary.text import Finding, Segment

_REMOVED = re.compile("|".join(map(re.escape, sorted(REMOVED))))
_REACH = max(LONGEST, *map(len, REMOVED))


def residual(segments: Sequence[Segment], findings: Iterable[Finding], issued: Collection[str]) -> tuple[str, ...]:
    """The entities of `findings` (made on the masked `segments`) that are still there, sorted.

    A surrogate may look like an identifier: that is its purpose. A finding is discounted only where it lies wholly
    within a surrogate that this request issued, or within one of the fixed texts of removal: both were written by
    masking and tell nothing of the value. A finding that reaches one character further counts, as does one that has
    the shape of a surrogate which this request did not issue.
    """
    texts = {(segment.pointer, segment.place): segment.text for segment in segments}
    left = set()
    for finding in findings:
        text = texts.get((finding.segment, finding.place))
        if text is None or not _is_ours(text, finding.start, finding.end, issued):
            left.add(finding.entity)
    return tuple(sorted(left))


def _is_ours(text: str, start: int, end: int, issued: Collection[str]) -> bool:
    offset = max(0, start - _REACH)
    window = text[offset : end + _REACH]
    start, end = start - offset, end - offset
    if any(o.start <= start and end <= o.end and o.surrogate in issued for o in occurrences(window)):
        return True
    return any(match.start() <= start and end <= match.end() for match in _REMOVED.finditer(window))
