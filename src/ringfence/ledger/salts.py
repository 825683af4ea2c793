"""The erasable sidecar: one fixed slot per index, so that forgetting a record's contents is overwriting one slot.

A slot is 32 salt bytes and a CRC-32 (big-endian) over index and salt; slot 0 of the file is its header, the salt of
index i stands at (i + 1) * 36. All zeros means erased, or a record that commits to no content. What the disk itself
keeps of an overwritten block (snapshots, wear levelling) is out of reach here: docs/reference/ledger-format.md.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from ringfence.ledger.files import read_at, sync_folder, write_all
from ringfence.ledger.record import SALT_BYTES
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError

SLOT_BYTES = SALT_BYTES + 4
NO_SALT = bytes(SLOT_BYTES)
_AT_ONCE = 65_536  # slots that one call erases
_HEADER = struct.pack(">8sI", b"RNGFSALT", 1).ljust(SLOT_BYTES, b"\0")
_INDEX = struct.Struct(">Q")


def encode_slot(index: int, salt: bytes) -> bytes:
    """The slot of `index`, or zeros for no salt. The index in the CRC shows a slot that stands in the wrong place."""
    if not salt:
        return NO_SALT
    return salt + zlib.crc32(_INDEX.pack(index) + salt).to_bytes(4, "big")


def slot_is_whole(index: int, slot: bytes) -> bool:
    """Whether `slot` holds an undamaged salt of `index`, or none."""
    return slot == NO_SALT or encode_slot(index, slot[:SALT_BYTES]) == slot


def open_salts(folder: Path) -> int:
    """A descriptor for reading and writing, made with its header where the file is absent. Raises LedgerCorrupt."""
    path = folder / "salts"
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # The header is durable before any salt, so that a crash leaves no file, an empty one, or part of the header.
        # A power cut may also leave zeros in its place, where the length was kept and the bytes were not.
        header = read_at(fd, SLOT_BYTES, 0)
        if not _HEADER.startswith(header) and any(header):
            raise LedgerCorrupt(f"{path} does not begin as a salts file of version 1.", where=f"{path}@0")
        if header != _HEADER:
            write_all(fd, _HEADER, 0)
            os.fdatasync(fd)
        sync_folder(folder)
    except BaseException:
        os.close(fd)
        raise
    return fd


def blank_beyond(folder: Path, size: int) -> None:
    """Zeros over the salts of records that don't exist, durably: a crash may have torn one, and the record that takes
    its index next may need none and so not write over it. Zeros are written even where zeros are read, because after a
    failed fdatasync the disk may hold something else. Raises OSError."""
    fd = os.open(folder / "salts", os.O_RDWR)
    try:
        offset = (size + 1) * SLOT_BYTES
        beyond = os.fstat(fd).st_size - offset
        if beyond > 0:
            write_all(fd, bytes(beyond), offset)
            os.fdatasync(fd)
    finally:
        os.close(fd)


def write_salts(fd: int, first_index: int, salts: Sequence[bytes]) -> None:
    """Make the salts of consecutive records durable. A crash leaves salts of records that were never appended, or
    torn ones; the next start blanks them."""
    slots = b"".join(encode_slot(first_index + i, salt) for i, salt in enumerate(salts))
    write_all(fd, slots, (first_index + 1) * SLOT_BYTES)
    os.fdatasync(fd)


def read_slots(fd: int, first_index: int, count: int) -> list[bytes]:
    """The slots of `count` consecutive indexes; those beyond the end of the file were never written, so are empty."""
    raw = read_at(fd, count * SLOT_BYTES, (first_index + 1) * SLOT_BYTES).ljust(count * SLOT_BYTES, b"\0")
    return [raw[at : at + SLOT_BYTES] for at in range(0, count * SLOT_BYTES, SLOT_BYTES)]


def header_is_whole(fd: int) -> bool:
    """Whether the file says that it is a salts file of version 1."""
    return read_at(fd, SLOT_BYTES, 0) == _HEADER


def erase_salts(folder: Path, ranges: Iterable[tuple[int, int]]) -> None:
    """Forget the contents of the records in `ranges` (indexes, both ends inclusive), durably; beside a running gateway
    too, because the gateway writes no slot twice. The caller records who asked for it in a NOTICE. Raises LedgerError
    for a range that the file does not hold; then nothing was erased.
    """
    ranges = list(ranges)
    fd = os.open(folder / "salts", os.O_RDWR)
    try:
        end = os.fstat(fd).st_size // SLOT_BYTES - 1
        for first, last in ranges:
            if not 0 <= first <= last < end:
                index = first if first < 0 else last
                raise LedgerError(f"The ledger holds no salt for record {index}.", remedy="Name an index that has one.")
        # A crash before the last call leaves salts, or part of one: verify names that slot; erase them again.
        for first, last in ranges:
            for start in range(first, last + 1, _AT_ONCE):
                count = min(_AT_ONCE, last + 1 - start)
                write_all(fd, NO_SALT * count, (start + 1) * SLOT_BYTES)
        os.fdatasync(fd)
    finally:
        os.close(fd)
