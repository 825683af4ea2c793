"""Certificate and professional licence numbers beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LIKELY, Detector, Hit, marked
from ringfence.classify.matching import Labelled, digits, ends, label

_LABEL = label(
    "license number, licence number, license no, licence no, license#, licence#, license id, lic no, lic#, "
    "medical license, medical licence, nursing license, rn license, professional license, pharmacy license, "
    "state license, pilot license, certificate number, certificate no, certificate#, certification number, "
    "cert no, registration number, registration no, bar number, badge number"
)
_LABELLED = Labelled(
    _LABEL,
    r"(?:[A-Z]{0,4}[-. ]?|[A-Za-z]{0,4}-?)\d[A-Za-z0-9]*(?:[-/]?[A-Za-z]{0,2}\d[A-Za-z0-9]*){0,4}(?:-[A-Z]{1,4})?",
)


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end, "") and len(digits(text[start:end])) >= 4:
            yield Hit(start, end, "LICENSE_NUMBER", LIKELY)


DETECTOR = Detector(
    name="license_number",
    version=1,
    entities=("LICENSE_NUMBER",),
    says="Four or more digits, perhaps after letters, beside a label such as licence or certificate number.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(K)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("medical license no. «A-88213»", "LICENSE_NUMBER"),
        marked("certificate number «GC2200187»", "LICENSE_NUMBER"),
    ),
    counterexamples=("MIT license 2024", "the license number of seats is 12", "certificate number 3 of 5"),
)
