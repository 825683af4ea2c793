"""Reading a log, whichever store holds it, beside running gateways. Reading is not verifying: `verify` is."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from hmac import compare_digest
from pathlib import Path
from typing import Protocol

import msgspec

from ringfence.ledger import read
from ringfence.ledger.checkpoint import Verifier
from ringfence.ledger.highest import decode_slots, newest
from ringfence.ledger.read import Entry, Match
from ringfence.ledger.record import SALT_BYTES, commitment
from ringfence.ledger.salts import NO_SALT, erase_salts, read_slots, slot_is_whole
from ringfence.ledger.segments import HEADER_BYTES, Scan, segment_firsts, segment_path
from ringfence.ledger.snapshots import FolderSnapshots, Snapshots
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError


class Signed(msgspec.Struct, frozen=True):
    """A commit's signed note, and the size of the tree that it signs."""

    size: int
    note: bytes


class Reader(Protocol):
    """One log. `key_line` is its public line as it stands beside the log: an auditor compares it with a copy of their
    own. `snapshots` are what its records' digests stand for."""

    key_line: str
    snapshots: Snapshots

    def checkpoint(self) -> bytes:
        """The newest published checkpoint, a signed note. Raises LedgerCorrupt."""
        ...

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """All records of whole commits from index `start` on, in order. Raises LedgerCorrupt."""
        ...

    def checkpoints(self, start: int = 0) -> Iterator[Signed]:
        """The note of every commit whose tree is larger than `start`, in order. Raises LedgerCorrupt."""
        ...

    def salts(self, first: int, count: int) -> list[bytes]:
        """The slots (salts.py) of `count` consecutive records; NO_SALT where a salt was erased or never needed."""
        ...

    def erase(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Forget the contents of the records in `ranges` (indexes, both ends inclusive), durably; beside running
        gateways too. The caller has put on record who asked for it. A crash leaves some of the salts: erase them again.
        Raises LedgerError for a range that the log does not have; then nothing was erased."""
        ...


class SegmentsReader:
    """The log in a folder (segments.py) and its highest checkpoint's file."""

    def __init__(self, folder: Path, highest_path: Path) -> None:
        """Raises LedgerCorrupt where the folder holds no public line."""
        self._folder, self._highest_path = folder, highest_path
        self._mark = read.Mark()
        self.snapshots: Snapshots = FolderSnapshots(folder / "snapshots")
        try:
            self.key_line = (folder / "log.vkey").read_text().removesuffix("\n")
        except (FileNotFoundError, UnicodeDecodeError) as error:
            raise LedgerCorrupt(f"{folder} holds no log: log.vkey can't be read.", where=str(folder)) from error

    def checkpoint(self) -> bytes:
        try:
            head = newest(decode_slots(self._highest_path.read_bytes()), self._highest_path)
        except FileNotFoundError:
            path = self._highest_path
            raise LedgerCorrupt(f"{path} is missing: what was signed last is not known.", where=str(path)) from None
        head.checkpoint(Verifier.from_key_line(self.key_line))
        return head.note

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return read.entries(self._folder, start, self._mark)

    def checkpoints(self, start: int = 0) -> Iterator[Signed]:
        firsts = segment_firsts(self._folder)
        for first in firsts[max(bisect_right(firsts, start) - 1, 0) :]:
            size = first
            for commit in Scan(segment_path(self._folder, first).read_bytes(), HEADER_BYTES, HEADER_BYTES):
                size += len(commit.leaves)
                if size > start:
                    yield Signed(size, commit.note)

    def salts(self, first: int, count: int) -> list[bytes]:
        fd = os.open(self._folder / "salts", os.O_RDONLY)
        try:
            return read_slots(fd, first, count)
        finally:
            os.close(fd)

    def erase(self, ranges: Iterable[tuple[int, int]]) -> None:
        erase_salts(self._folder, ranges)


def entry(reader: Reader, index: int) -> Entry:
    """The record at `index`. Raises LedgerError where the log has none."""
    found = next(reader.entries(index), None) if index >= 0 else None
    if found is None:
        raise LedgerError(f"The ledger has no record {index}.", remedy="Name the index of a record that it has.")
    return found


def check_content(reader: Reader, index: int, name: str, content: bytes) -> Match:
    """Whether `content` is what record `index` committed to under `name`, such as the bytes received.

    Raises LedgerError where the log has no such record, LedgerCorrupt where its salt is damaged.
    """
    committed = entry(reader, index).fields.commitments.get(name)
    if committed is None:
        return Match.NOT_COMMITTED
    [slot] = reader.salts(index, 1)
    if slot == NO_SALT:
        return Match.ERASED
    if not slot_is_whole(index, slot):
        raise LedgerCorrupt(f"The salt of record {index} is damaged.")
    same = compare_digest(commitment(slot[:SALT_BYTES], content), committed)
    return Match.SAME if same else Match.DIFFERENT
