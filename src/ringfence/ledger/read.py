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


def entries(folder: Path, start: int = 0) -> Iterator[Entry]:
    """All records of whole commits from index `start` on, in order; beside a running gateway too.

    Raises LedgerCorrupt where a segment other than the last can't be followed.
    """
    firsts = segment_firsts(folder)
    for first in firsts[max(bisect_right(firsts, start) - 1, 0) :]:
        path = segment_path(folder, first)
        data = path.read_bytes()
        header = decode_header(data)
        scan = Scan(data if header else b"", HEADER_BYTES, HEADER_BYTES)
        index = first
        for commit in scan:
            for leaf in commit.leaves:
                if index >= start:
                    yield Entry(index, leaf, _decode(leaf, index))
                index += 1
        if first != firsts[-1] and (header is None or scan.problem):
            raise LedgerCorrupt(f"{path} can't be read after offset {scan.end}.", where=f"{path}@{scan.end}")


def _decode(leaf: bytes, index: int) -> Leaf:
    try:
        return _decoder.decode(leaf)
    except msgspec.MsgspecError as error:
        raise LedgerCorrupt(f"Record {index} can't be read: {error}.") from None
