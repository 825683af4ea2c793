"""Reading records back from segments (reader.py is the door)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from ringfence.ledger.record import Leaf
from ringfence.ledger.segments import HEADER_BYTES, Scan, decode_header, segment_firsts, segment_path
from ringfence.vocabulary.errors import LedgerCorrupt


class Entry(msgspec.Struct, frozen=True):
    """One record as stored: its index, its exact leaf bytes, and what they say."""

    index: int
    leaf: bytes
    fields: Leaf


class Match(StrEnum):
    """What a content is to a record's commitment. ERASED: the salt is gone, so nobody can tell any more."""

    SAME = "same"
    DIFFERENT = "different"
    ERASED = "erased"
    NOT_COMMITTED = "not committed"


_decoder = msgspec.json.Decoder(Leaf)


class Mark:
    """Where the last reading found its start, so that whoever follows the log reads no segment from its beginning."""

    def __init__(self) -> None:
        self._place = (-1, 0, 0)

    def find(self, segment: int, start: int) -> tuple[int, int]:
        """Offset and first index of a commit of the segment to read `start` from."""
        at, offset, index = self._place
        return (offset, index) if at == segment and index <= start else (HEADER_BYTES, segment)

    def keep(self, segment: int, offset: int, index: int) -> None:
        self._place = (segment, offset, index)


def entries(folder: Path, start: int = 0, mark: Mark | None = None) -> Iterator[Entry]:
    """All records of whole commits from index `start` on, in order; beside a running gateway too. A `mark` that is
    handed in again saves the reading of what stands before.

    Raises LedgerCorrupt where a segment other than the last can't be followed.
    """
    firsts = segment_firsts(folder)
    mark = mark or Mark()
    for first in firsts[max(bisect_right(firsts, start) - 1, 0) :]:
        path = segment_path(folder, first)
        begin, index = mark.find(first, start)
        with path.open("rb") as file:
            header = decode_header(file.read(HEADER_BYTES))
            file.seek(begin)
            scan = Scan(file.read() if header else b"", begin)
        for commit in scan:
            if index <= start:
                mark.keep(first, commit.begin, index)
            for leaf in commit.leaves:
                if index >= start:
                    yield Entry(index, leaf, decode_leaf(leaf, index))
                index += 1
        if first != firsts[-1] and (header is None or scan.problem):
            raise LedgerCorrupt(f"{path} can't be read after offset {scan.end}.", where=f"{path}@{scan.end}")


def decode_leaf(leaf: bytes, index: int) -> Leaf:
    """What the stored bytes of record `index` say. Raises LedgerCorrupt."""
    try:
        if not leaf.isascii():
            leaf.decode()  # the body is not looked at before somebody asks for it
        return _decoder.decode(leaf)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise LedgerCorrupt(f"Record {index} can't be read: {error}.") from None
