"""Small tools that detectors share: RE2 search with code point offsets, neighbours, and values beside a label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import re2

_MAX_PATTERN_BYTES = 32 << 20
_FOLLOW_WINDOW = 96
_MARKS = r"""[\s"'`*_:=#|()\[\]<>.,?\\/–-]{0,6}"""
_WORDS = r"(?i:numbers?|num|no|nr|ids?|identifier|code|is|are|was|my|the|his|her|their|your|reads|being|value)"
GAP = rf"(?:{_MARKS}{_WORDS}){{0,4}}{_MARKS}"
"""Between a label and its value: punctuation and up to four words such as `number is`."""
LOOSE = r"[^0-9\n]{0,40}?"
"""Between a strong label and an all-digit value: any words on the same line."""


def compiled(pattern: str) -> Any:
    """Compile with RE2 (linear time whatever the text); a pattern that does not compile raises at import."""
    options = re2.Options()
    options.max_mem = _MAX_PATTERN_BYTES
    options.log_errors = False
    return re2.compile(pattern, options=options)


def matches(pattern: Any, text: str, *groups: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """The spans of `groups` for each match, in code points; (-1, -1) for a group that took no part.

    RE2 searches bytes. Its own binding translates offsets too, but three times as slowly; here each stretch between two
    matches is counted once, so that the whole stays linear.
    """
    raw = text.encode()
    if len(raw) == len(text):
        for match in pattern.finditer(raw):
            yield tuple(match.span(group) for group in groups)
        return
    seen_bytes = seen_points = 0
    for match in pattern.finditer(raw):
        start = match.start()
        seen_points += _points(raw, seen_bytes, start)
        seen_bytes = start
        yield tuple(
            (seen_points + _points(raw, start, first), seen_points + _points(raw, start, last))
            if first >= 0
            else (-1, -1)
            for first, last in map(match.span, groups)
        )


def _points(raw: bytes, start: int, end: int) -> int:
    return len(raw[start:end].decode())


def find(pattern: Any, text: str, group: int = 0) -> Iterator[tuple[int, int]]:
    """Spans of `group` in code points, where it took part."""
    for (span,) in matches(pattern, text, group):
        if span[0] >= 0:
            yield span


def begins(text: str, start: int, joiners: str = "-") -> bool:
    """True where no word, and no chain such as 12-345 (`joiners`), runs into `start`."""
    before = text[max(0, start - 2) : start]
    return not (before and (before[-1].isalnum() or (before[-1] in joiners and before[:-1].isalnum())))


def ends(text: str, end: int, joiners: str = "-") -> bool:
    """True where no word, and no chain (`joiners`), runs on from `end`."""
    after = text[end : end + 2]
    return not (after and (after[0].isalnum() or (after[0] in joiners and after[1:].isalnum())))


def alone(text: str, start: int, end: int, joiners: str = "-") -> bool:
    return begins(text, start, joiners) and ends(text, end, joiners)


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def before(text: str, start: int, window: int = 40) -> str:
    return text[max(0, start - window) : start]


def label(phrases: str) -> str:
    """An RE2 pattern for any of these phrases, which commas separate, as a word of its own.

    `patient id` is found also as patient_id, patientId and PATIENT-ID. No letter or digit may stand before it, except
    where camelCase begins a new word with it.
    """
    each = [phrase.strip() for phrase in phrases.split(",")]
    plain = "|".join(r"[\s_-]{0,2}".join(re2.escape(word) for word in phrase.split()) for phrase in each)
    camel = "|".join(
        sorted({form for phrase in each if phrase.replace(" ", "").isalpha() for form in _camel(phrase.split())})
    )
    whole = rf"(?:^|[^A-Za-z0-9])(?i:{plain})(?i:s|'s)?"
    return rf"(?:{whole}|[a-z](?:{camel}))" if camel else whole


def _camel(words: list[str]) -> tuple[str, str]:
    head = "".join(word.capitalize() for word in words[:-1])
    return head + words[-1].capitalize(), head + words[-1].upper()


_WORD_FIRST = re.compile(r"[A-Za-z]{2,}\s")


class Labelled:
    """Finds values that stand beside a label, and the further values of a list after the first."""

    def __init__(self, label_pattern: str, value: str, gap: str = GAP) -> None:
        """`value` is an RE2 pattern without capturing groups."""
        self._first = compiled(rf"({label_pattern})(?:(?:\b|[^A-Za-z0-9]){gap})?({value})")
        self._more = compiled(rf"^[\s\"']*(?:,|;|/|&|\||\band\b|\bor\b)(?:[\s\"'#]|and\b|or\b)*({value})")

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Spans of the values, in code points; neighbours after them are the caller's to check."""
        for (_, label_end), (start, end) in matches(self._first, text, 1, 2):
            # Only digits may follow a label directly (MRN1234567); letters there mean that the label is another word.
            if start == label_end and text[start].isalpha():
                continue
            yield start, end
            # A window keeps a long list linear: each step looks at a bounded piece of the text.
            while more := self._more.search(text[end : end + _FOLLOW_WINDOW]):
                start, end = end + more.start(1), end + more.end(1)
                if _WORD_FIRST.match(text, start):
                    break  # ", DOB 3/4/1951": another label begins, and what follows it is its own
                yield start, end
