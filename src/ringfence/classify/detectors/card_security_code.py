"""Card security codes beside a label."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.classify.detector import LABELLED, Detector, Hit, marked
from ringfence.classify.matching import Labelled, ends, label

_LABEL = label(
    "cvv, cvv2, cvc, cvc2, csc, cvn, card security code, security code, card verification, card verification "
    "value, card verification code, card code"
)
_LABELLED = Labelled(_LABEL, r"\d{3,4}")


def extract(text: str) -> Iterator[Hit]:
    for start, end in _LABELLED.spans(text):
        if ends(text, end, "-./:%"):
            yield Hit(start, end, "CARD_SECURITY_CODE", LABELLED)


DETECTOR = Detector(
    name="card_security_code",
    version=1,
    entities=("CARD_SECURITY_CODE",),
    says="Three or four digits beside a label such as CVV or security code.",
    source="https://www.pcisecuritystandards.org/document_library/ (PCI DSS v4.0.1, requirement 3.3.1.2)",
    prefilters=(_LABEL,),
    extract=extract,
    examples=(
        marked("exp 04/29 CVV: «123»", "CARD_SECURITY_CODE"),
        marked("the security code is «4821».", "CARD_SECURITY_CODE"),
        marked('{"cardCvc": "«907»"}', "CARD_SECURITY_CODE"),
    ),
    counterexamples=("CVV 12", "security code 123456", "Where do I find the CVV on a card?", "gcc cvc 1.23"),
)
