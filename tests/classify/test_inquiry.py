"""What taggers are asked, and where their answers point: views, pieces of long texts, borders, keys, members' names."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Sequence

import pytest

from ringfence.classify import Classifier, Hit, Provenance
from ringfence.classify.rules import load
from ringfence.vocabulary.chat import Unread
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Completeness, Finding, Place, Segment
from support.names import forgetful

GENERAL = Provenance(handles=(Label.GENERAL,))


class Names:
    """Finds `Mara Lindqvist`, and single words in capitals after `Dr.`."""

    name = "names/1"
    entities = frozenset({"PERSON", "ORGANIZATION"})

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, text: str) -> list[Hit]:
        return [Hit(*match.span(), "PERSON", 0.9) for match in re.finditer("Mara Lindqvist", text)]

    def find_many(self, texts: Sequence[str]) -> list[list[Hit]]:
        self.asked += texts
        return [self.find(text) for text in texts]


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture(scope="module")
def plain() -> Classifier:
    return Classifier(memory_key=bytes(32), clock=lambda: 0.0)


@pytest.fixture
def tagging(names: Names, plain: Classifier) -> Classifier:
    return forgetful(plain, names)


def said(*texts: str) -> list[Segment]:
    return [Segment(f"/messages/{number}/content", "user", text) for number, text in enumerate(texts)]


def people(classifier: Classifier, segments: Sequence[Segment], **more: object) -> list[Finding]:
    result = classifier.classify(segments, (), GENERAL, **more)  # type: ignore[arg-type]
    assert result.completeness is Completeness.COMPLETE
    return [finding for finding in result.findings if finding.entity == "PERSON"]


DISGUISED = [
    "Mara Lindqvist",
    "Mara\u00a0Lindqvist",
    "Ma\u200bra Lindqvist",
    "Маra Lindqvist",
    "Mara&#32;Lindqvist",
    "Mara%20Lindqvist",
    r"Mara\u0020Lindqvist",
    "Ｍａｒａ Ｌｉｎｄｑｖｉｓｔ",
    base64.b64encode(b"Mara Lindqvist is here").decode(),
]


@pytest.mark.parametrize("name", DISGUISED)
def test_a_name_is_found_however_it_is_written(name: str, tagging: Classifier) -> None:
    text = f"We saw {name} yesterday."
    [found] = people(tagging, said(text))
    assert text[found.start : found.end] == name
    assert (found.detector, found.structured) == ("names/1", True)


def test_one_view_is_asked_about_where_nothing_is_encoded(names: Names, tagging: Classifier) -> None:
    people(tagging, said("Ａ plain sentence… with ‘quotes’ and \u200bthe like."))
    assert names.asked == ["A plain sentence... with 'quotes' and the like."]


def test_names_in_a_long_text_are_found_once_wherever_they_stand(names: Names, tagging: Classifier) -> None:
    rng = random.Random(5)
    text, places = "", []
    for _ in range(60):
        text += " word" * rng.randint(1, 250) + " "
        places.append(len(text))
        text += "Mara Lindqvist"
    found = people(tagging, said(text))
    assert [finding.start for finding in found] == places
    assert max(map(len, names.asked)) == 8_192
    assert sum(map(len, names.asked)) < 1.1 * len(text)


@pytest.mark.parametrize("offset", range(8_192 - 600, 8_192 + 20, 7))
def test_a_name_at_a_cut_is_found(offset: int, tagging: Classifier) -> None:
    text = "x " * (offset // 2) + "Mara Lindqvist" + " y" * 5_000
    assert [finding.start for finding in people(tagging, said(text))] == [offset // 2 * 2]


def test_the_name_of_a_member_is_context_and_never_in_a_span(names: Names, tagging: Classifier) -> None:
    [found] = people(tagging, [Segment("/metadata/patientName", "metadata", "Mara Lindqvist")])
    assert names.asked == ["patient Name: Mara Lindqvist"]
    assert (found.start, found.end) == (0, 14)


def test_a_name_over_a_border_is_found_in_both_its_parts(tagging: Classifier) -> None:
    segments = said("First we met Mara", "Lindqvist, then others.")
    found = people(tagging, segments)
    assert [segments[int(f.segment[10])].text[f.start : f.end] for f in found] == ["Mara", "Lindqvist"]
    assert [f.entity for f in people(tagging, said("First we met Mara Lind", "qvist."))] == ["PERSON"] * 2


def test_borders_between_whole_sentences_are_not_asked_about(names: Names, tagging: Classifier) -> None:
    people(tagging, said("You are helpful.", "What is a parcel?", "A box.", "Thanks!"))
    assert names.asked == ["You are helpful.", "What is a parcel?", "A box.", "Thanks!"]


def test_numbers_and_names_of_fields_are_not_asked_about(names: Names, tagging: Classifier) -> None:
    found = people(
        tagging,
        [
            Segment("/temperature", "request", "0.7", Place.NUMBER),
            Segment("/metadata/lastName", "metadata", "lastName", Place.KEY),
            Segment("/metadata/Mara Lindqvist", "metadata", "Mara Lindqvist", Place.KEY),
            Segment("/messages/0/content/0/file/file_data/page 3/content", "user", "Mara Lindqvist", Place.FILE),
            Segment("/metadata/empty", "metadata", "  - 7"),
        ],
    )
    assert names.asked == ["Mara Lindqvist"]  # the key and the page are the same text
    assert {finding.place for finding in found} == {Place.KEY, Place.FILE}


def test_what_steers_the_request_is_not_asked_about(tagging: Classifier) -> None:
    segments = [Segment("/model", "request", "claude"), *said("Hello.")]
    inquiry = tagging.inquire(tagging.begin(segments, (), GENERAL), {"/model"})
    assert inquiry.texts == ("Hello.",)


def test_a_name_found_once_is_found_everywhere(tagging: Classifier) -> None:
    segments = [
        *said("Mara Lindqvist came."),
        Segment("/metadata/n", "metadata", "Lindqvist: Mara Lindqvist!", Place.KEY),
    ]
    assert {finding.segment for finding in people(tagging, segments)} == {"/messages/0/content", "/metadata/n"}


def test_own_rules_can_silence_a_name(tagging: Classifier) -> None:
    rules = load('[[ignore]]\nname = "ours"\nterms = ["Mara Lindqvist"]\n', "detection.toml")
    assert people(tagging, said("Mara Lindqvist is our product."), rules=rules) == []
    assert people(tagging, said("Mara Lindqvist is our product.")) != []


def test_a_part_of_a_checked_value_is_no_name(names: Names, tagging: Classifier) -> None:
    names.find = lambda text: [Hit(0, 2, "PERSON", 0.9)]  # type: ignore[method-assign]
    result = tagging.classify(said("DE89 3704 0044 0532 0130 00"), (), GENERAL)
    assert [finding.entity for finding in result.findings] == ["IBAN"]
    assert "PERSON" not in " ".join(result.reasons)


def test_why_a_part_can_not_be_read_is_said(tagging: Classifier) -> None:
    result = tagging.classify((), (Unread("/messages/0/content/1", "file", "it is encrypted"),), GENERAL)
    assert "file at /messages/0/content/1 can't be read: it is encrypted" in result.reasons


def test_without_taggers_it_is_said_that_names_were_not_searched(plain: Classifier) -> None:
    result = plain.classify(said("Hi."), (), GENERAL)
    assert (result.names_searched, result.names_why) == (False, "the search for names is turned off")
