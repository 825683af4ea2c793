"""Plain text: told apart from what has a format, and turned from bytes into text.

It is searched as it stands, in this process: handing notes to the reader of formats and back would only cost time.
"""

from __future__ import annotations

from ringfence.extract import characters
from ringfence.extract.format import File
from ringfence.extract.formats.text import FORMAT

HEAD_BYTES = 4096
"""Bytes of a file's beginning that tell what it is."""
_MARKED = (b"%PDF", b"{\\rtf", b"<")
_CONTROLS = bytes(set(range(32)) - set(b"\a\b\t\n\v\f\r\x1b"))


def is_plain(head: bytes, name: str) -> bool:
    """Whether a file that begins with `head` is plain text beyond doubt: by its name, and nothing speaks against it."""
    begin = head[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return File(b"", name).suffix in FORMAT.suffixes and not begin.startswith(_MARKED) and is_text(head)


def is_text(head: bytes) -> bool:
    """Whether it is text of one byte for each ASCII character, so that it can be cut anywhere."""
    return len(head.translate(None, _CONTROLS)) == len(head)


def decoded(data: bytes) -> tuple[str, str]:
    """The text, and a reason where its encoding is in doubt."""
    if data.isascii():
        return data.decode("ascii"), ""
    found = characters.decode(data)
    return found.text, found.doubt


def split(before: bytes, core: bytes, after: bytes) -> tuple[str, str, str]:
    """Three neighbouring pieces of a text, each decoded; a character on a border belongs to the piece it begins in."""
    own, next_ = _tail(core) if before else 0, _tail(after)
    before, core, after = before + core[:own], core[own:] + after[:next_], after[next_:]
    left, own_text, right = (decoded(piece)[0] for piece in (before[_tail(before) :], core, after))
    return left, own_text, right


def _tail(data: bytes) -> int:
    """How many bytes at the beginning go on with a character of UTF-8 that began before."""
    return next((place for place, byte in enumerate(data[:4]) if byte & 0xC0 != 0x80), 0)
