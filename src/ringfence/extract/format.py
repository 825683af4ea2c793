"""What a format is to this room, and what a reader is given."""

from __future__ import annotations

import functools
from collections.abc import Callable

import msgspec

from ringfence.extract.archive import names_in
from ringfence.extract.characters import Decoded, decode, looks_like_text
from ringfence.extract.output import Out

HEAD_BYTES = 64 * 1024


class File:
    """One file: its bytes, and what is said of it. `name` and `media_type` are a stranger's words."""

    def __init__(self, data: bytes, name: str = "", media_type: str = "") -> None:
        self.data = data
        self.name = name
        self.media_type, _, parameters = media_type.lower().partition(";")
        self.media_type = self.media_type.strip()
        self.charset = parameters.partition("charset=")[2].partition(";")[0].strip(" \"'")

    @functools.cached_property
    def suffix(self) -> str:
        """`.csv`, in lower case, or ""."""
        _, dot, suffix = self.name.rpartition(".")
        return dot + suffix.lower()

    @functools.cached_property
    def head(self) -> str:
        """The start of the file as text, "" where it is none."""
        start = self.data[:HEAD_BYTES]
        if not looks_like_text(start):
            return ""
        # A cut in the midst of a character costs one mark at the end.
        return decode(start, self.charset).text.lstrip()

    @functools.cached_property
    def members(self) -> frozenset[str]:
        """The names in a zip archive, in lower case; none where it is no archive, or a broken one."""
        return names_in(self.data) if self.data.startswith(b"PK") else frozenset()

    def holds(self, folder: str) -> bool:
        """Is there a member in this folder (`word/`)?"""
        return any(name.startswith(folder) for name in self.members)

    def text(self, out: Out) -> str:
        """The whole file as text. Notes a reason where its encoding is in doubt."""
        decoded: Decoded = decode(self.data, self.charset)
        if decoded.doubt:
            out.reason(decoded.doubt)
        return decoded.text


class Format(msgspec.Struct, frozen=True):
    """A format: how it is known and how it is read.

    `recognise`: is this it, by its bytes alone? Asked in the order of `certainty` (100: a magic number, 0: anything
    may be it). Only where no format of a certainty over 50 knows the bytes, `suffixes` (with their dot) and
    `media_types` decide. `read` puts the pieces out; whatever it raises makes the file PARTIAL. `reads` and `leaves`
    say in a phrase what is read and what is not; `source` is the specification.
    """

    kind: str
    certainty: int
    recognise: Callable[[File], bool]
    read: Callable[[File, Out], None]
    reads: str
    leaves: str
    source: str
    suffixes: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
