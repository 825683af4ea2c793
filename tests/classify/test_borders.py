"""Identifiers split over parts and messages."""

from __future__ import annotations

import random

import pytest

from ringfence.classify import borders
from ringfence.classify.borders import windows
from ringfence.classify.merging import Span
from ringfence.classify.sources import Provenance
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Place, Segment

GENERAL = Provenance(handles=(Label.GENERAL,))


def parts(*texts: str) -> list[Segment]:
    return [Segment(f"/messages/0/content/{i}/text", "user", text) for i, text in enumerate(texts)]


def messages(*texts: str) -> list[Segment]:
    segments = []
    for i, text in enumerate(texts):
        segments += [Segment(f"/messages/{i}/role", "request", "user"), Segment(f"/messages/{i}/content", "user", text)]
    return segments


def found(classifier, segments) -> list[tuple[str, str, str]]:
    by_pointer = {segment.pointer: segment.text for segment in segments}
    result = classifier.classify(segments, (), GENERAL)
    return [(f.segment, by_pointer[f.segment][f.start : f.end], f.entity) for f in result.findings]


@pytest.mark.parametrize("make", [parts, messages])
def test_a_value_split_in_two_is_found_in_both(classifier, make):
    segments = make("pay with 4111 1111 ", "1111 1111 please")
    assert [text for _, text, entity in found(classifier, segments) if entity == "CREDIT_CARD"] == [
        "4111 1111 ",
        "1111 1111",
    ]


def test_a_label_in_the_message_before_counts(classifier):
    segments = messages("What is your medical record number?", "00482913, why?")
    assert found(classifier, segments) == [("/messages/1/content", "00482913", "MEDICAL_RECORD_NUMBER")]


def test_one_digit_per_part_is_found(classifier):
    segments = parts("my SSN: ", *"536-22-8412", " ok")
    assert "".join(text for _, text, entity in found(classifier, segments) if entity == "US_SSN") == "536-22-8412"


def test_an_encoded_value_split_in_two_is_found(classifier):
    segments = parts("see c3NuIDUzNi0y", "Mi04NDEy there")
    assert [text for _, text, _ in found(classifier, segments)] == ["c3NuIDUzNi0y", "Mi04NDEy"]


@pytest.mark.parametrize(
    ("texts", "pieces"),
    [
        (("MRN 00482913", "Thanks a lot"), ["00482913"]),
        (("her mail is jo@example.org", "Thanks a lot"), ["jo@example.org"]),
        (("Please enter your e-mail.", "jo@example.org"), ["jo@example.org"]),
        (("write to jo.mar", "low@example.org now"), ["low@example.org"]),
        (("write to jo.marlowe@exa", "mple.org now"), ["jo.marlowe@exa", "mple.org"]),
        (("MRN 0048", "2913 yes"), ["0048", "2913"]),
        (("use sk-" + "proj-Zk3vT9qLmX2bN8cR5dW1hY7p", "QxZ"), ["sk-" + "proj-Zk3vT9qLmX2bN8cR5dW1hY7p", "QxZ"]),
    ],
)
def test_words_that_joining_glues_on_are_left_out_and_digits_are_not(classifier, texts, pieces):
    assert [text for _, text, _ in found(classifier, messages(*texts))] == pieces


def test_pieces_do_not_spread(classifier):
    segments = [
        *messages("pay with 4111 1111 ", "1111 1111 please"),
        Segment("/metadata/a", "metadata", "in 4111 1111 "),
    ]
    assert {pointer for pointer, *_ in found(classifier, segments)} == {"/messages/0/content", "/messages/1/content"}


def test_what_only_the_cut_makes_is_not_believed(classifier):
    # Where the reach of a border ends, the cut falls within a longer number that is none of ours.
    number, rest = "536-22-8412", "x" * (borders._REACH - 12)
    assert found(classifier, parts(f"{'9' * 30}{number} {rest}", "tail")) == []
    assert found(classifier, parts("tail", f"{rest} {number}{'9' * 30}")) == []
    assert found(classifier, parts(f"{number} {rest}", "tail")) != []


def test_texts_that_nobody_reads_in_a_row_are_not_joined(classifier):
    apart = [
        Segment("/metadata/a", "metadata", "536-22-"),
        Segment("/metadata/b", "metadata", "8412"),
        Segment("/messages/0/content", "user", "536-22-", Place.KEY),
        Segment("/messages/1/content", "user", "8412"),
    ]
    assert found(classifier, apart) == []


def test_windows_lead_back_to_the_characters_they_show():
    rng = random.Random(5)
    for _ in range(200):
        segments = parts(
            *("".join(rng.choices("abc😀", k=rng.choice([0, 1, 3, 70, 200]))) for _ in range(rng.randint(0, 6)))
        )
        spoken = [segment.text for segment in segments if segment.text]
        seen = list(windows(segments))
        assert len(seen) == 2 * max(0, len(spoken) - 1)
        for window in seen:
            for place in range(2, max(2, len(window.text) - 2)):
                for index, span in window.pieces_of(Span(place, place + 1, "URL", 1.0, "d/1", False)):
                    assert segments[index].text[span.start : span.end] == window.text[place]
