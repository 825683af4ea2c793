"""US social security numbers: dashed ones anywhere, any form beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import DOUBTFUL, LABELLED, SHAPED, Detector, Hit, marked
from ringfence.classify.matching import LOOSE, Labelled, alone, compiled, digits, ends, find, label

_LABEL = label(
    "ssn, ssns, ss#, social security, soc sec, social sec, sozialversicherung, seguro social, seg social, ss no"
)
_DASHED = compiled(r"\d{3}-\d{2}-\d{4}")
_LABELLED = Labelled(_LABEL, r"\d(?:[ ._-]{0,2}\d){8}", LOOSE)


def in_issued_range(number: str) -> bool:
    """Areas 000, 666 and 900-999, group 00 and serial 0000 are never issued: https://www.ssa.gov/employer/randomization.html"""
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_DASHED, text):
        if alone(text, start, end) and in_issued_range(digits(text[start:end])):
            yield Hit(start, end, "US_SSN", SHAPED)
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            valid = in_issued_range(digits(text[start:end]))
            yield Hit(start, end, "US_SSN", LABELLED if valid else DOUBTFUL)


DETECTOR = Detector(
    name="us_ssn",
    version=1,
    entities=("US_SSN",),
    says="Three, two and four digits with dashes in an issued range; beside a label in any form or range.",
    source="https://www.ssa.gov/employer/randomization.html",
    prefilters=(_LABEL, r"\d{3}-\d{2}-\d{4}"),
    extract=extract,
    examples=(
        marked("The form lists «536-22-8412» twice", "US_SSN"),
        marked("SSN: «536228412»", "US_SSN"),
        marked("GET /people/«536-22-8412».pdf", "US_SSN"),
        marked('{"patientSsn":"«536228412»"}', "US_SSN"),
        marked('{"name": "look_up_ssn_«536_22_8412»"}', "US_SSN"),
        marked("his social security number is «900-12-3456»", "US_SSN"),
        marked("SSNs «536-22-8412», «219.44.1093» and «5 3 6 2 2 8 4 1 3»", "US_SSN", "US_SSN", "US_SSN"),
    ),
    counterexamples=(
        "part 000-12-3456",
        "part 1536-22-8412",
        "ref 536-22-84123",
        "order 12-536-22-8412",
        "536228412",
        "The lesson 123456789 times",
        "Social security is funded by payroll taxes.",
    ),
)
