"""A value found once is found everywhere in the request: a record number needs its label only the first time."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from ringfence.classify.merging import Span

_LEAST = 5
"""Letters and digits. Shorter values are words and numbers of their own elsewhere."""
_LEAST_DIGITS = 7
_NUMBER = re.compile(rf"(?<!\d)\d{{{_LEAST_DIGITS},}}(?!\d)", re.ASCII)
_NOT_SPREAD = frozenset(("DATE", "URL", "ZIP_CODE", "AGE_OVER_89", "CARD_SECURITY_CODE"))
_SEPARATORS = str.maketrans("", "", " .-/()")
_BETWEEN = "\x00"


def values(found: Iterable[tuple[str, Sequence[Span]]]) -> dict[str, Span]:
    """The values worth looking for, each with the span that it was found in; digits also without their separators."""
    known: dict[str, Span] = {}
    for text, spans in found:
        for span in spans:
            value = text[span.start : span.end]
            if span.entity in _NOT_SPREAD or sum(map(str.isalnum, value)) < _LEAST:
                continue
            known.setdefault(value, span)
            plain = value.translate(_SEPARATORS)
            if plain.isdigit() and len(plain) >= _LEAST_DIGITS:
                known.setdefault(plain, span)
            for run in _NUMBER.findall(value):  # `MRN 5844967324` is known as 5844967324, too
                known.setdefault(run, span)
    return known


def everywhere(
    known: dict[str, Span], texts: Sequence[str], late: Callable[[], bool]
) -> Iterator[tuple[int, int, int, Span]]:
    """(text's index, start, end, where it was first found) for each place where a known value stands as a word.

    Stops without a word where time runs out: the caller asks `late` itself.
    """
    starts = []
    size = 0
    for text in texts:
        starts.append(size)
        size += len(text) + 1
    # One long text is searched some hundred times faster than many short ones.
    joined = _BETWEEN.join(texts)
    for value, span in known.items():
        if late():
            return
        at = joined.find(value)
        while at >= 0:
            end = at + len(value)
            if not (joined[at - 1 : at].isalnum() or joined[end : end + 1].isalnum()):
                index = bisect_right(starts, at) - 1
                yield index, at - starts[index], end - starts[index], span
            at = joined.find(value, end)
