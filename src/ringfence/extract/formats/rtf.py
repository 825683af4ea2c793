"""Rich Text Format: its text, with the control words taken out."""

from __future__ import annotations

import re

from ringfence.extract.format import File, Format
from ringfence.extract.formats import text as plain
from ringfence.extract.output import Out

_TOKEN = re.compile(
    rb"\\u(-?\d{1,6}) ?(?:\\'[0-9a-fA-F]{2}|[?a-zA-Z])?|\\'([0-9a-fA-F]{2})|"
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\(.)|([{}])|[\r\n]+",
    re.DOTALL,
)
_BREAKS = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"cell": "\t", b"tab": "\t",
    b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
}  # fmt: skip
_SIGNS = {b"~": "\u00a0", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}


def read(file: File, out: Out) -> None:
    data = file.data
    if b"\\pict" in data or b"\\objdata" in data:
        out.reason("images or objects in it are not read. Send the text of them")
    made: list[str] = []
    at = 0
    for token in _TOKEN.finditer(data):
        made.append(data[at : token.start()].decode("cp1252", "replace"))
        at = token.end()
        letter, byte, word, _, sign, _ = token.groups()
        if letter is not None:
            made.append(chr(int(letter) % 0x10000))
        elif byte is not None:
            made.append(bytes([int(byte, 16)]).decode("cp1252", "replace"))
        elif word is not None:
            made.append(_BREAKS.get(word, ""))
        elif sign is not None:
            made.append(_SIGNS.get(sign, ""))
    made.append(data[at:].decode("cp1252", "replace"))
    plain.put(re.sub(r"\n{3,}", "\n\n", "".join(made)), out)


FORMAT = Format(
    kind="rtf",
    certainty=70,
    recognise=lambda file: file.data.startswith(b"{\\rtf"),
    read=read,
    reads="all text, also of headers, comments, fields, fonts' and styles' names",
    leaves="images and objects: PARTIAL",
    source="https://www.microsoft.com/en-us/download/details.aspx?id=10725 (RTF 1.9.1)",
    suffixes=(".rtf",),
    media_types=("application/rtf", "text/rtf"),
)
