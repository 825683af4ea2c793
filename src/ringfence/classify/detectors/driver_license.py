"""Driver's licence numbers beside a label: the states' formats differ too much to know one without."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, digits, ends, label

_LABEL = label(
    "driver license, driver licence, drivers license, drivers licence, driver's license, driver's licence, "
    "driver’s license, driving license, driving licence, driver lic, drivers lic, dl, dl number, dl no, dln, "
    "dl#, operator license, state id, licencia de conducir, licencia de manejo, permiso de conducir, führerschein"
)
_LABELLED = Labelled(
    _LABEL, r"(?:[A-Z]{0,3}[- ]?|[A-Za-z]{0,3}-?)\d[A-Za-z0-9]*(?:[- ]?\d[A-Za-z0-9]*){0,5}(?:-[A-Z]{1,4})?"
)


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end, "") and len(digits(text[start:end])) >= 5:
            yield Hit(start, end, "DRIVER_LICENSE", LABELLED)


DETECTOR = Detector(
    name="driver_license",
    version=1,
    entities=("DRIVER_LICENSE",),
    says="Five or more digits, perhaps after letters, beside a label such as driver's licence or DL.",
    source="https://www.aamva.org/identity/anthony-dl-id-card-design-standard",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("driver's license number is «D1234562»", "DRIVER_LICENSE"),
        marked("DL# «S530-4610-2239»", "DRIVER_LICENSE"),
        marked('"driversLicense": "«48120093»"', "DRIVER_LICENSE"),
    ),
    counterexamples=("her driver's license expires soon", "DL 12", "graphics driver 531.41"),
)
