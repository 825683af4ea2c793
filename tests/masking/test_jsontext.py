from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.masking.jsontext import escapes, is_json, value_of, widened


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ('"ab"', 1, 3, (1, 3)),
        (r'"\nann"', 2, 6, (1, 6)),  # the n of \n belongs to the escape, not to the name
        (r'"\\nann"', 3, 7, (3, 7)),  # an escaped backslash, then a real n
        (r'"a\u0041b"', 4, 9, (2, 9)),
        (r'"a\u0041b"', 1, 4, (1, 8)),
        (r'"\ud83d\ude00"', 7, 13, (1, 13)),
        (r'"\ud83d\ude00x"', 1, 7, (1, 13)),
        (r'"\ude00\ud83d"', 7, 13, (7, 13)),  # no pair
    ],
)
def test_a_span_never_cuts_an_escape(text: str, start: int, end: int, expected: tuple[int, int]) -> None:
    assert widened(escapes(text), start, end) == expected


@given(st.text(), st.data())
def test_every_widened_piece_of_a_string_has_a_value_and_the_pieces_join(text: str, data: st.DataObject) -> None:
    written = json.dumps(text, ensure_ascii=data.draw(st.booleans()))[1:-1]
    if not written:
        return
    start = data.draw(st.integers(0, len(written) - 1))
    end = data.draw(st.integers(start + 1, len(written)))
    low, high = widened(escapes(written), start, end)
    assert low <= start and end <= high
    pieces = [value_of(written[:low]), value_of(written[low:high]), value_of(written[high:])]
    assert None not in pieces
    assert "".join(p for p in pieces if p is not None) == text


@pytest.mark.parametrize("piece", ['a", "b', "a\n", "\\", "\\ud83d"])
def test_what_is_not_the_inside_of_one_string_has_no_value(piece: str) -> None:
    assert value_of(piece) is None


def test_is_json() -> None:
    assert is_json('{"a": [1, "b"]}')
    assert not is_json('{"a": [1, "b"')
    assert not is_json("")
    assert not is_json("[" * 100_000)
