"""Ways around the detectors that the canary tests found once: each stays closed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ringfence.classify import Classifier, Provenance
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Place, Segment


def found(*segments: Segment) -> list[tuple[str, str]]:
    """(pointer, entity) of each finding."""
    classifier = Classifier(memory_key=bytes(16), clock=lambda: 0.0)
    result = classifier.classify(segments, (), Provenance(handles=(Label.GENERAL,)))
    return [(finding.segment, finding.entity) for finding in result.findings]


def message(text: str, number: int = 0) -> Segment:
    return Segment(f"/messages/{number}/content", "user", text)


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("SSN NTM2MjI4NDEy", "US_SSN"),  # base64 of nine digits, the shortest
        ("EIN NDctMTE4MDIzNg", "US_EIN"),
        ("OVYwN0hGMFVBMTc", "US_MBI"),
        ('{"card": 4.111111111111111E+15}', "CREDIT_CARD"),
        ('{"phone":6.462389604E+9}', "PHONE_NUMBER"),
        ('{"phone":2128523312.0}', "PHONE_NUMBER"),
        ("SUJBTiUyMERFNDM1MzQzNTI2ODczNjA3ODUwNzE=", "IBAN"),  # base64 of percent signs
        (r'{"m\u0435mb\u0435r id WFF976613711":0.5}', "HEALTH_PLAN_ID"),  # what is valid base64 needs its label decoded
        ("my social is five three six, two two, eight four one two", "US_SSN"),
        ("teléfono: seis uno dos, tres cuatro cinco, seis siete nueve", "PHONE_NUMBER"),
        ("SSN **536**-22-8412", "US_SSN"),
        ("MRN NDQ3MTIyMA==", "MEDICAL_RECORD_NUMBER"),
    ],
)
def test_encoded_and_rewritten_values_are_found(text: str, entity: str) -> None:
    assert [kind for _, kind in found(message(text))] == [entity]


@pytest.mark.parametrize("text", ["2128523312.0 2128523312", "2.128523312E+9 2128523312", "2128523312", "2128523312.0"])
def test_a_number_is_read_in_each_of_its_forms_and_never_in_both_at_once(text: str) -> None:
    assert found(Segment("/x/phone", "metadata", text, Place.NUMBER)) == [("/x/phone", "PHONE_NUMBER")]


def test_a_long_key_is_found_over_a_border_also_with_invisible_characters() -> None:
    key = "\u00ad".join("ghp" + "_l1bWMi1nWCokKf2f36ck4AYDtJxwEz5z8dQ4")
    segments = message(f"As agreed, {key[:60]}"), message(f"{key[60:]} it is.", 1)
    assert found(*segments) == [("/messages/0/content", "API_KEY"), ("/messages/1/content", "API_KEY")]


@pytest.mark.parametrize("labelled", ["MRN 2719148005", '{"MRN": "MRN 2719148005"}', "chart number 2719148005"])
def test_a_number_is_known_again_without_the_word_that_was_taken_with_it(labelled: str) -> None:
    places: Sequence[tuple[str, str]] = found(message(labelled), message("And again: 2719148005", 1))
    assert [pointer for pointer, _ in places] == ["/messages/0/content", "/messages/1/content"]
