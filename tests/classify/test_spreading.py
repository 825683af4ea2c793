"""A value found once is found everywhere in the request."""

from __future__ import annotations

from ringfence.classify.sources import Provenance
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Place, Segment

GENERAL = Provenance(handles=(Label.GENERAL,))


def found(classifier, *segments: Segment) -> list[tuple[str, int, int, str]]:
    return [(f.segment, f.start, f.end, f.entity) for f in classifier.classify(segments, (), GENERAL).findings]


def test_a_record_number_needs_its_label_only_once(classifier):
    hits = found(
        classifier,
        Segment("/messages/0/content", "user", "Compare 00482913 with last year."),
        Segment("/metadata/note", "metadata", "MRN: 00482913"),
        Segment("/tools/0/n", "tool", "00482913", Place.NUMBER),
        Segment("/x", "metadata", "00482913", Place.KEY),
    )
    assert [(pointer, entity) for pointer, *_, entity in hits] == [
        (pointer, "MEDICAL_RECORD_NUMBER") for pointer in ("/messages/0/content", "/metadata/note", "/tools/0/n", "/x")
    ]
    assert hits[0][1:3] == (8, 16)


def test_digits_are_found_without_their_separators(classifier):
    hits = found(
        classifier,
        Segment("/messages/0/content", "user", "SSN 536-22-8412."),
        Segment("/metadata/a", "metadata", "key 536228412"),
    )
    assert ("/metadata/a", 4, 13, "US_SSN") in hits


def test_parts_of_words_and_short_or_common_values_do_not_spread(classifier):
    hits = found(
        classifier,
        Segment("/messages/0/content", "user", "MRN 4471, seen 2024-01-02, CVV 123, account 1234567"),
        Segment("/metadata/a", "metadata", "4471 and 123 and 91234567 and x1234567"),
    )
    assert [pointer for pointer, *_ in hits if pointer == "/metadata/a"] == []
