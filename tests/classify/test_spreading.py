"""A value found once is found everywhere in the request."""

from __future__ import annotations

import time

from ringfence.classify.merging import Span
from ringfence.classify.sources import Provenance
from ringfence.classify.spreading import everywhere
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Place, Segment

SPAN = Span(0, 1, "ACCOUNT_NUMBER", 0.9, "d/1", False)
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


def test_many_values_are_found_as_few_are():
    few = {f"({i}) 55-{i:04}x": SPAN for i in range(20)} | {"MRN-00482913": SPAN, "00482913": SPAN}
    many = few | {f"other {i}": SPAN for i in range(200)}
    texts = ["a (3) 55-0003x b MRN-00482913", "00482913, 1004829133 and (7) 55-0007x."]
    found = set(everywhere(few, texts, lambda: False))
    assert len(found) == 5 and found == set(everywhere(many, texts, lambda: False))


def test_many_values_in_a_long_text_take_no_square_time():
    values = {f"9{i:07}": SPAN for i in range(20000)}
    text = " ".join(values)
    start = time.thread_time()
    assert sum(1 for _ in everywhere(values, [text], lambda: False)) == len(values)
    assert time.thread_time() - start < 2
