"""A text in rows of sub-words, as the deep tagger's network reads it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.classify.tagger.features import Lexicon, short, word_hash
from ringfence.classify.tagger.reading import MARK_ROWS, OVERLAP, ROW, read, row, stretches
from ringfence.classify.tagger.subwords import Subwords

VOCABULARY = Subwords(
    "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##a", "b", "##b", ",", "-", "1", "##1"]).encode()
)
WORDS = ["a", "Ab", "bbb", ",", "-" * 40, "1111", "ab" * 20]
LEXICON = Lexicon(short(np.array([word_hash("ab")], np.uint64)), np.array([63], np.uint8))


def test_every_word_has_its_sub_words_and_its_marks() -> None:
    reading = read("Ab, 111 zz", LEXICON, VOCABULARY)
    assert reading.ids.tolist() == [4, 7, 8, 10, 11, 11, 1]
    assert reading.first.tolist() == [0, 2, 3, 6, 7]
    assert reading.marks.shape == (4, 3)
    assert reading.marks[:, 2].tolist() == [64, 1, 1, 1]


def test_case_is_in_the_marks_and_not_in_the_sub_words() -> None:
    low, high = read("ab ba", LEXICON, VOCABULARY), read("ab Ba", LEXICON, VOCABULARY)
    assert low.ids.tolist() == high.ids.tolist()
    assert (low.marks != high.marks).any(1).tolist() == [False, True]


def test_a_row_stands_between_its_begin_and_end_mark_and_marks_first_sub_words_only() -> None:
    one = row(read("ab 11 a", LEXICON, VOCABULARY), 1, 3, VOCABULARY)
    assert one.ids.tolist() == [2, 10, 11, 4, 3]
    assert one.places.tolist() == [1, 3]
    assert (one.marks > 0).any(1).tolist() == [False, True, False, True, False]


def test_a_text_without_words_has_no_row() -> None:
    assert stretches(read(" \n", LEXICON, VOCABULARY)) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=900), st.integers(0, 150))
def test_rows_fit_and_each_word_is_taken_once_with_context_on_both_sides(parts: list[str], overlap: int) -> None:
    reading = read(" ".join(parts), LEXICON, VOCABULARY)
    rows = stretches(reading, overlap)
    taken = [start for _, _, start in rows[1:]]
    assert rows[0][0] == rows[0][2] == 0
    for (start, end, own), following in zip(rows, [*taken, len(reading.marks)], strict=True):
        assert start <= own < following <= end
        assert len(row(reading, start, end, VOCABULARY).ids) <= ROW
    if overlap == OVERLAP:
        for start, _, own in rows[1:]:
            assert reading.first[own] - reading.first[start] >= OVERLAP // 4


def test_marks_stay_below_their_tables() -> None:
    reading = read("AB ab Ab aB 1 12 123456789012345 , --- é 9999\nx\r\ny" * 20, LEXICON, VOCABULARY)
    assert (reading.marks >= 1).all()
    assert (reading.marks < np.array(MARK_ROWS)).all()


@pytest.mark.parametrize("overlap", [0, OVERLAP])
def test_a_long_text_makes_progress(overlap: int) -> None:
    rows = stretches(read("a " * 1000, LEXICON, VOCABULARY), overlap)
    assert rows[-1][1] == 1000
    assert len(rows) <= 1000 // (ROW - 2 - overlap) + 1
