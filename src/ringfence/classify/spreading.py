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
_FEW = 24
_LOOK = 4096
"""Words read between two looks at the clock."""
_WORD = re.compile(r"[^\W_]+")


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

    Few values are looked for one after the other, many of them in one pass over the words of the texts: the time is
    that of the texts and of the values, not of both multiplied. Stops without a word where time runs out: the caller
    asks `late` itself.
    """
    starts = []
    size = 0
    for text in texts:
        starts.append(size)
        size += len(text) + 1
    # One long text is searched some hundred times faster than many short ones.
    joined = _BETWEEN.join(texts)
    for start, end, span in (_one_by_one if len(known) <= _FEW else _by_words)(known, joined, late):
        if not (joined[start - 1 : start].isalnum() or joined[end : end + 1].isalnum()):
            index = bisect_right(starts, start) - 1
            yield index, start - starts[index], end - starts[index], span


def _one_by_one(known: dict[str, Span], joined: str, late: Callable[[], bool]) -> Iterator[tuple[int, int, Span]]:
    for value, span in known.items():
        if late():
            return
        at = joined.find(value)
        while at >= 0:
            yield at, at + len(value), span
            at = joined.find(value, at + len(value))


def _by_words(known: dict[str, Span], joined: str, late: Callable[[], bool]) -> Iterator[tuple[int, int, Span]]:
    """Each word of the text is looked up among the first words of the values; then the rest is compared."""
    first: dict[str, list[str]] = {}
    begins: dict[str, int] = {}
    for value in known:
        if word := _WORD.search(value):
            first.setdefault(word.group(), []).append(value)
            begins[value] = word.start()
    for seen, word in enumerate(_WORD.finditer(joined)):
        if seen % _LOOK == 0 and late():
            return
        for value in first.get(word.group(), ()):
            start = word.start() - begins[value]
            if start >= 0 and joined.startswith(value, start):
                yield start, start + len(value), known[value]
