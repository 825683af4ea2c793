"""Vehicle identification numbers."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify import checksums
from ringfence.classify.detector import CHECKED, DOUBTFUL, Detector, Hit, marked
from ringfence.classify.matching import Labelled, alone, compiled, ends, find, label

_SHAPE = "[A-HJ-NPR-Z0-9]{17}"
_LABEL = label("vin, vehicle identification, chassis number, chassis no")
_BARE = compiled(rf"\b{_SHAPE}\b")
_LABELLED = Labelled(_LABEL, rf"(?i:{_SHAPE})")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_BARE, text):
        value = text[start:end]
        if alone(text, start, end) and not value.isdigit() and not value.isalpha() and checksums.vin(value):
            yield Hit(start, end, "VIN", CHECKED, checked=True)
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            valid = checksums.vin(text[start:end].upper())
            yield Hit(start, end, "VIN", CHECKED if valid else DOUBTFUL, checked=valid)


DETECTOR = Detector(
    name="vin",
    version=1,
    entities=("VIN",),
    says="Seventeen capitals and digits without I, O, Q whose ninth checks; beside a label any case, check or not.",
    source="https://www.ecfr.gov/current/title-49/section-565.15",
    prefilters=(rf"\b{_SHAPE}\b", _LABEL),
    extract=extract,
    examples=(
        marked("towed «1HGCM82633A004352» at noon", "VIN"),
        marked("VIN: «wvwzzz1jz3w386752»", "VIN"),
    ),
    counterexamples=("1HGCM82733A004352", "11111111111111111", "vin rouge", "0123456789ABCDEF0"),
)
