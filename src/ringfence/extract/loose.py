"""The last resort for a file whose structure is not read: runs of printable characters, as `strings` finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringfence.extract.output import Out

# Bytes over 127 count as letters of Windows-1252; UTF-16 little-endian is what Windows programs write.
_NARROW = re.compile(rb"[\t\n\r\x20-\x7e\x80-\xff]{4,}")
_WIDE = re.compile(rb"(?:[\t\n\r\x20-\x7e\xa0-\xff]\x00){4,}")
_LETTERS = re.compile(r"[A-Za-z0-9@]{3}")
_PIECE_CHARACTERS = 64 * 1024


def put_loose_text(data: bytes, out: Out) -> None:
    for encoding, pattern in (("utf-16-le", _WIDE), ("cp1252", _NARROW)):
        held: list[str] = []
        count = 0
        for run in _runs(data, pattern, encoding):
            held.append(run)
            count += len(run) + 1
            if count > _PIECE_CHARACTERS:
                out.add("loose text", "\n".join(held))
                held, count = [], 0
        out.add("loose text", "\n".join(held))


def _runs(data: bytes, pattern: re.Pattern[bytes], encoding: str) -> Iterator[str]:
    for match in pattern.finditer(data):
        run = match[0].decode(encoding, "replace")
        if _LETTERS.search(run):
            yield run
