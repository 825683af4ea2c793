"""Runs of letters that stand for a text: base64 (also of a gzip file) and hexadecimal."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from unicodedata import category

from ringfence.classify.matching import compiled, find

_LEAST = 12
"""Characters of base64 or hexadecimal that are worth a look: the nine digits of a social security number take 12."""
_LEAST_PADDED = 6
"""Fewer where an equals sign at the end says that it is base64."""
_INFLATED = 1 << 16
"""Bytes that compressed pieces may give beyond the length of the text that holds them; the rest stays as it is."""
_SPACED_HEX = r"\b[0-9a-fA-F]{2}(?:[ :-][0-9a-fA-F]{2}){7,}\b"
_LINES = r"(?:[A-Za-z0-9+/]{60,76}\r?\n)*"
_RUN = rf"{_LINES}[A-Za-z0-9+/_-]{{{_LEAST},}}={{0,2}}|[A-Za-z0-9+/]{{{_LEAST_PADDED},}}={{1,2}}"
_PIECES = compiled(f"{_SPACED_HEX}|{_RUN}")
_MARKED = compiled(rf"[A-Za-z0-9+/_-]{{{_LEAST}}}|[A-Za-z0-9+/]{{{_LEAST_PADDED}}}=|(?:[0-9a-fA-F]{{2}}[ :-]){{7}}")
_HEX = re.compile(r"(?:0[xX])?((?:[0-9a-fA-F]{2}){8,})\Z")
_WORDS = re.compile(rf"[A-Za-z0-9]{{{_LEAST},}}={{0,2}}")
_WHITE = "\0\t\n\v\f\r"
_ASCII_TEXT = bytes((*_WHITE.encode(), *range(0x20, 0x7F)))
_INKLESS = frozenset(("Zs", "Zl", "Zp", "Cf"))
_GZIP, _ZLIB = b"\x1f\x8b\x08", (b"x\x01", b"x\x9c", b"x\xda")


def may_hold_blobs(text: str) -> bool:
    """A cheap test: False for plain text, which then costs nothing more."""
    return _MARKED.search(text) is not None


def decoded_blobs(text: str) -> Iterator[tuple[int, int, str]]:
    """Each encoded run: [start, end) in code points and the text that it stands for, in order, not overlapping."""
    left = len(text) + _INFLATED
    for start, end in find(_PIECES, text):
        piece = text[start:end]
        if piece[2] in " :-" and len(piece) >= 23 and all(char in " :-" for char in piece[2::3]):
            said = _readable(bytes.fromhex(piece.replace(":", "").replace("-", "")))
            if said is not None:
                yield start, end, said
            continue
        for first, last, said in _run(text, start, end, left):
            left -= max(0, len(said) - (last - first))
            yield first, last, said


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


def _inflated(raw: bytes, most: int) -> bytes:
    """The content of gzip or zlib data, as far as it is sound and at most `most` bytes; other bytes as they are."""
    if most <= 0 or not raw.startswith((_GZIP, *_ZLIB)):
        return raw
    try:
        return zlib.decompressobj(wbits=47).decompress(raw, most)
    except zlib.error:
        return raw


def _base64(run: str, most: int) -> str | None:
    body = "".join(run.split()).rstrip("=").replace("-", "+").replace("_", "/")
    body = body[: len(body) - (len(body) % 4 == 1)]
    try:
        return _readable(_inflated(base64.b64decode(body + "=" * (-len(body) % 4)), most))
    except binascii.Error:
        return None


def _run(text: str, start: int, end: int, most: int) -> Iterator[tuple[int, int, str]]:
    piece = text[start:end]
    # A word: base64 of three digits in a row has a capital, and of other texts nearly always.
    if piece.isalpha() and piece[1:].islower():
        return
    if match := _HEX.match(piece.strip("=")):
        said = _readable(_inflated(bytes.fromhex(match.group(1)), most))
        if said is not None:
            yield start, end, said
            return
    said = _base64(piece, most)
    if said is not None:
        yield start, end, said
        return
    # A path or a dashed name around it may spoil the whole: look at its words.
    for word in _WORDS.finditer(piece):
        if len(word.group()) < len(piece) and (said := _base64(word.group(), most)) is not None:
            yield start + word.start(), start + word.end(), said
