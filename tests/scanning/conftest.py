"""What the tests of this room share: a searcher by patterns, and a reader of formats that is only pretended."""

from __future__ import annotations

import pytest

from ringfence.classify import Classifier
from ringfence.scanning.finder import Finder
from ringfence.scanning.searcher import Searcher
from ringfence.vocabulary.extracted import Extracted, Piece
from ringfence.vocabulary.text import Completeness

KEY = bytes(range(32))


class Reader:
    """Each line of a file is a piece: `where|context|text`; a file that begins with `!` can't be read."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def extract(self, data: bytes, name: str = "", media_type: str = "", timeout_s: float | None = None) -> Extracted:
        self.names.append(name)
        if data.startswith(b"!"):
            return Extracted("", (), Completeness.PARTIAL, ("it is broken",))
        parts = [line.split("|") for line in data.decode().splitlines()]
        pieces = tuple(Piece(where, text, context) for where, context, text in parts)
        return Extracted("fake", pieces, Completeness.COMPLETE)

    def close(self) -> None:
        self.names.append("closed")


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="session")
def finder() -> Finder:
    return Finder(Classifier(memory_key=KEY, clock=lambda: 0.0))


@pytest.fixture
def searcher(finder: Finder, reader: Reader) -> Searcher:
    return Searcher(finder, reader, KEY, show=True)
