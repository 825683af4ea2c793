"""Plain text, in pieces that end where a line does."""

from __future__ import annotations

from ringfence.extract.format import File, Format
from ringfence.extract.output import Out

# A piece is no longer than this, so that a long file can be searched while it is read. The cut is at a blank line
# where there is one near, so that an address or a key block is not cut in two.
PIECE_CHARACTERS = 256 * 1024
_NEAR_CHARACTERS = 16 * 1024


def read(file: File, out: Out) -> None:
    put(file.text(out), out)


def put(text: str, out: Out, where: str = "", line: int = 1) -> None:
    """The text, which starts on `line`, as pieces with the line on which each starts."""
    start = 0
    while start < len(text):
        end = _end(text, start)
        piece = text[start:end]
        out.add(where, piece, "", line)
        line += piece.count("\n")
        start = end


def _end(text: str, start: int) -> int:
    """Where the piece from `start` ends: a blank line, else a line, else a space, else anywhere."""
    most = start + PIECE_CHARACTERS
    if most >= len(text):
        return len(text)
    for mark in ("\n\n", "\n\r\n", "\n", " "):
        cut = text.rfind(mark, most - _NEAR_CHARACTERS, most)
        if cut > start:
            return cut + len(mark)
    return most


FORMAT = Format(
    kind="text",
    certainty=1,
    recognise=lambda file: bool(file.head) or not file.data,
    read=read,
    reads="all of it, as UTF-8, UTF-16, UTF-32, or Windows-1252 where it is none of these",
    leaves="nothing; another encoding than these is read with wrong letters, and said so",
    source="https://www.unicode.org/versions/latest/",
    suffixes=(".txt", ".text", ".log", ".md", ".hl7", ".ics", ".vcf"),
    media_types=("text/plain", "text/markdown"),
)
