"""A place or a firm in a question about a service is nobody's, until anything else in the request is about somebody."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from ringfence.classify import Classifier, Provenance
from ringfence.classify.detector import Hit
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Segment

ASKED = "Does my card work in Quarnby, or with Ferrow?"
KNOWN = {"Quarnby": "LOCATION", "Ferrow": "ORGANIZATION", "Odile": "PERSON"}


class Lister:
    """Finds a few words wherever they stand."""

    name = "lister/1"
    entities = frozenset(KNOWN.values())

    def find(self, text: str) -> Sequence[Hit]:
        return [Hit(*match.span(), KNOWN[match[0]], 1.0) for match in re.finditer("|".join(KNOWN), text)]

    def find_many(self, texts: Sequence[str]) -> Sequence[Sequence[Hit]]:
        return [self.find(text) for text in texts]


NOTHING_SAID = Provenance()


def found(*texts: str, said: Provenance = NOTHING_SAID) -> list[str]:
    classifier = Classifier(memory_key=bytes(32), clock=lambda: 0.0, taggers=(Lister(),))
    segments = [Segment(f"/messages/{number}/content", "user", text) for number, text in enumerate(texts)]
    return [
        segments[int(each.segment.split("/")[2])].text[each.start : each.end]
        for each in classifier.classify(segments, (), said).findings
    ]


def test_nobody_is_identified_by_where_a_card_is_used() -> None:
    assert found(ASKED) == []


@pytest.mark.parametrize("other", ["Odile asks.", "Call (415) 555-2671.", "MRN: 48213377"])
def test_one_other_finding_anywhere_in_the_request_and_all_count(other: str) -> None:
    assert found(ASKED, other)[:2] == ["Quarnby", "Ferrow"]


@pytest.mark.parametrize(
    "said", [Provenance(handles=(Label.PHI,)), Provenance(sources=("ehr",)), Provenance(declared_labels=("personal",))]
)
def test_where_the_request_says_what_its_data_is_all_count(said: Provenance) -> None:
    assert found(ASKED, said=said) == ["Quarnby", "Ferrow"]


@pytest.mark.parametrize(
    "text",
    [
        "I live in Quarnby and want a card.",
        "The patient came from Quarnby and paid in cash.",
        "She works at Ferrow; cash only.",
        "Transferred from Quarnby in order to deliver.",
        "Quarnby is lovely.",
    ],
)
def test_what_may_be_somebodys_place_counts(text: str) -> None:
    assert len(found(text)) == 1
