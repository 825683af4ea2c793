"""Passport numbers beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, digits, ends, label

_LABEL = label(
    "passport, passport number, passport no, passport card, pasaporte, número de pasaporte, passeport, reisepass"
)
_LABELLED = Labelled(_LABEL, r"[A-Za-z]{0,3}\d[A-Za-z0-9]{4,11}")


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end) and len(digits(text[start:end])) >= 5:
            yield Hit(start, end, "PASSPORT", LABELLED)


DETECTOR = Detector(
    name="passport",
    version=1,
    entities=("PASSPORT",),
    says="Six to fourteen letters and digits, five of them digits, beside the word passport.",
    source="https://www.icao.int/publications/documents/9303_p3_cons_en.pdf",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("passport no. «K01200471»", "PASSPORT"),
        marked("Passport number: «530992817»", "PASSPORT"),
    ),
    counterexamples=("a passport photo is 35 mm wide", "passport 2024", "passports issued: none"),
)
