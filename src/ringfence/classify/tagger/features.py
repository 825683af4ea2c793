"""Text -> words, and numbers that describe each word, all at once with numpy: 2 KB of text take some 0.2 ms.

Training and serving use this one file: a model only fits the features that it was trained with (`VERSION`).
"""

from __future__ import annotations

import functools
import unicodedata

import msgspec
import numpy as np
from numpy.typing import NDArray

VERSION = 2
WORD_ROWS, PIECE_ROWS, LEXICON_ROWS = 1 << 16, 1 << 14, 128
_SPACE, _LOWER, _UPPER, _DIGIT, _MARK = range(5)
_LENGTHS, _GAPS = 16, 3
SHAPE_ROWS = 6 * _LENGTHS * _GAPS * _GAPS
COLUMNS = ("word", "prefix3", "suffix3", "prefix2", "suffix4", "shape", "lexicon")
ROWS = (WORD_ROWS, PIECE_ROWS, PIECE_ROWS, PIECE_ROWS, PIECE_ROWS, SHAPE_ROWS, LEXICON_ROWS)

# A polynomial over 64 bits: any odd factor has an inverse, so that the hash of a slice comes from two prefix sums.
_FACTOR = 0x9E3779B97F4A7C15
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_LONGEST = 1 << 16
_PLANE = 1 << 16


class Words(msgspec.Struct, frozen=True):
    """The words of one text. `starts`, `ends`: code points, half-open; `kinds`: 0 letters, 1 digits, 2 anything else.

    `features`: int32 [words, len(COLUMNS)], each column below its number in `ROWS`.
    """

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    kinds: NDArray[np.int8]
    features: NDArray[np.int32]


class Lexicon(msgspec.Struct, frozen=True):
    """Which lists a word stands in: `hashes` uint32, sorted (see `short`); `lists` uint8, a bit for each list."""

    hashes: NDArray[np.uint32]
    lists: NDArray[np.uint8]

    def of(self, hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
        if not len(self.hashes):
            return np.zeros(len(hashes), np.int32)
        wanted = short(hashes)
        place = np.searchsorted(self.hashes, wanted)
        place[place == len(self.hashes)] = 0
        return np.where(self.hashes[place] == wanted, self.lists[place], 0).astype(np.int32)


def short(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Word hashes as a lexicon keeps them: of half a million words, one in 8,000 shares its number with another."""
    return (_mixed(hashes) >> np.uint64(32)).astype(np.uint32)


@functools.cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint64], NDArray[np.uint64]]:
    """By code point below 65,536: its kind, and its letter in lower case without accents. By position: powers."""
    kinds = np.full(_PLANE, _MARK, np.uint8)
    plain = np.arange(_PLANE, dtype=np.uint32)
    for code in range(_PLANE):
        letter = chr(code)
        category = unicodedata.category(letter)
        if letter.isspace() or category == "Cc":
            kinds[code] = _SPACE
        elif category == "Nd":
            kinds[code] = _DIGIT
        elif category in ("Lu", "Lt"):
            kinds[code] = _UPPER
        elif category[0] in "LM":
            kinds[code] = _LOWER
        if code < 0x250 or 0x1E00 <= code < 0x1F00:  # Latin
            base = unicodedata.normalize("NFD", letter)[0].lower()
            plain[code] = ord(base[0])
        elif category == "Lu" and len(letter.lower()) == 1:
            plain[code] = ord(letter.lower())
    powers = np.empty(_LONGEST + 1, np.uint64)
    inverses = np.empty(_LONGEST + 1, np.uint64)
    power = inverse = 1
    for place in range(_LONGEST + 1):
        powers[place], inverses[place] = power, inverse
        power, inverse = power * _FACTOR % (1 << 64), inverse * _INVERSE % (1 << 64)
    return kinds, plain, powers, inverses


def word_hash(word: str) -> int:
    """The hash of one word, as `words` computes it: for building a lexicon."""
    _, plain, _, _ = _tables()
    total = 0
    for place, letter in enumerate(word):
        code = ord(letter)
        total += (int(plain[code]) if code < _PLANE else code) * pow(_FACTOR, place, 1 << 64)
    return total % (1 << 64)


def words(text: str, lexicon: Lexicon) -> Words:
    """The words of a text of at most 65,536 code points: runs of letters, runs of digits, runs of one other mark."""
    kinds_of, plain_of, powers, inverses = _tables()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    flat = np.where(codes < _PLANE, codes, 0xFFFD)
    kinds, plain = kinds_of[flat], plain_of[flat]
    group = np.where(kinds == _UPPER, np.uint8(_LOWER), kinds)
    # Where a word begins, and one past where it ends.
    change = np.ones(len(codes) + 1, bool)
    change[1:-1] = (group[1:] != group[:-1]) | ((group[1:] == _MARK) & (plain[1:] != plain[:-1]))
    edges = np.flatnonzero(change)
    starts, ends = edges[:-1], edges[1:]
    keep = group[starts] != _SPACE if len(codes) else np.zeros(0, bool)
    starts, ends = starts[keep], ends[keep]
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(plain.astype(np.uint64) * powers[: len(codes)], out=sums[1:])

    def hashed(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.uint64]:
        return (sums[last] - sums[first]) * inverses[first]

    whole = hashed(starts, ends)
    features = np.empty((len(starts), len(COLUMNS)), np.int32)
    features[:, 0] = _row(whole, WORD_ROWS)
    features[:, 1] = _row(hashed(starts, np.minimum(starts + 3, ends)), PIECE_ROWS)
    features[:, 2] = _row(hashed(np.maximum(ends - 3, starts), ends) + np.uint64(1), PIECE_ROWS)
    features[:, 3] = _row(hashed(starts, np.minimum(starts + 2, ends)) + np.uint64(2), PIECE_ROWS)
    features[:, 4] = _row(hashed(np.maximum(ends - 4, starts), ends) + np.uint64(3), PIECE_ROWS)
    features[:, 5] = _shapes(codes, kinds, plain, starts, ends)
    features[:, 6] = lexicon.of(whole)
    word_kinds = np.select([group[starts] == _LOWER, group[starts] == _DIGIT], [0, 1], 2) if len(starts) else starts
    return Words(starts.astype(np.int32), ends.astype(np.int32), word_kinds.astype(np.int8), features)


def _row(hashes: NDArray[np.uint64], rows: int) -> NDArray[np.int32]:
    return (_mixed(hashes) >> np.uint64(64 - rows.bit_length() + 1)).astype(np.int32)


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread over all 64 bits, the upper ones above all."""
    return (hashes ^ (hashes >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)


def _shapes(
    codes: NDArray[np.uint32],
    kinds: NDArray[np.uint8],
    plain: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> NDArray[np.int32]:
    """Case or kind, length (for digits: the range of the value), and what stands before and after."""
    if not len(starts):
        return np.zeros(0, np.int32)
    lengths = ends - starts
    upper = np.concatenate(([0], np.cumsum(kinds == _UPPER)))
    uppers = upper[ends] - upper[starts]
    first = kinds[starts]
    form = np.select(
        [first == _DIGIT, first == _MARK, uppers == 0, (uppers == 1) & (first == _UPPER), uppers == lengths],
        [4, 5, 0, 1, 2],
        3,
    )
    size = np.minimum(lengths, _LENGTHS) - 1
    size = np.where(form == 4, _value_range(codes, starts, lengths), size)
    lines = np.concatenate(([0], np.cumsum((codes == 10) | (codes == 13))))
    before = np.concatenate(([2], np.where(lines[starts[1:]] > lines[ends[:-1]], 2, starts[1:] > ends[:-1])))
    after = np.concatenate((before[1:], [2]))
    return (((form * _LENGTHS + size) * _GAPS + before) * _GAPS + after).astype(np.int32)


def _value_range(codes: NDArray[np.uint32], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """0-15: a day, a month, an age, an age over 89, a year, or only how long the number is."""
    value = np.zeros(len(starts), np.int64)
    for place in range(4):
        within = lengths > place
        digit = codes[np.minimum(starts + place, len(codes) - 1)].astype(np.int64) - 48
        value = np.where(within, value * 10 + np.clip(digit, 0, 9), value)
    by_value = np.select(
        [value <= 12, value <= 31, value < 90, value < 116, value < 1900, value < 2040],
        [0, 1, 2, 3, 4, 5],
        6,
    )
    return np.where(lengths <= 4, np.where(lengths == 1, 7, by_value), np.minimum(lengths, 12) + 3)
