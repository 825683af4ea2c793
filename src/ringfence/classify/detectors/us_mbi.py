"""Medicare beneficiary identifiers."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, SHAPED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, alone, compiled, ends, find, label

# Eleven places: 1-9, letter, letter or digit, digit, letter, letter or digit, digit, letter, letter, digit, digit.
# S, L, O, I, B and Z are never used. https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-with-format.pdf
_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
_SHAPE = rf"[1-9]{_LETTER}{_EITHER}\d-?{_LETTER}{_EITHER}\d-?{_LETTER}{_LETTER}\d\d"
_LABEL = label("mbi, medicare, medicare beneficiary, medicare number, medicare id")
_BARE = compiled(_SHAPE)
_LABELLED = Labelled(_LABEL, rf"(?i:{_SHAPE})", r"[^0-9\n]{0,32}?")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_BARE, text):
        if alone(text, start, end):
            yield Hit(start, end, "US_MBI", SHAPED)
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            yield Hit(start, end, "US_MBI", LABELLED)


DETECTOR = Detector(
    name="us_mbi",
    version=1,
    entities=("US_MBI",),
    says="The eleven places of a Medicare number, in capitals anywhere and in any case beside a label.",
    source="https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-with-format.pdf",
    prefilters=(_SHAPE, _LABEL),
    extract=extract,
    examples=(
        marked("covered under «1EG4-TE5-MK73» since May", "US_MBI"),
        marked("MBI: «1eg4te5mk73»", "US_MBI"),
    ),
    counterexamples=("1SG4-TE5-MK73", "1eg4te5mk73", "X1EG4TE5MK73", "Medicare part B covers 80 percent"),
)
