"""US postal codes after a state, and postal codes of any country beside a label."""

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
# Elsewhere in the world codes are short, so that the label must be one of a code: `zip of 2048 bytes` has none.
_CODE_LABEL = label(
    "zip code, zipcode, postal code, post code, postcode, código postal, codigo postal, code postal, codice postale"
)
_ABROAD = Labelled(_CODE_LABEL, r"\d{5}-\d{3}|\d{3} \d{2}|\d{2}-\d{3}|\d{3,4}|\d{6}")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_AFTER_STATE, text, 1):
        if alone(text, start, end, "-."):
            yield Hit(start, end, "ZIP_CODE", LIKELY)
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            yield Hit(start, end, "ZIP_CODE", LABELLED)
    for start, end in _ABROAD.spans(text):
        if ends(text, end, "-.,%/"):
            yield Hit(start, end, "ZIP_CODE", LABELLED)


DETECTOR = Detector(
    name="zip_code",
    version=2,
    entities=("ZIP_CODE",),
    says="Five or nine digits after a state's code or name, or beside a label such as ZIP; beside one also codes of "
    "other countries.",
    source="https://pe.usps.com/text/pub28/28c2_007.htm",
    prefilters=(_LABEL, rf"\b{STATE},?\s+\d{{5}}"),
    extract=extract,
    examples=(
        marked("Boise, ID «83702» and Ohio «44114-2201»", "ZIP_CODE", "ZIP_CODE"),
        marked("zip code is «60614»", "ZIP_CODE"),
        marked("my postal code is «1043» now", "ZIP_CODE"),
        marked("Postcode: «394 13»", "ZIP_CODE"),
    ),
    counterexamples=(
        "zip of 2048 bytes",
        "postcode 12.5% wrong",
        "room 60614",
        "TX 123456",
        "a zip file of 60614 bytes",
        "unzip 12345",
    ),
)
