"""US individual taxpayer identification numbers."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import DOUBTFUL, LABELLED, SHAPED, Detector, Hit, marked
from ringfence.classify.matching import LOOSE, Labelled, alone, compiled, digits, ends, find, label

_LABEL = label("itin, individual taxpayer, taxpayer identification, taxpayer id")
_DASHED = compiled(r"9\d{2}-\d{2}-\d{4}")
_LABELLED = Labelled(_LABEL, r"\d{3}[ .-]?\d{2}[ .-]?\d{4}", LOOSE)
# IRS Internal Revenue Manual 3.21.263, https://www.irs.gov/irm/part3/irm_03-021-263r: fourth and fifth digits.
_GROUPS = frozenset((*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)))


def _issued(number: str) -> bool:
    return number[0] == "9" and int(number[3:5]) in _GROUPS


def extract(text: str) -> Iterator[Hit]:
    for start, end in find(_DASHED, text):
        if alone(text, start, end, "-/.") and _issued(digits(text[start:end])):
            yield Hit(start, end, "US_ITIN", SHAPED)
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            yield Hit(start, end, "US_ITIN", LABELLED if _issued(digits(text[start:end])) else DOUBTFUL)


DETECTOR = Detector(
    name="us_itin",
    version=1,
    entities=("US_ITIN",),
    says="Nine digits that begin with 9 and have a group issued for ITINs, with dashes; any form beside a label.",
    source="https://www.irs.gov/irm/part3/irm_03-021-263r",
    prefilters=(_LABEL, r"9\d{2}-\d{2}-\d{4}"),
    extract=extract,
    examples=(
        marked("filed under «912-78-4410» last year", "US_ITIN"),
        marked("ITIN is «912784410»", "US_ITIN"),
        marked("individual taxpayer number: «912-10-4410»", "US_ITIN"),
    ),
    counterexamples=("912-10-4410", "the taxpayer paid 912784410", "x912-78-4410"),
)
