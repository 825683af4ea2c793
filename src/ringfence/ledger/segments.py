"""Segment files: `segments/<first index, 20 digits>.seg`, a header and then frames, appended and never changed.

Header, 40 bytes, big-endian: magic, u32 version, u64 first index, u64 first index and u64 length of the segment before
(zeros in the first one), u32 CRC-32 of the 36 bytes before. A missing or shortened file so shows in the header after.
Frame: u32 CRC-32 of everything after it, u8 kind, u32 payload length, payload. A commit is its entry frames and then
one checkpoint frame, all in one file; a commit without its checkpoint does not count.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ringfence.ledger.files import read_at, sync_folder, write_all
from ringfence.vocabulary.errors import LedgerCorrupt

ROLL_BYTES = 64 * 1024 * 1024
"""A commit begins a new file where the current one is at least this long."""

ENTRY, CHECKPOINT = 1, 2
HEADER_BYTES = 40
_MAGIC = b"RNGFSEGM"
_VERSION = 1
_HEADER = struct.Struct(">8sIQQQ")
_FRAME = struct.Struct(">IBI")
_KIND_AND_LENGTH = struct.Struct(">BI")
_crc32 = zlib.crc32


class Header(msgspec.Struct, frozen=True):
    """A segment's first index, and first index and length (bytes) of the one before it."""

    first: int
    previous_first: int
    previous_length: int


class Commit(msgspec.Struct, frozen=True):
    """One commit as found in a file: its leaves, its signed note, and the offsets where it begins and ends."""

    begin: int
    end: int
    leaves: list[bytes]
    note: bytes


class Scan:
    """The commits in `data`, from its byte `skip` on; `offset` is where in the file that byte stands. After the
    iteration `end` is the offset where the last whole commit ends, and `problem` says at `problem_offset` what stands
    after it, or is "" where nothing does."""

    def __init__(self, data: bytes, offset: int, skip: int = 0) -> None:
        self.end = offset
        self.problem = ""
        self.problem_offset = offset
        self._data = data
        self._skip = skip
        self._base = offset - skip

    def __iter__(self) -> Iterator[Commit]:
        data, base, length = self._data, self._base, len(self._data)
        unpack, header_bytes = _FRAME.unpack_from, _FRAME.size
        leaves: list[bytes] = []
        at = self._skip
        while at < length:
            if at + header_bytes > length:
                return self._stop(at, "an unfinished frame")
            crc, kind, payload_bytes = unpack(data, at)
            payload, after = at + header_bytes, at + header_bytes + payload_bytes
            if after > length:
                return self._stop(at, "an unfinished frame")
            if _crc32(data[at + 4 : after]) != crc:
                return self._stop(at, "a frame with a wrong checksum")
            if kind == ENTRY:
                leaves.append(data[payload:after])
            elif kind == CHECKPOINT:
                begin, self.end = self.end, base + after
                yield Commit(begin, self.end, leaves, data[payload:after])
                leaves = []
            else:
                return self._stop(at, f"a frame of the unknown kind {kind}")
            at = after
        if leaves:
            self._stop(at, "entries without their checkpoint")

    def _stop(self, at: int, problem: str) -> None:
        self.problem, self.problem_offset = problem, self._base + at


def encode_frame(kind: int, payload: bytes) -> bytes:
    """One frame, ready to write."""
    rest = _KIND_AND_LENGTH.pack(kind, len(payload)) + payload
    return _crc32(rest).to_bytes(4, "big") + rest


def segment_path(folder: Path, first: int) -> Path:
    """The segment whose first leaf has the index `first`."""
    return folder / "segments" / f"{first:020d}.seg"


def segment_firsts(folder: Path) -> list[int]:
    """First indexes of all segment files, in order. Raises LedgerCorrupt for a file that is named otherwise."""
    firsts = []
    for path in (folder / "segments").iterdir():
        if not (path.suffix == ".seg" and len(path.stem) == 20 and path.stem.isdecimal() and path.stem.isascii()):
            raise LedgerCorrupt(f"{path} is no segment of a ledger.", where=str(path))
        firsts.append(int(path.stem))
    return sorted(firsts)


def create_segment(folder: Path, header: Header) -> int:
    """A descriptor of a new segment, its name durable; its header becomes so with the first commit's fdatasync. A crash
    leaves no file, or one with a torn header, in which nothing is acknowledged: recovery removes it. Raises OSError,
    also where the file exists."""
    fd = os.open(segment_path(folder, header.first), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        write_all(fd, encode_header(header), 0)
        sync_folder(folder / "segments")
    except BaseException:
        os.close(fd)
        raise
    return fd


def encode_header(header: Header) -> bytes:
    """40 bytes."""
    fixed = _HEADER.pack(_MAGIC, _VERSION, header.first, header.previous_first, header.previous_length)
    return fixed + _crc32(fixed).to_bytes(4, "big")


def decode_header(raw: bytes) -> Header | None:
    """The header, or None where it is torn, damaged or of another version."""
    if len(raw) < HEADER_BYTES or _crc32(raw[:36]).to_bytes(4, "big") != raw[36:HEADER_BYTES]:
        return None
    magic, version, *numbers = _HEADER.unpack_from(raw)
    return Header(*numbers) if (magic, version) == (_MAGIC, _VERSION) else None


def check_chain(folder: Path, firsts: list[int]) -> int:
    """Check that the files named `firsts` follow one another without a gap, by their headers alone.

    Returns the length of the last one, bytes. Raises LedgerCorrupt naming file and offset.
    """
    previous_first, previous_length = 0, 0
    for position, first in enumerate(firsts):
        path = segment_path(folder, first)
        fd = os.open(path, os.O_RDONLY)
        try:
            header = decode_header(read_at(fd, HEADER_BYTES, 0))
            length = os.fstat(fd).st_size
        finally:
            os.close(fd)
        if header is None:
            raise LedgerCorrupt(f"{path} has a damaged header at offset 0.", where=f"{path}@0")
        if header != Header(first, previous_first, previous_length) or (position == 0 and first != 0):
            raise LedgerCorrupt(
                f"{path} does not continue the segment before it ({previous_length} bytes of it stand here, "
                f"{header.previous_length} were recorded): a file is missing, shortened or renamed.",
                where=f"{path}@0",
            )
        previous_first, previous_length = first, length
    return previous_length
