"""Dates more precise than a year."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify import dateforms
from ringfence.classify.detector import LIKELY, Detector, Hit, marked
from ringfence.classify.matching import alone, before, compiled, find

_NUMERIC = compiled(rf"\b(?:{dateforms.YEAR_FIRST}|{dateforms.YEAR_LAST}|{dateforms.SHORT_YEAR})")
_WRITTEN = compiled(rf"\b{dateforms.WRITTEN}")
_VERSION = compiled(r"(?i)(?:\bv|version|release|build|==|@|~|\^)[\s.]*$")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_NUMERIC, text):
        if not alone(text, start, end, "-./") or _VERSION.search(before(text, start, 12)):
            continue
        if dateforms.exists(text[start:end]):
            yield Hit(start, end, "DATE", LIKELY)
    for start, end in find(_WRITTEN, text):
        value = text[start:end]
        # `may 5 people` and `we march 3 miles` are not dates; months in the middle of a sentence are capitalised.
        if value[:3] in ("may", "mar") and len(value) < 11:
            continue
        if alone(text, start, end, "") and dateforms.exists(value):
            yield Hit(start, end, "DATE", LIKELY)


DETECTOR = Detector(
    name="date",
    version=1,
    entities=("DATE",),
    says="Numeric, ISO 8601 and written dates with a day or a month; not a bare year, a time or a version number.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(C)",
    prefilters=(
        r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2}",
        rf"\b{dateforms.MONTH}(?:,? +| of )\d",
        rf"\d(?:st|nd|rd|th)?(?: of)?[ -]?{dateforms.MONTH}",
    ),
    extract=extract,
    examples=(
        marked("seen «2023-11-04», again «11/18/2023» and «4.12.2023»", "DATE", "DATE", "DATE"),
        marked("at «2023-11-04T09:15:00Z»", "DATE"),
        marked("on «March 3rd, 2021», «3 Mar 2021», «14-Feb-22» and in «April 2020»", "DATE", "DATE", "DATE", "DATE"),
        marked("back on «Oct. 9»", "DATE"),
    ),
    counterexamples=("in 2021", "at 10:30", "version 2023.11.04", "13/45/2023", "1.2.3", "they may 5 times", "may 10"),
)
