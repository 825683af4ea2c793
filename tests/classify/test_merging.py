"""Who wins an overlap, and that nothing found is left uncovered."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ringfence.classify.merging import Span, merge, without_parts

TEXT = "0123456789" * 6


def span(start, end, entity="PHONE_NUMBER", score=0.5, checked=False) -> Span:
    return Span(start, end, entity, score, "d/1", checked)


def shape(spans) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.entity) for one in spans]


def test_a_checksum_wins_over_length_and_the_rest_keeps_its_entity():
    merged = merge([span(0, 30, "URL", 0.9), span(10, 26, "CREDIT_CARD", 0.5, True)], TEXT)
    assert shape(merged) == [(0, 10, "URL"), (10, 26, "CREDIT_CARD"), (26, 30, "URL")]


def test_what_may_not_enter_the_vault_wins_over_length():
    merged = merge([span(0, 30, "URL", 0.9), span(10, 20, "API_KEY", 0.5)], TEXT)
    assert (10, 20, "API_KEY") in shape(merged)


def test_then_length_then_score():
    assert shape(merge([span(0, 9, "US_SSN", 0.9), span(0, 10, "PASSPORT", 0.4)], TEXT)) == [(0, 10, "PASSPORT")]
    assert shape(merge([span(0, 9, "DATE", 0.6), span(0, 9, "BIRTH_DATE", 0.8)], TEXT)) == [(0, 9, "BIRTH_DATE")]


def test_remainders_of_the_same_entity_and_bare_punctuation_join():
    assert shape(merge([span(0, 9), span(5, 12)], TEXT)) == [(0, 12, "PHONE_NUMBER")]
    text = "(55) 1234, x"
    merged = merge([span(1, 9, "US_SSN", 0.9, True), span(0, 10, "PHONE_NUMBER")], text)
    assert shape(merged) == [(0, 10, "US_SSN")]


def test_neighbours_that_do_not_overlap_stay_apart():
    assert shape(merge([span(0, 5), span(5, 9)], TEXT)) == [(0, 5, "PHONE_NUMBER"), (5, 9, "PHONE_NUMBER")]


def test_digits_of_a_longer_checked_number_are_no_number_of_their_own():
    iban, card = span(0, 27, "IBAN", 0.99, True), span(4, 20, "CREDIT_CARD", 0.99, True)
    other = span(20, 30, "PHONE_NUMBER")
    assert without_parts([card, iban, other, span(3, 9)]) == [iban, other]
    assert without_parts([span(0, 30, "URL"), card]) == [span(0, 30, "URL"), card]
    same = span(0, 27, "PHONE_NUMBER")
    assert without_parts([iban, same]) == [iban, same]


spans = st.lists(
    st.builds(
        lambda start, size, entity, score, checked: span(start, min(60, start + size), entity, score, checked),
        st.integers(0, 59),
        st.integers(1, 25),
        st.sampled_from(["URL", "US_SSN", "CREDIT_CARD", "PASSWORD", "PHONE_NUMBER"]),
        st.sampled_from([0.4, 0.8]),
        st.booleans(),
    ),
    max_size=12,
)


@given(spans, st.sampled_from([TEXT, "ab- c.1(" * 8]))
def test_merged_spans_are_sorted_apart_and_cover_exactly_what_was_found(found, text):
    merged = merge(found, text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(merged))
    assert all(one.start < one.end for one in merged)
    assert {i for one in merged for i in range(one.start, one.end)} == {
        i for one in found for i in range(one.start, one.end)
    }
    assert {one.entity for one in merged} <= {one.entity for one in found}


@given(spans)
def test_a_checked_character_never_goes_to_an_unchecked_span(found):
    for one in merge(found, TEXT):
        for place in range(one.start, one.end):
            over = [other for other in found if other.start <= place < other.end]
            if any(other.checked for other in over):
                assert one.checked
