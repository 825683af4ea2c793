"""National provider identifiers beside a label: without one, a tenth of all Unix timestamps would look like them."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify import checksums
from ringfence.classify.detector import CHECKED, DOUBTFUL, Detector, Hit, marked
from ringfence.classify.matching import LOOSE, Labelled, ends, label

_LABEL = label("npi, npis, national provider, provider identifier, provider id, provider number")
_LABELLED = Labelled(_LABEL, r"\d{10}", LOOSE)


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            valid = checksums.npi(text[start:end])
            yield Hit(start, end, "US_NPI", CHECKED if valid else DOUBTFUL, checked=valid)


DETECTOR = Detector(
    name="us_npi",
    version=1,
    entities=("US_NPI",),
    says="Ten digits beside a label such as NPI; Luhn with the prefix 80840, and a failed checksum lowers the score.",
    source="https://www.ecfr.gov/current/title-45/section-162.406",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("NPI «1245319599»", "US_NPI"),
        marked("Dr. Osei (NPI: «1245319590»)", "US_NPI"),
        marked("national provider identifier «1245319599»", "US_NPI"),
    ),
    counterexamples=("started at 1245319599", "npi install 10 packages", "NPI 12453195990"),
)
