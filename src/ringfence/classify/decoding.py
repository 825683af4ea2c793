"""Characters written as something else: percent and quoted-printable, HTML entities, JSON and C escapes, emphasis in
the middle of a number, numbers with an exponent, digits spelled as words."""

from __future__ import annotations

import html
from collections.abc import Iterator
from decimal import Decimal

from ringfence.classify import spelling
from ringfence.classify.matching import compiled, find

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_SURROGATES = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPE = rf"\\(?:{_SURROGATES}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|x[0-9a-fA-F]{{2}}|[nrtbfv\"'/\\])"
_PERCENT = r"(?:%[0-9a-fA-F]{2})+"
_HTML = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
# A number as some writers of JSON put it inside a string: 4.111111111111111E+15, 5362284120.0.
_NUMBER = r"\b\d{1,15}\.\d{4,15}[eE]\+?\d{1,2}\b|\b\d{7,19}\.0{1,4}\b"
# RFC 2045, 6.7. One code alone is more often a query's `a=41`.
_QUOTED = r"=3D|=20\r?\n|(?:=[0-9A-F]{2}){2,}"
_SOFT_BREAK = r"=\r?\n"
# Markdown around some digits of a number, and a number that a dash carries over to the next line.
_EMPHASIS = r"\d(?:(?:[-. ]?(?:\*{1,3}|__|~~|`)){1,2}[-. ]?\d+)+"
_WRAPPED = r"\d(?:-[ \t]*\r?\n[> \t]*\d+)+"
_PLAIN_PIECES = f"{_ESCAPE}|{_PERCENT}|{_HTML}|{_NUMBER}|{_QUOTED}|{_EMPHASIS}|{_WRAPPED}|{spelling.SPELLED}"
_PIECES = compiled(_PLAIN_PIECES)
_PIECES_OF_MAIL = compiled(f"{_SOFT_BREAK}|{_PLAIN_PIECES}")
_MAIL = compiled(r"=[0-9A-F]{2}[\s\S]*=\r?\n|=\r?\n[\s\S]*=[0-9A-F]{2}")
_MARKED = compiled(rf"[\\%&{_CONTROL}]|{_NUMBER}|{_QUOTED}|{_EMPHASIS}|{_WRAPPED}|{spelling.SPELLED}")
_SIMPLE = dict(zip("nrtbfv\"'/\\", "\n\r\t\b\f\v\"'/\\", strict=True))


def may_be_encoded(text: str) -> bool:
    """A cheap test: False for plain text, which then costs nothing more."""
    return _MARKED.search(text) is not None


def decoded_pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Each encoded piece: [start, end) in code points and the text that it stands for, in order, not overlapping."""
    mail = "=\n" in text.replace("\r", "") and _MAIL.search(text) is not None
    for start, end in find(_PIECES_OF_MAIL if mail else _PIECES, text):
        piece = text[start:end]
        said: str | None
        if piece[0] == "\\":
            said = _escape(piece)
        elif piece[0] == "%":
            said = _bytes(piece.replace("%", ""))
        elif piece[0] == "&":
            said = html.unescape(piece)
        elif piece[0] == "=":
            said = _quoted(piece)
        elif piece[0].isalpha():
            said = spelling.number(piece)
        elif piece[-1].isdigit() and any(mark in piece for mark in "*_~`\n"):
            marks = "> \t\r\n" if "\n" in piece else "*_~`"
            said = "".join(char for char in piece if char not in marks)
        else:
            said = _whole_number(piece)
        if said is not None and said != piece and said.isascii() | _encodes(said):
            yield start, end, said


def _escape(piece: str) -> str | None:
    if piece[1] not in "uUx":
        return _SIMPLE[piece[1]]
    if piece.count("\\u") == 2:
        high, low = int(piece[2:6], 16), int(piece[8:12], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    code = int(piece[2:], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else None


def _whole_number(piece: str) -> str | None:
    """The digits of a number that has no fraction: 4.1111E+15 -> 4111100000000000."""
    number = Decimal(piece)
    return format(number.to_integral_value(), "f") if number == number.to_integral_value() else None


def _quoted(piece: str) -> str:
    codes = piece.rstrip("\r\n")
    return "" if codes == "=" else _bytes(codes.replace("=", "")) + piece[len(codes) :]


def _bytes(codes: str) -> str:
    raw = bytes.fromhex(codes)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _encodes(said: str) -> bool:
    """False for lone surrogates, which no UTF-8 text can hold."""
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in said)
