"""Words -> the sub-words of an uncased BERT vocabulary (WordPiece, https://arxiv.org/abs/1609.08144 section 4.1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

MOST = 12
"""Sub-words kept of one word: the rest of a long code or of a line of dashes says nothing more."""
_LONGEST = 100
"""Letters of a word that is still looked up; longer ones are unknown, as in the original tokenizer."""


class Subwords:
    """INVARIANT: keeps no word from one call to the next."""

    def __init__(self, vocabulary: bytes) -> None:
        """`vocabulary`: the text of vocab.txt, one sub-word a line. Raises KeyError where it is no BERT vocabulary."""
        self._numbers = {line: number for number, line in enumerate(vocabulary.decode("utf-8").split("\n")) if line}
        self._unknown, self.begin, self.end, self.padding = (
            self._numbers[name] for name in ("[UNK]", "[CLS]", "[SEP]", "[PAD]")
        )

    def of(self, words: Sequence[str]) -> list[list[int]]:
        """For each word its sub-words' numbers: 1 to `MOST` of them."""
        seen: dict[str, list[int]] = {}
        found = []
        for word in words:
            numbers = seen.get(word)
            if numbers is None:
                numbers = seen[word] = self._word(word)
            found.append(numbers)
        return found

    def _word(self, word: str) -> list[int]:
        plain = word.lower() if word.isascii() else _plain(word)
        if not plain[:1].isalnum():
            return [self._numbers.get(mark, self._unknown) for mark in plain[:MOST]] or [self._unknown]
        whole = self._numbers.get(plain)
        if whole is not None:
            return [whole]
        return self._pieces(plain) if len(plain) <= _LONGEST else [self._unknown]

    def _pieces(self, plain: str) -> list[int]:
        """The longest sub-word first, again and again; a word with a part that the vocabulary lacks is unknown."""
        numbers: list[int] = []
        start = 0
        while start < len(plain):
            end = len(plain)
            while end > start and (mark := ("##" if start else "") + plain[start:end]) not in self._numbers:
                end -= 1
            if end == start:
                return [self._unknown]
            numbers.append(self._numbers[mark])
            start = end
        return numbers[:MOST]


def _plain(word: str) -> str:
    """In lower case, without accents."""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(letter) != "Mn"
    )
