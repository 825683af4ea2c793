"""Vehicle licence plates beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, ends, label

_LABEL = label(
    "license plate, licence plate, number plate, plate number, plate no, plate#, plates, registration plate, "
    "tag number, vehicle registration, license tag, car registration, reg plate, matrícula, placa, placas, kennzeichen"
)
_LABELLED = Labelled(_LABEL, r"[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,2}")


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        value = text[start:end].replace(" ", "").replace("-", "")
        if ends(text, end) and 5 <= len(value) <= 8 and any(char.isdigit() for char in value):
            yield Hit(start, end, "LICENSE_PLATE", LABELLED)


DETECTOR = Detector(
    name="license_plate",
    version=1,
    entities=("LICENSE_PLATE",),
    says="Five to eight capitals and digits beside a label such as licence plate.",
    source="https://www.ecfr.gov/current/title-45/section-164.514#p-164.514(b)(2)(i)(L)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("license plate «7KLM392»", "LICENSE_PLATE"),
        marked("number plate: «LV19 XKD» seen", "LICENSE_PLATE"),
    ),
    counterexamples=("a 96-well plate", "the licence plate was missing", "plates: 12"),
)
