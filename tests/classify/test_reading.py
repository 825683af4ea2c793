"""One text through all views and detectors: numbers in all forms, context, and hostile texts in bounded time."""

from __future__ import annotations

import base64
import random
import time

import pytest

from ringfence.classify import detectors
from ringfence.classify.patterns import Patterns
from ringfence.classify.reading import Reader

READER = Reader(Patterns(detectors.all()))
SIZE = 100_000
SECONDS = 5.0


def found(text: str, context: str = "") -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.entity) for span in READER.read(text, context).spans]


def test_context_stands_before_the_text_and_is_never_in_a_span():
    assert found("536228412", "patient ssn") == [(0, 9, "US_SSN")]
    assert found("536228412") == []
    assert found("x", "john@example.org") == []


def test_one_identifier_in_several_views_is_one_span():
    assert found("jo@example.org \\u0041 １") == [(0, 14, "EMAIL_ADDRESS")]


def test_a_number_is_covered_whole_in_every_form():
    for text in ("4111111111111111.0", "4.111111111111111e15"):
        spans = READER.read_number(text).spans
        assert [(span.entity, span.start, span.end) for span in spans] == [("CREDIT_CARD", 0, len(text))]
    assert READER.read_number("4.5").spans == () and READER.read_number("1e999999").spans == ()


def _hostile() -> dict[str, str]:
    rng = random.Random(9)
    pieces = {
        "digits": "".join(rng.choices("0123456789", k=SIZE)),
        "spaced digits": " ".join(rng.choices("0123456789", k=SIZE // 2)),
        "groups": " ".join(str(rng.randint(1000, 9999)) for _ in range(SIZE // 5)),
        "dots": ".".join(str(rng.randint(0, 255)) for _ in range(SIZE // 4)),
        "base64": base64.b64encode(rng.randbytes(SIZE * 3 // 4)).decode(),
        "any script": "".join(chr(rng.randint(1, 0x2FFF)) for _ in range(SIZE)),
        "list": "MRN " + ", ".join("1234567" for _ in range(SIZE // 9)),
    }
    for unit in (
        "a@",
        "a.",
        "password: ",
        "http://",
        "-----BEGIN PRIVATE KEY-----",
        "%41",
        r"\u0041",
        "1\u200b",
        "41 ",
    ):
        pieces[unit] = unit * (SIZE // len(unit))
    for unit in ("PuTTY-User-Key-File-2:", "&lt;", "call 555-234-5678, ", "12 Main ", "x.com/", "ssn ", "eyJ", "é1-"):
        pieces[unit] = unit * (SIZE // len(unit))
    return pieces


HOSTILE = _hostile()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_bounded_time(name):
    start = time.perf_counter()
    assert READER.read(HOSTILE[name]).whole
    assert time.perf_counter() - start < SECONDS
