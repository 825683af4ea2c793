"""The sub-words of an uncased BERT vocabulary."""

from __future__ import annotations

import pytest

from ringfence.classify.tagger.subwords import MOST, Subwords

ENTRIES = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "jo",
    "##sep",
    "##h",
    "jose",
    "joseph",
    "-",
    ".",
    "...",
    "a",
    "##a",
    "1",
    "##2",
    "##1",
]


@pytest.fixture
def subwords() -> Subwords:
    return Subwords("\n".join(ENTRIES).encode())


def names(subwords: Subwords, *words: str) -> list[list[str]]:
    return [[ENTRIES[number] for number in numbers] for numbers in subwords.of(words)]


def test_a_word_of_the_vocabulary_is_one_piece_in_any_case_and_with_any_accent(subwords: Subwords) -> None:
    assert names(subwords, "Joseph", "JOSEPH", "José", "jose\u0301") == [["joseph"], ["joseph"], ["jose"], ["jose"]]


def test_the_longest_beginning_is_taken_first(subwords: Subwords) -> None:
    assert names(subwords, "joseph", "josephh", "121") == [["joseph"], ["joseph", "##h"], ["1", "##2", "##1"]]


def test_what_the_vocabulary_lacks_in_part_is_unknown_as_a_whole(subwords: Subwords) -> None:
    assert names(subwords, "jox", "zoe", "§") == [["[UNK]"], ["[UNK]"], ["[UNK]"]]


def test_marks_are_taken_one_by_one(subwords: Subwords) -> None:
    assert names(subwords, "...", "--") == [[".", ".", "."], ["-", "-"]]


def test_long_words_are_cut_and_very_long_ones_unknown(subwords: Subwords) -> None:
    assert names(subwords, "a" * 50, "-" * 500, "a" * 101) == [["a"] + ["##a"] * (MOST - 1), ["-"] * MOST, ["[UNK]"]]


def test_what_is_no_vocabulary_is_refused() -> None:
    with pytest.raises(KeyError):
        Subwords(b"some\nwords")
