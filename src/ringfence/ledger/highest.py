"""The highest signed checkpoint, kept apart from the log, so that a rolled-back or truncated log is noticed.

Two slots of 4096 bytes, written in turn: a torn write can spoil one, never both. Beside the note, a slot holds what a
restart needs to go on without reading the log again: the frontier (proved by the signed root), where the checkpoint's
commit ends, and where the oldest request that has not ended begins.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import msgspec

from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.files import lock, make_folder, read_at, replace_file, write_all
from ringfence.ledger.tree import Frontier
from ringfence.vocabulary.errors import LedgerCorrupt

SLOT_BYTES = 4096
_FIXED = struct.Struct(">8sIQQQQQHB")  # magic, version, sequence, segment, end, open segment, open offset, lengths
_MAGIC = b"RNGFHIGH"
_VERSION = 1
_EMPTY = bytes(SLOT_BYTES)


class Head(msgspec.Struct, frozen=True):
    """Where the log stands. `segment` is the first index of the segment file that holds the checkpoint, `end` the
    offset after it; `open_segment` and `open_offset` are where the commit begins that holds the oldest DECIDED record
    without an ENDED one, or the end itself. `sequence` grows by one a commit and chooses the slot."""

    sequence: int
    note: bytes
    peaks: tuple[bytes, ...]
    segment: int
    end: int
    open_segment: int
    open_offset: int

    def checkpoint(self, verifier: Verifier) -> Checkpoint:
        """The checkpoint, once its signature holds and the frontier leads to its root. Raises LedgerCorrupt."""
        checkpoint = open_note(self.note, verifier)
        if checkpoint.size.bit_count() != len(self.peaks):
            raise LedgerCorrupt("The highest checkpoint's frontier has a wrong number of hashes.")
        if Frontier(checkpoint.size, self.peaks).root() != checkpoint.root:
            raise LedgerCorrupt("The highest checkpoint's frontier does not lead to its signed root.")
        return checkpoint


class Highest:
    """The file, open and locked. One user at a time."""

    def __init__(self, path: Path) -> None:
        """Open an existing file. Raises LedgerLocked, or LedgerCorrupt where neither slot can be read."""
        self._path = path
        self._fd = os.open(path, os.O_RDWR)
        try:
            lock(self._fd, str(path))
            self.head = newest(decode_slots(read_at(self._fd, 2 * SLOT_BYTES, 0)), path)
            # After a failed fdatasync the kernel may show bytes that never reached the disk, and count them as clean.
            # Writing what was read makes it true; on a sound disk this changes nothing, torn or not.
            self._write(self.head)
        except BaseException:
            os.close(self._fd)
            raise

    @staticmethod
    def create(path: Path, head: Head) -> None:
        """Make the file, whole or not at all."""
        make_folder(path.parent)
        replace_file(path, encode_slot(head) + _EMPTY, 0o600)

    def swap(self, head: Head) -> None:
        """Compare-and-swap: durable when this returns, and only if the file still holds what was last put there.

        A crash here leaves the slot before, or this one: its commit is in the log already, and recovery finds it.
        Raises LedgerCorrupt where another hand changed the file, OSError.
        """
        current = encode_slot(self.head)
        if read_at(self._fd, SLOT_BYTES, self._offset(self.head)) != current:
            raise LedgerCorrupt(
                f"Another hand changed {self._path}, so the log may have two writers.", where=str(self._path)
            )
        self._write(head)
        self.head = head

    def close(self) -> None:
        """Let go of the file and its lock."""
        os.close(self._fd)

    def _write(self, head: Head) -> None:
        write_all(self._fd, encode_slot(head), self._offset(head))
        os.fdatasync(self._fd)

    @staticmethod
    def _offset(head: Head) -> int:
        return head.sequence % 2 * SLOT_BYTES


def encode_slot(head: Head) -> bytes:
    """4096 bytes: fixed part, note, hashes, zeros, and a CRC-32 (big-endian) over all before it."""
    positions = (head.segment, head.end, head.open_segment, head.open_offset)
    fixed = _FIXED.pack(_MAGIC, _VERSION, head.sequence, *positions, len(head.note), len(head.peaks))
    filled = (fixed + head.note + b"".join(head.peaks)).ljust(SLOT_BYTES - 4, b"\0")
    return filled + zlib.crc32(filled).to_bytes(4, "big")


def decode_slots(raw: bytes) -> list[Head | None]:
    """Both slots; None for one that is torn or damaged. One that was never written is left out."""
    slots = [raw[:SLOT_BYTES], raw[SLOT_BYTES:]]
    return [_decode_slot(slot) for slot in slots if slot != _EMPTY]


def _decode_slot(slot: bytes) -> Head | None:
    if len(slot) != SLOT_BYTES or zlib.crc32(slot[:-4]).to_bytes(4, "big") != slot[-4:]:
        return None
    magic, version, sequence, segment, end, open_segment, open_offset, note_bytes, hashes = _FIXED.unpack_from(slot)
    if (magic, version) != (_MAGIC, _VERSION):
        return None
    after = _FIXED.size + note_bytes
    peaks = tuple(slot[at : at + 32] for at in range(after, after + 32 * hashes, 32))
    return Head(sequence, slot[_FIXED.size : after], peaks, segment, end, open_segment, open_offset)


def newest(slots: list[Head | None], path: Path) -> Head:
    """The slot written last. Raises LedgerCorrupt where neither can be read."""
    heads = [head for head in slots if head is not None]
    if not heads:
        raise LedgerCorrupt(
            f"Neither slot of {path} can be read: what was acknowledged last is not known.",
            where=str(path),
            remedy="Put it back from a copy kept elsewhere; `ringfence ledger verify` shows what the log itself holds.",
        )
    return max(heads, key=lambda head: head.sequence)
