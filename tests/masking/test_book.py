from __future__ import annotations

import random
from itertools import chain, repeat

import pytest

from ringfence.masking.book import MemoryBook, draw_unused
from ringfence.masking.surrogates import body_of, draw
from ringfence.vocabulary.errors import VaultError


def never(_surrogate: str) -> bool:
    return False


def test_the_same_text_keeps_its_surrogate_and_every_other_text_or_entity_gets_its_own() -> None:
    book = MemoryBook(random.Random(1).randbytes)
    first = book.surrogate("EMAIL_ADDRESS", "Ann@x.com", never)
    assert book.surrogate("EMAIL_ADDRESS", "Ann@x.com", never) == first
    others = {book.surrogate("EMAIL_ADDRESS", "ann@x.com", never), book.surrogate("URL", "Ann@x.com", never)}
    assert first not in others and len(others) == 2
    assert book.original(first) == "Ann@x.com"
    assert book.original("PHONE-K7Q2XD9F") is None
    assert set(book.originals().values()) == {"Ann@x.com", "ann@x.com"}
    book.commit()


def test_a_random_source_that_repeats_gives_no_surrogate_twice() -> None:
    source = chain([b"a" * 16, b"a" * 16, b"b" * 16], repeat(b"a" * 16))
    book = MemoryBook(lambda _size: next(source))
    assert book.surrogate("URL", "one", never) != book.surrogate("URL", "two", never)
    with pytest.raises(VaultError, match="64 random draws") as caught:
        book.surrogate("URL", "three", never)
    assert "random source" in caught.value.remedy


def test_bodies_are_unique_across_entities() -> None:
    book = MemoryBook(lambda _size: b"a" * 16)
    book.surrogate("URL", "one", never)
    with pytest.raises(VaultError):
        book.surrogate("EMAIL_ADDRESS", "two", never)


def test_what_is_to_be_avoided_is_drawn_again() -> None:
    first = draw("ZIP_CODE", random.Random(5).randbytes)
    second = draw_unused("ZIP_CODE", random.Random(5).randbytes, lambda s: s == first)
    assert body_of(second) != body_of(first)
