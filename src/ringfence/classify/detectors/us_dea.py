"""DEA registration numbers."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify import checksums
from ringfence.classify.detector import CHECKED, DOUBTFUL, Detector, Hit, marked
from ringfence.classify.matching import Labelled, alone, compiled, ends, find, label

# The first letter is the kind of registrant; the second is the first of the name, or 9 for a business.
_SHAPE = r"[ABCDEFGHJKLMPRSTUX][A-Z9]\d{7}"
_LABEL = label("dea, dea registration, dea number")
_BARE = compiled(_SHAPE)
_LABELLED = Labelled(_LABEL, r"[A-Za-z][A-Za-z9]\d{7}")


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_BARE, text):
        if alone(text, start, end) and checksums.dea(text[start:end]):
            yield Hit(start, end, "US_DEA", CHECKED, checked=True)
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            valid = checksums.dea(text[start:end])
            yield Hit(start, end, "US_DEA", CHECKED if valid else DOUBTFUL, checked=valid)


DETECTOR = Detector(
    name="us_dea",
    version=1,
    entities=("US_DEA",),
    says="Two letters and seven digits of which the last checks; beside `DEA` also where it does not.",
    source="https://www.deadiversion.usdoj.gov/drugreg/reg_apps/registrant_validation.html",
    prefilters=(_SHAPE, _LABEL),
    extract=extract,
    examples=(
        marked("prescriber «BB1388568» signed", "US_DEA"),
        marked("DEA# «BB1388569»", "US_DEA"),
    ),
    counterexamples=("order AB1234567", "BB13885680", "the DEA agent"),
)
