"""Dates of birth beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify import dateforms
from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, ends, label

_LABEL = label(
    "dob, d.o.b., date of birth, birth date, birthdate, birthday, born, birth, bday, fecha de nacimiento, fec nac, "
    "f. nac., "
    "fnac, nacimiento, nacido, nacida, nació, nacio, geburtsdatum, geboren, geb., date de naissance, né le, née le"
)
_MARKS = r"""[\s"'`*_:=#|()\[\],.\\/-]{0,6}"""
_GAP = rf"(?:{_MARKS}(?i:is|was|on|in|the|date|patient|pt|of|el|es|del?|am|in|le)\b){{0,4}}{_MARKS}"
_COMPACT = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_LABELLED = Labelled(_LABEL, rf"(?:{dateforms.ANY}|{_COMPACT})", _GAP)


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        value = text[start:end]
        if ends(text, end, "-./") and ((len(value) == 8 and value.isdigit()) or dateforms.exists(value)):
            yield Hit(start, end, "BIRTH_DATE", LABELLED)


DETECTOR = Detector(
    name="birth_date",
    version=1,
    entities=("BIRTH_DATE",),
    says="A date in any written form beside a label such as DOB or born.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(C)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("DOB: «03/14/1951»", "BIRTH_DATE"),
        marked("was born on «July 9, 1948» in", "BIRTH_DATE"),
        marked('"birthDate":"«1979-06-02»"', "BIRTH_DATE"),
        marked("date of birth «19790602»", "BIRTH_DATE"),
        marked("fecha de nacimiento: «14/03/1951», nacida el «9 de julio de 1948»", "BIRTH_DATE", "BIRTH_DATE"),
    ),
    counterexamples=("born in 1951", "birth weight 3200 g", "the stillborn 2023 project"),
)
