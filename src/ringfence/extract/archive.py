"""A zip archive, unpacked member by member in memory and never beyond the bounds. No member's name is ever a path."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from ringfence.extract.output import Out

_CHUNK_BYTES = 1 << 20
_ENCRYPTED = 0x1  # APPNOTE 4.4.4, general purpose bit 0


class Archive:
    """Opened from bytes. Raises zipfile.BadZipFile where it is none."""

    def __init__(self, data: bytes, out: Out) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._out = out
        # Every entry counts, also a second one of the same name and one whose name would climb out of a folder.
        self.members = [info for info in self._zip.infolist() if not info.is_dir()]

    @property
    def comment(self) -> bytes:
        return self._zip.comment

    def find(self, name: str) -> zipfile.ZipInfo | None:
        """The member of this name, whatever its case."""
        wanted = name.lower().lstrip("/")
        return next((info for info in self.members if info.filename.lower().lstrip("/") == wanted), None)

    def read(self, info: zipfile.ZipInfo, plain: str) -> bytes | None:
        """A member's bytes, None where they can't be had (the reason is noted under `plain`). Raises Enough."""
        out = self._out.within(plain)
        if info.flag_bits & _ENCRYPTED:
            out.reason("encrypted: not read. Decrypt it first")
            return None
        out.flush()
        try:
            with self._zip.open(info) as member:
                return b"".join(self._chunks(member))
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error, ValueError) as error:
            out.reason(f"it can't be unpacked ({type(error).__name__}): not read. Pack the file anew")
            return None

    def _chunks(self, member: IO[bytes]) -> Iterator[bytes]:
        while chunk := member.read(_CHUNK_BYTES):
            self._out.ledger.unpacked(len(chunk))
            yield chunk


def names_in(data: bytes) -> frozenset[str]:
    """The members' names in lower case; none where the archive is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(name.lower().lstrip("/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return frozenset()
