"""Words of a coded term are no names, in the coding and wherever else the whole term stands."""

from __future__ import annotations

import json

import pytest

from ringfence.classify import terminology
from ringfence.classify.inquiry import Names
from ringfence.classify.merging import Span
from ringfence.vocabulary.text import Segment

TERM = "Quarnby antigen [Mass/volume] in Blood"


def left(coding: dict[str, str], *texts: str) -> list[str]:
    """What is left of `Quarnby`, found in each text."""
    record = json.dumps({"code": {"coding": [coding]}}, indent=1)
    segments = [Segment(f"/{number}", "user", text) for number, text in enumerate((record, *texts))]
    whole = []
    for index, segment in enumerate(segments):
        start = segment.text.find("Quarnby")
        whole.append((index, Span(start, start + 7, "LOCATION", 0.9, "lister/1", False)))
    kept = terminology.without(Names(whole=tuple(whole)), segments).whole
    return [segments[index].text for index, _ in kept]


def test_a_term_names_nobody_where_it_stands_whole() -> None:
    coding = {"system": "http://loinc.org", "code": "1-8", "display": TERM}
    assert left(coding, f"Latest {TERM}?", "Quarnby came.") == ["Quarnby came."]


@pytest.mark.parametrize(
    "coding",
    [
        {"reference": "Patient/1", "display": TERM},
        {"system": "phone", "display": TERM},
        {"system": "http://example.org/people", "code": "1", "display": TERM},
    ],
)
def test_what_no_public_code_system_says_stays(coding: dict[str, str]) -> None:
    assert len(left(coding, f"Latest {TERM}?")) == 2
