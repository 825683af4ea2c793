"""A text as the deep tagger's network reads it: sub-words, and what an uncased vocabulary doesn't tell of each word."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringfence.classify.tagger.features import COLUMNS, LEXICON_ROWS, SHAPE_ROWS, Lexicon, Words, words
from ringfence.classify.tagger.subwords import Subwords

ROW = 192
"""Sub-words of one row of the network, its begin and end mark among them; no word sees further than its row."""
OVERLAP = 64
"""Sub-words that two neighbouring rows of one text share."""
_AROUND = 9
_SHAPE, _LEXICON = COLUMNS.index("shape"), COLUMNS.index("lexicon")
MARK_ROWS = (1 + SHAPE_ROWS // _AROUND, 1 + _AROUND, 1 + LEXICON_ROWS)
"""Rows of the three tables added to a word's first sub-word: case and length, blanks around, lists. 0: no first one."""


class Reading(msgspec.Struct, frozen=True):
    """`ids` int32 [sub-words]; `marks` int32 [words, 3]; `first` int32 [words + 1]: where a word's sub-words begin."""

    words: Words
    ids: NDArray[np.int32]
    marks: NDArray[np.int32]
    first: NDArray[np.int32]


class Row(msgspec.Struct, frozen=True):
    """One stretch of words. `ids` int64 [at most ROW] with begin and end mark; `marks` int64 [as many, 3];
    `places`: where in `ids` the words' first sub-words stand; the words are `start` to `start + len(places)`."""

    start: int
    ids: NDArray[np.int64]
    marks: NDArray[np.int64]
    places: NDArray[np.int64]


def read(text: str, lexicon: Lexicon, subwords: Subwords) -> Reading:
    """A text of at most 65,536 code points."""
    found = words(text, lexicon)
    pieces = subwords.of(
        [text[start:end] for start, end in zip(found.starts.tolist(), found.ends.tolist(), strict=True)]
    )
    first = np.zeros(len(pieces) + 1, np.int32)
    np.cumsum([len(each) for each in pieces], out=first[1:])
    shape = found.features[:, _SHAPE]
    marks = np.stack([1 + shape // _AROUND, 1 + shape % _AROUND, 1 + found.features[:, _LEXICON]], 1)
    return Reading(found, np.array([piece for each in pieces for piece in each], np.int32), marks, first)


def row(reading: Reading, start: int, end: int, subwords: Subwords) -> Row:
    """The words `start` to `end` (exclusive) as one row."""
    inside = reading.ids[reading.first[start] : reading.first[end]]
    ids = np.concatenate(([subwords.begin], inside, [subwords.end])).astype(np.int64)
    places = (reading.first[start:end] - reading.first[start] + 1).astype(np.int64)
    marks = np.zeros((len(ids), len(MARK_ROWS)), np.int64)
    marks[places] = reading.marks[start:end]
    return Row(start, ids, marks, places)


def stretches(reading: Reading, overlap: int = OVERLAP) -> list[tuple[int, int, int]]:
    """(first word, last word + 1, first word to take) of rows that cover all words.

    Each row starts some `overlap` sub-words before the last one's end, at least one word further on than that one did;
    a word that two rows hold is taken from the one that shows more on its nearer side.
    """
    first, last = reading.first, len(reading.first) - 1
    found: list[tuple[int, int, int]] = []
    start = end = 0
    while end < last:
        done = end
        end = int(np.searchsorted(first, first[start] + ROW - 2, "right")) - 1
        found.append((start, end, (start + done + 1) // 2))
        start = max(start + 1, int(np.searchsorted(first, first[end] - overlap)))
    return found
