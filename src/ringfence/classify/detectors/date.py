"""Dates more precise than a year."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify import dateforms
from ringfence.classify.detector import LIKELY, Detector, Hit, marked
from ringfence.classify.matching import alone, before, compiled, find

_NUMERIC = compiled(rf"\b(?:{dateforms.YEAR_FIRST}|{dateforms.YEAR_LAST}|{dateforms.SHORT_YEAR})")
_WRITTEN = compiled(rf"\b(?:{dateforms.SPELLED}|{dateforms.WRITTEN}|{dateforms.FOREIGN})")
_VERSION = compiled(r"(?i)(?:\bv|version|release|build|==|@|~|\^)[\s.]*$")
# A month without day and year, a day without month, a day and month in figures: only where a word before it says so.
_SAID_MONTH = (
    rf"\b(?i:last|this|past|next|early|late|mid|since|in|until|by|end of|beginning of)[ -]({dateforms.FULL_MONTH})\b"
)
_SAID_DAY = rf"(?i:\b(?:on|by|until|since|before|after|from) the (\d{{1,2}}(?:st|nd|rd|th)|{dateforms.ORDINAL})\b)"
_SAID_FIGURES = (
    r"(?i:\b(?:on|since|until|by|dated|from|seen|admitted|discharged|started|through|of|dos:?|date:?) (\d{1,2}/\d{1,"
    r"2})\b)"
)
_FIGURES_MONTH = r"\b((?:0[1-9]|1[0-2])[/-](?:19|20)\d{2})\b"
_SAID_COMPACT = r"(?i:\bdate(?:d)?\b[^0-9\n]{0,16}?)((?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\b"
_SAID_DOTS = r"(?i:\b(?:am|vom|seit|bis|geb\.?|geboren|on|dated|date:?|den) )(\d{1,2}\.\d{1,2}\.\d{2})\b"
_ANY_SAID = compiled("|".join((_SAID_MONTH, _SAID_DAY, _SAID_FIGURES, _SAID_DOTS, _FIGURES_MONTH, _SAID_COMPACT)))
_MONTH_ALONE, _DAY_ALONE = compiled(_SAID_MONTH), compiled(_SAID_DAY)
_FIGURES = tuple(map(compiled, (_SAID_FIGURES, _SAID_DOTS)))
_SURE = tuple(map(compiled, (_FIGURES_MONTH, _SAID_COMPACT)))
# `in May 5 people`; `pain is 4/10`, `on 1/2 tablet`; `on the first floor`, `by the second line`.
_UNIT = compiled(
    r"(?i)^(?:\d|[/.,%]\d|[- ]?(?:tab|tablet|pill|dose|strength|scale|pain|hour|mile|cup|inch|of (?:a|the)\b|mg|ml|"
    r"normal saline|ns\b))"
)
_NOT_A_DAY = compiled(
    r"(?i)^(?:,? (?:floor|line|place|time|day|page|half|attempt|try|one|step|row|visit|week|month|and|or|to|item|"
    r"option|case|[a-z]+ (?:floor|line|row))\b|-)"
)
_ENDING = compiled(
    r"(?i)^(?:[.,;:!?)]|$|\n| (?:at|in|for|with|of (?:this|last|next|the) (?:month|year)|for|she|he|they|we|i|her|"
    r"his|to)\b)"
)


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_NUMERIC, text):
        if not alone(text, start, end, "-./") or _VERSION.search(before(text, start, 12)):
            continue
        if dateforms.exists(text[start:end]):
            yield Hit(start, end, "DATE", LIKELY)
    for start, end in find(_WRITTEN, text):
        value = text[start:end]
        # `may 5 people` and `we march 3 miles` are not dates; months in the middle of a sentence are capitalised.
        if value[:3] in ("may", "mar") and value[3:4] in " ." and len(value) < 11:
            continue
        if alone(text, start, end, "") and dateforms.exists(value):
            yield Hit(start, end, "DATE", LIKELY)
    if _ANY_SAID.search(text) is not None:
        yield from _said(text)


def _said(text: str) -> Iterator[Hit]:
    """Parts of a date that only a word before them makes one."""
    for start, end in find(_MONTH_ALONE, text, 1):
        if not text[end : end + 2].strip()[:1].isdigit():
            yield Hit(start, end, "DATE", LIKELY)
    for start, end in find(_DAY_ALONE, text, 1):
        rest = text[end : end + 24]
        if not _NOT_A_DAY.search(rest) and (text[start].isdigit() or _ENDING.search(rest)):
            yield Hit(start, end, "DATE", LIKELY)
    for pattern in _FIGURES:
        for start, end in find(pattern, text, 1):
            month, day = sorted(map(int, text[start:end].replace(".", "/").split("/")[:2]))
            if 1 <= month <= 12 and day <= 31 and not _UNIT.search(text[end : end + 16]):
                yield Hit(start, end, "DATE", LIKELY)
    for pattern in _SURE:
        for start, end in find(pattern, text, 1):
            if alone(text, start, end, "-/."):
                yield Hit(start, end, "DATE", LIKELY)


DETECTOR = Detector(
    name="date",
    version=2,
    entities=("DATE",),
    says="Numeric, ISO 8601, written and spelled-out dates with a day or a month, in English, Spanish, German, French, "
    "Italian and Portuguese; not a bare year, a weekday, a time or a version number.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(C)",
    prefilters=(
        r"\d{1,4}[-/.] ?\d{1,2}[-/.] ?\d{2}",
        rf"\b{dateforms.MONTH}(?:,? +(?:of |the )?'?|[-/])\d",
        rf"\d(?:st|nd|rd|th)?(?: of)?[ -]?{dateforms.MONTH}",
        rf"\b{dateforms.ANY_MONTH},? (?:del? )?(?:\d|{dateforms.ORDINAL}|(?i:the|two thousand|nineteen|twenty|of ))",
        rf"(?:\d[.ºr]?|(?i:primero))(?: del?)?[ -]{dateforms.ANY_MONTH}",
        rf"{dateforms.ORDINAL}(?: day)? (?:of )?{dateforms.FULL_MONTH}",
        rf"(?i:{dateforms.ORDINAL}(?: day)? (?:of )?{dateforms.FULL_MONTH})",
        _SAID_MONTH,
        _SAID_DAY,
        _SAID_FIGURES,
        _SAID_DOTS,
        _FIGURES_MONTH,
        _SAID_COMPACT,
    ),
    extract=extract,
    examples=(
        marked("seen «2023-11-04», again «11/18/2023» and «4.12.2023»", "DATE", "DATE", "DATE"),
        marked("at «2023-11-04T09:15:00Z»", "DATE"),
        marked("on «March 3rd, 2021», «3 Mar 2021», «14-Feb-22» and in «April 2020»", "DATE", "DATE", "DATE", "DATE"),
        marked("back on «Oct. 9»", "DATE"),
        marked(
            "«Jan 15 '23», «4/12/22», «07/2021», «15JAN2023» and «June '22»", "DATE", "DATE", "DATE", "DATE", "DATE"
        ),
        marked("from «April 12-15, 2022» until «3-5 May 2022»", "DATE", "DATE"),
        marked("the «fifteenth of March twenty twenty-three»", "DATE"),
        marked("«March fifteenth», «june the third, 2019», «May two thousand and nineteen»", "DATE", "DATE", "DATE"),
        marked("ill since last «July», back on the «14th», seen on «4/12»", "DATE", "DATE", "DATE"),
        marked(
            "«12 de marzo de 2021», «3. März 2020», «1er juin 2019», «mayo de 2020»", "DATE", "DATE", "DATE", "DATE"
        ),
        marked("Collection date: «20230415»", "DATE"),
    ),
    counterexamples=(
        "in 2021",
        "at 10:30",
        "version 2023.11.04",
        "13/45/2023",
        "1.2.3",
        "they may 5 times",
        "may 10",
        "pain on 4/10 scale",
        "on the first floor, by the second line",
        "last month, on Tuesday, in the summer",
        "I march on, and may come second",
        "order 20230415",
    ),
)
