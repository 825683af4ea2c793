"""Spans inside a string that is itself JSON, such as the `arguments` of a tool call: cut between escapes, never in one.

Without this, masking `"\\nann@example.com"` would leave a lone backslash before a surrogate, and a value kept in its
escaped spelling would be escaped a second time when it comes back.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

import msgspec

# RFC 8259 section 7: a surrogate pair of \u escapes is one character.
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)


def is_json(text: str) -> bool:
    """Whether `text` is one JSON document."""
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def escapes(text: str) -> list[tuple[int, int]]:
    """Where the escapes of a JSON text stand, left to right. Code points, half-open."""
    return [escape.span() for escape in _ESCAPE.finditer(text)]


def widened(places: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The least span around [start, end) that cuts none of the escapes at `places` in two."""
    last = bisect_left(places, (start,)) - 1  # the last that begins before `start`; found at once, as texts are long
    if last >= 0 and start < places[last][1]:
        start = places[last][0]
    last = bisect_left(places, (end,)) - 1
    if last >= 0 and end < places[last][1]:
        end = places[last][1]
    return start, end


ESCAPED_BLANK = re.compile(r"\\(?:[bfnrt]|u000[89aAcCdD]|u00[aA]0)")


def narrowed(text: str, places: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """[start, end) without the rest of an escaped blank that it cuts: a pattern reads `\\nann@x.com` as `nann@x.com`,
    but the `n` is a line end."""
    for at, after in places[max(0, bisect_left(places, (start,)) - 1) :]:
        if at >= end:
            break
        if ESCAPED_BLANK.fullmatch(text, at, after):
            if at < start < after < end:
                start = after
            elif start < at < end < after:
                end = at
    return start, end


def value_of(piece: str) -> str | None:
    """What `piece` of a JSON string stands for, or None where it is not the inside of one string."""
    try:
        return msgspec.json.decode(f'"{piece}"', type=str)
    except msgspec.DecodeError:
        return None
