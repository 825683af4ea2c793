"""What a second look at the masked request still finds, less what masking itself put there."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Sequence

from ringfence.masking.surrogates import LONGEST, REMOVED, occurrences
from ringfence.vocabulary.text import Finding, Segment

_REMOVED = re.compile("|".join(map(re.escape, sorted(REMOVED))))
_ESCAPE_LETTERS = frozenset("bfnrt")
_REACH = max(LONGEST, *map(len, REMOVED))


def residual(
    segments: Sequence[Segment],
    findings: Iterable[Finding],
    issued: Collection[str],
    *,
    json_text: Container[str] = frozenset(),
) -> tuple[str, ...]:
    """The entities of `findings` (made on the masked `segments`) that are still there, sorted.

    A surrogate may look like an identifier: that is its purpose. A finding is discounted only where it lies wholly
    within a surrogate that this request issued, or within one of the fixed texts of removal: both were written by
    masking and tell nothing of the value. A finding that reaches one character further counts, as does one that has
    the shape of a surrogate which this request did not issue. In `json_text` (pointers of strings that are themselves
    JSON) the letter of an escape belongs to the escape: `\\nmail-...` is a line end and then a surrogate.
    """
    texts = {(segment.pointer, segment.place): segment.text for segment in segments}
    left = set()
    for finding in findings:
        text = texts.get((finding.segment, finding.place))
        start = finding.start
        if text is not None and finding.segment in json_text:
            start = _after_escape(text, start)
        if text is None or not _is_ours(text, start, finding.end, issued):
            left.add(finding.entity)
    return tuple(sorted(left))


def _after_escape(text: str, start: int) -> int:
    """`start`, or the place after an escape's one letter where `start` is that letter (RFC 8259 section 7)."""
    slashes = len(text[:start]) - len(text[:start].rstrip("\\")) if text[start : start + 1] in _ESCAPE_LETTERS else 0
    return start + slashes % 2


def _is_ours(text: str, start: int, end: int, issued: Collection[str]) -> bool:
    offset = max(0, start - _REACH)
    window = text[offset : end + _REACH]
    start, end = start - offset, end - offset
    if any(o.start <= start and end <= o.end and o.surrogate in issued for o in occurrences(window)):
        return True
    return any(match.start() <= start and end <= match.end() for match in _REMOVED.finditer(window))
