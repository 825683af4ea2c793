"""Writing and reading a bundle's archive as streams: memory stays bounded whatever its members hold."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Self

import msgspec

from ringfence.evidence.bundle import zipform
from ringfence.evidence.bundle.zipform import Member
from ringfence.ledger.files import read_at, sync_folder, write_all
from ringfence.vocabulary.errors import LedgerCorrupt

MAX_MEMBERS = 100_000
"""The tiles of about 25 million records."""

_PIECE_BYTES = 1 << 18
_LEVEL = 6  # of deflate: equal contents give equal bytes under one version of zlib


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the bundle as the manifest lists it: lower-case hex SHA-256 and length in bytes."""

    sha256: str
    size: int


class Writer:
    """Puts members one after the other into a file that gets its name only when it is whole.

    A crash leaves no file at `path`, or the one that stood there before, and perhaps a `.new` file beside it, which
    the next export to that path overwrites. `listed` has what was put, by name.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._path = path
        self._new = path.with_name(path.name + ".new")
        self._fd = os.open(self._new, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._members: list[Member] = []
        self._end = 0
        self.listed: dict[str, Listed] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Give the file its name, durably; after an error remove it."""
        try:
            if kind is None:
                write_all(self._fd, zipform.encode_directory(self._members, self._end), self._end)
                os.fsync(self._fd)
        finally:
            os.close(self._fd)
        if kind is None:
            self._new.rename(self._path)
            sync_folder(self._path.parent)
        else:
            self._new.unlink()

    def add(self, name: str, data: bytes) -> None:
        """Put a whole member."""
        self.stream(name, len(data), (data,))

    def stream(self, name: str, size: int, pieces: Iterable[bytes]) -> None:
        """Put a member of `size` bytes. Raises LedgerCorrupt where the pieces hold another number."""
        empty = Member(name, self._end, 0, size, 0)
        at = empty.data_offset
        deflate, digest = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), sha256()
        crc = written = 0
        for piece in pieces:
            crc, written = zlib.crc32(piece, crc), written + len(piece)
            digest.update(piece)
            at += self._put(deflate.compress(piece), at)
        at += self._put(deflate.flush(), at)
        if written != size:
            raise LedgerCorrupt(f"{name} has {written} bytes instead of {size}: the ledger changed under the export.")
        member = Member(name, self._end, at - empty.data_offset, size, crc)
        write_all(self._fd, zipform.encode_local(member), self._end)
        self._members.append(member)
        self._end = at
        self.listed[name] = Listed(digest.hexdigest(), size)

    def _put(self, data: bytes, at: int) -> int:
        write_all(self._fd, data, at)
        return len(data)


class Archive:
    """An archive open for reading; never extracted. `digests` has the SHA-256 (hex) of each member read to its end.

    Reading is lazy and each stream has a place of its own, so that two members can be read side by side.
    """

    def __init__(self, path: Path, allowed: Callable[[str], int]) -> None:
        """`allowed` gives the most bytes that a member of this name may have, 0 where no such name is known.

        Raises LedgerCorrupt where the file is not to the byte of the form (zipform.py), OSError.
        """
        self.members: dict[str, Member] = {}
        self.digests: dict[str, str] = {}
        self._fd = os.open(path, os.O_RDONLY)
        try:
            self._scan(os.fstat(self._fd).st_size, allowed)
        except BaseException:
            os.close(self._fd)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def read(self, name: str) -> bytes:
        """A whole member. Raises LedgerCorrupt where there is none, or it is not what its header says."""
        return b"".join(self.pieces(name))

    def lines(self, name: str, longest: int) -> Iterator[bytes]:
        """The lines of a member, without their newlines, each of at most `longest` bytes. Raises as `read`, and where
        a line is longer or the last one does not end."""
        rest = b""
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                if len(line) > longest:
                    raise problem(f"{name} has a line of more than {longest} bytes")
                yield line
            if len(rest) > longest:
                raise problem(f"{name} has a line of more than {longest} bytes")
        if rest:
            raise problem(f"{name} ends within a line")

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, at most 256 KiB at a time."""
        member = self.members.get(name)
        if member is None:
            raise problem(f"{name} is missing")
        inflate, digest = zlib.decompressobj(-zlib.MAX_WBITS), sha256()
        at, crc, size, waiting = member.data_offset, 0, 0, b""
        while not inflate.eof:
            if not waiting:
                waiting = read_at(self._fd, min(_PIECE_BYTES, member.end - at), at)
                at += len(waiting)
            try:
                # With no input left, what the bound on the output held back.
                piece = inflate.decompress(waiting, _PIECE_BYTES)
            except zlib.error:
                raise problem(f"{name} can't be inflated") from None
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            if size > member.size or not (waiting or piece):
                break
            waiting = inflate.unconsumed_tail
            digest.update(piece)
            yield piece
        if not inflate.eof or inflate.unused_data or at != member.end or (size, crc) != (member.size, member.crc):
            raise problem(f"{name} is not what its header says")
        self.digests[name] = digest.hexdigest()

    def _scan(self, length: int, allowed: Callable[[str], int]) -> None:
        at, last = 0, ""
        while (fixed := read_at(self._fd, zipform.LOCAL_BYTES, at))[:4] == zipform.LOCAL:
            if len(fixed) < zipform.LOCAL_BYTES:
                raise problem(f"it ends within a header at offset {at}")
            member = zipform.decode_local(
                fixed, read_at(self._fd, zipform.local_rest_bytes(fixed), at + zipform.LOCAL_BYTES), at
            )
            if member is None:
                raise problem(f"the header at offset {at} has not the form of a bundle's")
            if not 0 < allowed(member.name) >= member.size:
                raise problem(f"it has a member {member.name!r} of {member.size} bytes, which no bundle has")
            if member.name in self.members:
                raise problem(f"its member {member.name!r} is there twice")
            if len(self.members) == MAX_MEMBERS:
                raise problem(f"it has more than {MAX_MEMBERS} members")
            if member.end > length:
                raise problem(f"it ends within its member {member.name!r}")
            self.members[member.name] = member
            at, last = member.end, member.name
        directory = zipform.encode_directory(list(self.members.values()), at)
        if last != LAST:
            raise problem("it holds no manifest.json as its last member")
        if length - at != len(directory) or read_at(self._fd, len(directory), at) != directory:
            raise problem("the directory at its end is not that of its members")


LAST = "manifest.json"
"""It lists all other members, and so is written after them."""


def problem(why: str) -> LedgerCorrupt:
    """The error for an archive that is none of ours, or no longer."""
    return LedgerCorrupt(
        f"This is not an evidence bundle as it was exported: {why}.",
        remedy="Ask for the bundle again, and compare its SHA-256 with the one that the export printed.",
    )
