"""US postal codes after a state or beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, LIKELY, Detector, Hit, marked
from ringfence.classify.matching import Labelled, alone, compiled, ends, find, label
from ringfence.classify.states import STATE

_LABEL = label(
    "zip, zip code, zipcode, postal code, post code, postcode, código postal, codigo postal, c.p., plz, code postal"
)
_AFTER_STATE = compiled(rf"\b{STATE},?\s+(\d{{5}}(?:-\d{{4}})?)\b")
_LABELLED = Labelled(_LABEL, r"\d{5}(?:-\d{4})?")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_AFTER_STATE, text, 1):
        if alone(text, start, end, "-."):
            yield Hit(start, end, "ZIP_CODE", LIKELY)
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            yield Hit(start, end, "ZIP_CODE", LABELLED)


DETECTOR = Detector(
    name="zip_code",
    version=1,
    entities=("ZIP_CODE",),
    says="Five or nine digits after a state's code or name, or beside a label such as ZIP.",
    source="https://pe.usps.com/text/pub28/28c2_007.htm",
    prefilters=(_LABEL, rf"\b{STATE},?\s+\d{{5}}"),
    extract=extract,
    examples=(
        marked("Boise, ID «83702» and Ohio «44114-2201»", "ZIP_CODE", "ZIP_CODE"),
        marked("zip code is «60614»", "ZIP_CODE"),
    ),
    counterexamples=("room 60614", "TX 123456", "a zip file of 60614 bytes", "unzip 12345"),
)
