"""US employer identification numbers, beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import DOUBTFUL, LABELLED, Detector, Hit, marked
from ringfence.classify.matching import LOOSE, Labelled, ends, label

_LABEL = label("ein, fein, employer identification, employer id, federal tax id, tax id, tin, tax identification")
_LABELLED = Labelled(_LABEL, r"\d{2}[ -]?\d{7}", LOOSE)
# Prefixes never assigned: https://www.irs.gov/businesses/small-businesses-self-employed/how-eins-are-assigned-and-valid-ein-prefixes
_UNASSIGNED = frozenset(f"{prefix:02}" for prefix in (0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97))


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            yield Hit(start, end, "US_EIN", DOUBTFUL if text[start : start + 2] in _UNASSIGNED else LABELLED)


DETECTOR = Detector(
    name="us_ein",
    version=1,
    entities=("US_EIN",),
    says="Two and seven digits beside a label such as EIN or tax id.",
    source="https://www.irs.gov/businesses/small-businesses-self-employed/how-eins-are-assigned-and-valid-ein-prefixes",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("EIN: «47-1180236»", "US_EIN"),
        marked("our federal tax ID number is «471180236».", "US_EIN"),
        marked("EIN «07-1180236»", "US_EIN"),
    ),
    counterexamples=("part 47-1180236", "a tin of 12 beans", "ein 47-11802361"),
)
