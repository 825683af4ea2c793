"""A value -> a less exact one, as 45 CFR 164.514(b)(2)(i)(B) and (C) leave it: a year, a state, three digits of a ZIP.

What can't be made less exact with certainty is removed. Nothing here can be turned back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ringfence.masking.manner import Manner
from ringfence.masking.states import state_in
from ringfence.masking.surrogates import removed
from ringfence.vocabulary.text import Finding, Place, Segment

OLD = "90 or older"
"""The one category that 164.514(b)(2)(i)(C) allows for ages over 89."""
_OLDEST = 89

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_BARE_YEAR = re.compile(r"(?<![\d.,$])(1[89]\d\d|20\d\d)(?!\d|[.,]\d)")
_COMPACT = re.compile(
    r"(?<!\d)((?:1[89]|20)\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?\d{2,6}(?:\.\d+)?)?(?!\d)"
)
_SHORT = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-](\d{2})(?!\d)")
_ZIP = re.compile(r"(?<!\d)(\d{3})\d{2}(?:[- ]?\d{4})?(?!\d)")
_BIRTH = re.compile(
    r"(?i)\b(?:born|birth(?:day|date)?|d\.?o\.?b|y\.?o\.?b|nacid[oa]|nacimiento)\b(?:[^.;\n]|\.(?=\s?\Z))*\Z"
)
_NEAR = 40


def generalise(entity: str, value: str, manner: Manner) -> str:
    """The less exact form of `value`, or the text that says it was removed. `entity` is one of `manner.GENERALISED`."""
    if entity in ("DATE", "BIRTH_DATE"):
        less = _years(value, entity, manner.today)
    elif entity == "AGE_OVER_89":
        less = OLD
    else:
        less = _area(value, manner.populous_zip3)
    return less or removed(entity)


def last_telling_year(today: date) -> int:
    """The last year of birth that makes a person 90 or older some time in this year."""
    return today.year - _OLDEST - 1


def _years(value: str, entity: str, today: date | None) -> str:
    """The year, or both of a range; "" where it is not certain or would tell of an age over 89."""
    if today is None:
        return ""
    years = [int(year) for year in _YEAR.findall(value)] or [int(year) for year in _COMPACT.findall(value)]
    years = years or [_century(int(two), entity, today) for two in _SHORT.findall(value)]
    distinct = sorted(set(years))
    if not distinct or len(distinct) > 2 or distinct[0] <= last_telling_year(today):
        return ""
    return "-".join(map(str, distinct))


def _century(two: int, entity: str, today: date) -> int:
    """The year that two digits mean; 0 where it is not certain."""
    if 2000 + two > today.year + 1:
        return 1900 + two
    return 0 if entity == "BIRTH_DATE" else 2000 + two  # 03/04/19 may be a birth of 1919; nothing else is that old


def _area(value: str, populous: frozenset[str]) -> str:
    """State and three digits of the ZIP, as far as the value names them: `OH 435**`."""
    codes = list(_ZIP.finditer(value))
    digits = ""
    # A house number of five digits stands before words, a ZIP after them.
    if codes and not re.search(r"[^\W\d_]", re.sub(r"\b(?:USA?|United States)\b", "", value[codes[-1].end() :])):
        digits = f"{codes[-1][1]}**" if codes[-1][1] in populous else "000**"
    return " ".join(part for part in (state_in(value), digits) if part)


def telling_years(segments: Sequence[Segment], today: date) -> Iterator[Finding]:
    """Bare years of birth that tell of an age over 89: `born in 1931`. No detector reports a bare year, since Safe
    Harbor leaves years in, except these: 164.514(b)(2)(i)(C)."""
    last = last_telling_year(today)
    for segment in segments:
        if segment.place is not Place.VALUE:
            continue
        for match in _BARE_YEAR.finditer(segment.text):
            before = segment.text[max(0, match.start() - _NEAR) : match.start()]
            if int(match[1]) <= last and _BIRTH.search(before):
                yield Finding(segment.pointer, *match.span(1), "BIRTH_DATE", 1.0, "telling-year/1")
