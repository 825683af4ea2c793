"""ABA routing numbers beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.checksums import aba_routing
from ringfence.classify.detector import CHECKED, DOUBTFUL, Detector, Hit, marked
from ringfence.classify.matching import Labelled, digits, ends, label

_LABEL = label("routing, routing number, routing transit, aba, rtn, transit number, bank routing")
_LABELLED = Labelled(_LABEL, r"\d{4}[ -]?\d{4}[ -]?\d", r"[^0-9\n]{0,32}?")


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end):
            valid = aba_routing(digits(text[start:end]))
            yield Hit(start, end, "US_ROUTING_NUMBER", CHECKED if valid else DOUBTFUL, checked=valid)


DETECTOR = Detector(
    name="us_routing_number",
    version=1,
    entities=("US_ROUTING_NUMBER",),
    says="Nine digits beside a label such as routing or ABA; a failed checksum lowers the score.",
    source="https://www.aba.com/about-us/routing-number",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("routing number «021000021», account to follow", "US_ROUTING_NUMBER"),
        marked("ABA: «021000022»", "US_ROUTING_NUMBER"),
    ),
    counterexamples=("invoice 021000021", "routing table 192.168.0.0", "routing 0210000211"),
)
