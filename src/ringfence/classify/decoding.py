"""Encoded pieces of a text and what they say: base64, hexadecimal, percent, HTML entities, JSON and C escapes."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from decimal import Decimal
from unicodedata import category

from ringfence.classify.matching import compiled, find

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_LEAST = 12
"""Characters of base64 or hexadecimal that are worth a look: the nine digits of a social security number take 12."""
_SURROGATES = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = rf"\\(?:{_SURROGATES}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|x[0-9a-fA-F]{{2}}|[nrtbfv\"'/\\])"
_PERCENT = r"(?:%[0-9a-fA-F]{2})+"
_HTML = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
_SPACED_HEX = r"\b[0-9a-fA-F]{2}(?:[ :-][0-9a-fA-F]{2}){7,}\b"
# A number as some writers of JSON put it inside a string: 4.111111111111111E+15, 5362284120.0.
_NUMBER = r"\b\d{1,15}\.\d{4,15}[eE]\+?\d{1,2}\b|\b\d{7,19}\.0{1,4}\b"
_LINES = r"(?:[A-Za-z0-9+/]{60,76}\r?\n)*"
_RUN = rf"{_LINES}[A-Za-z0-9+/_-]{{{_LEAST},}}={{0,2}}"
_PIECES = compiled(f"{_ESCAPE}|{_PERCENT}|{_HTML}|{_SPACED_HEX}|{_NUMBER}|{_RUN}")
_MARKED = compiled(rf"[\\%&{_CONTROL}]|[A-Za-z0-9+/_-]{{{_LEAST}}}|(?:[0-9a-fA-F]{{2}}[ :-]){{7}}|{_NUMBER}")
_HEX = re.compile(r"(?:0[xX])?((?:[0-9a-fA-F]{2}){8,})\Z")
_WORDS = re.compile(rf"[A-Za-z0-9]{{{_LEAST},}}={{0,2}}")
_WHITE = "\0\t\n\v\f\r"
_ASCII_TEXT = bytes((*_WHITE.encode(), *range(0x20, 0x7F)))
_INKLESS = frozenset(("Zs", "Zl", "Zp", "Cf"))
_SIMPLE = dict(zip("nrtbfv\"'/\\", "\n\r\t\b\f\v\"'/\\", strict=True))


def may_be_encoded(text: str) -> bool:
    """A cheap test: False for plain text, which then costs nothing more."""
    return _MARKED.search(text.encode() if text.isascii() else text) is not None


def _readable(raw: bytes) -> str | None:
    """The bytes as text, or None where they are not text: most runs of letters decode to noise.

    Text in UTF-8 may hold characters without ink (a no-break space, a joiner, a byte order mark, a form feed). Of any
    other encoding (UTF-16, Latin-1, text within a binary file) seven bytes in eight must be ASCII text or zero; folding
    then drops the zeros.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        strange = len(raw.translate(None, _ASCII_TEXT))
        return raw.decode("latin-1") if 8 * strange <= len(raw) else None
    if text.isprintable():
        return text or None
    odd = {char for char in set(text) if not char.isprintable()}
    return None if any(char not in _WHITE and category(char) not in _INKLESS for char in odd) else text


def _base64(run: str) -> str | None:
    body = "".join(run.split()).rstrip("=").replace("-", "+").replace("_", "/")
    body = body[: len(body) - (len(body) % 4 == 1)]
    try:
        return _readable(base64.b64decode(body + "=" * (-len(body) % 4)))
    except binascii.Error:
        return None


def _hexadecimal(run: str) -> str | None:
    return _readable(bytes.fromhex(run))


def _escape(piece: str) -> str | None:
    if piece[1] not in "uUx":
        return _SIMPLE[piece[1]]
    if piece.count("\\u") == 2:
        high, low = int(piece[2:6], 16), int(piece[8:12], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    code = int(piece[2:], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None


def _run(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    piece = text[start:end]
    if match := _HEX.match(piece.strip("=")):
        said = _hexadecimal(match.group(1))
        if said is not None:
            yield start, end, said
            return
    said = _base64(piece)
    if said is not None:
        yield start, end, said
        return
    # A path or a dashed name around it may spoil the whole: look at its words.
    for word in _WORDS.finditer(piece):
        if len(word.group()) < len(piece) and (said := _base64(word.group())) is not None:
            yield start + word.start(), start + word.end(), said


def decoded_pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Each encoded piece: [start, end) in code points and the text that it stands for, in order, not overlapping."""
    for start, end in find(_PIECES, text):
        piece = text[start:end]
        said: str | None
        if piece[0] == "\\":
            said = _escape(piece)
        elif piece[0] == "%":
            said = _percent(piece)
        elif piece[0] == "&":
            said = html.unescape(piece)
        elif "." in piece:
            said = _whole_number(piece)
        elif piece[2] in " :-" and len(piece) >= 23 and _spaced(piece):
            said = _hexadecimal(piece.replace(":", "").replace("-", ""))
        else:
            yield from _run(text, start, end)
            continue
        if said is not None and said != piece and said.isascii() | _encodes(said):
            yield start, end, said


def _whole_number(piece: str) -> str | None:
    """The digits of a number that has no fraction: 4.1111E+15 -> 4111100000000000."""
    number = Decimal(piece)
    return format(number.to_integral_value(), "f") if number == number.to_integral_value() else None


def _spaced(piece: str) -> bool:
    return all(char in " :-" for char in piece[2::3])


def _percent(piece: str) -> str:
    raw = bytes.fromhex(piece.replace("%", ""))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _encodes(said: str) -> bool:
    """False for lone surrogates, which no UTF-8 text can hold."""
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in said)
