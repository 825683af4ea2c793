"""Small tools that detectors share: RE2 search with code point offsets, neighbours, and values beside a label."""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import re2

_MAX_PATTERN_BYTES = 32 << 20
_ANYWHERE = re2._Anchor.UNANCHORED
_FOLLOW_WINDOW = 96
_FEW_WIDE = 512
_WIDE_CHARACTER = re.compile(rb"[\xc0-\xff][\x80-\xbf]*")
_MARKS = r"""[\s"'`*_:=#|()\[\]<>.,?¿\\/–-]{0,6}"""
_WORDS = (
    r"(?i:numbers?|num|no|nr|ids?|identifier|code|is|are|was|my|the|his|her|their|your|reads|being|value|"
    r"n[uú]mero|n[uú]m|n[º°]|es|del?|nummer|ist|lautet)"
)
GAP = rf"(?:{_MARKS}{_WORDS}){{0,4}}{_MARKS}"
"""Between a label and its value: punctuation and up to four words such as `number is`."""
LOOSE = r"[^0-9\n]{0,40}?"
"""Between a strong label and an all-digit value: any words on the same line."""


class Found:
    """One match in a text, with its spans in code points; (-1, -1) for a group that took no part."""

    __slots__ = ("_raw", "_spans")

    def __init__(self, raw: bytes, spans: Sequence[tuple[int, int]]) -> None:
        self._raw, self._spans = raw, spans

    def span(self, group: int = 0) -> tuple[int, int]:
        start, end = self._spans[group]
        if start < 0 or self._raw.isascii():
            return start, end
        first = _points(self._raw, 0, start)
        return first, first + _points(self._raw, start, end)

    def start(self, group: int = 0) -> int:
        return self.span(group)[0]

    def end(self, group: int = 0) -> int:
        return self.span(group)[1]

    def group(self, group: int = 0) -> str | None:
        start, end = self._spans[group]
        return None if start < 0 else self._raw[start:end].decode()


class Pattern:
    """A compiled RE2 pattern. Searches through the binding's inner function: the wrapper around it takes several times
    as long as RE2 itself on texts as short as prompts."""

    __slots__ = ("_match",)

    def __init__(self, pattern: str) -> None:
        options = re2.Options()
        options.max_mem = _MAX_PATTERN_BYTES
        options.log_errors = False
        self._match = re2.compile(pattern, options=options)._regexp.Match

    def search(self, text: str) -> Found | None:
        raw = text.encode()
        spans = self._match(_ANYWHERE, raw, 0, len(raw))
        return Found(raw, spans) if spans[0][0] >= 0 else None

    def each(self, raw: bytes) -> Iterator[Sequence[tuple[int, int]]]:
        """The spans of each match and its groups, in bytes; none of them overlaps the next."""
        at, size, match = 0, len(raw), self._match
        while at <= size:
            spans = match(_ANYWHERE, raw, at, size)
            start, end = spans[0]
            if start < 0:
                return
            yield spans
            at = end if end > at else at + 1


@functools.cache
def compiled(pattern: str) -> Pattern:
    """Compile with RE2 (linear time whatever the text); a pattern that does not compile raises at import."""
    return Pattern(pattern)


class Text(str):
    """A text with its UTF-8 form, which RE2 searches, made once for all detectors that look at it."""

    raw: bytes
    wide: tuple[list[int], list[int]]
    """Where characters of several bytes end, and how many more bytes than characters there are up to there. Empty for
    ASCII and for texts with many of them."""

    def __new__(cls, text: str) -> Text:
        made = super().__new__(cls, text)
        made.raw = text.encode()
        made.wide = _wide(made.raw) if 0 < len(made.raw) - len(text) <= _FEW_WIDE else ([], [])
        return made


def _wide(raw: bytes) -> tuple[list[int], list[int]]:
    ends, more = [0], [0]
    extra = 0
    for char in _WIDE_CHARACTER.finditer(raw):
        extra += char.end() - char.start() - 1
        ends.append(char.end())
        more.append(extra)
    return ends, more


def matches(pattern: Pattern, text: str, *groups: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """The spans of `groups` for each match, in code points; (-1, -1) for a group that took no part.

    RE2 searches bytes. Here a short table is looked up, or each stretch between two matches is counted once, so that
    the whole stays linear.
    """
    whole = text if isinstance(text, Text) else Text(text)
    raw = whole.raw
    if len(raw) == len(text):
        for spans in pattern.each(raw):
            yield tuple(spans[group] for group in groups)
        return
    if whole.wide[0]:
        ends, more = whole.wide
        for spans in pattern.each(raw):
            yield tuple(
                (first - more[bisect_right(ends, first) - 1], last - more[bisect_right(ends, last) - 1])
                if first >= 0
                else (-1, -1)
                for first, last in [spans[group] for group in groups]
            )
        return
    seen_bytes = seen_points = 0
    for spans in pattern.each(raw):
        start = spans[0][0]
        seen_points += _points(raw, seen_bytes, start)
        seen_bytes = start
        yield tuple(
            (seen_points + _points(raw, start, first), seen_points + _points(raw, start, last))
            if first >= 0
            else (-1, -1)
            for first, last in [spans[group] for group in groups]
        )


def _points(raw: bytes, start: int, end: int) -> int:
    return len(raw[start:end].decode())


def find(pattern: Pattern, text: str, group: int = 0) -> Iterator[tuple[int, int]]:
    """Spans of `group` in code points, where it took part."""
    if text.isascii():  # the common case, without a step between
        for spans in pattern.each(text.raw if isinstance(text, Text) else text.encode()):
            if spans[group][0] >= 0:
                yield spans[group]
        return
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


_FILES = frozenset(
    """txt log csv tsv json jsonl xml html htm pdf doc docx xls xlsx eml md png jpg jpeg pcap conf
    cfg""".split()  # noqa: SIM905 - a list of quoted words is harder to read
)


def names_a_file(text: str, end: int) -> bool:
    """True where a file's ending stands at `end`, as in `203.0.113.77.log`."""
    dot, ending = text[end : end + 1], text[end + 1 : end + 7]
    word = ending[: next((at for at, each in enumerate(ending) if not each.isalnum()), len(ending))]
    return dot == "." and word.lower() in _FILES


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def before(text: str, start: int, window: int = 40) -> str:
    return text[max(0, start - window) : start]


_BEGIN = "(?:^|[^A-Za-z0-9])"
LABEL = f"(?:{_BEGIN}"
"""How the patterns of `label` begin."""


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
    whole = rf"{_BEGIN}(?i:{plain})(?i:s|'s)?"
    return rf"(?:{whole}|[a-z](?:{camel}))" if camel else f"(?:{whole})"


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
                first, last = more.span(1)
                start, end = end + first, end + last
                if _WORD_FIRST.match(text, start):
                    break  # ", DOB 3/4/1951": another label begins, and what follows it is its own
                yield start, end
