"""Reading records back, for people and for other tools. Reading is not verifying: `verify` is."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum
from hmac import compare_digest
from pathlib import Path

import msgspec

from ringfence.ledger.record import SALT_BYTES, Leaf, commitment
from ringfence.ledger.salts import NO_SALT, read_slots, slot_is_whole
from ringfence.ledger.segments import HEADER_BYTES, Scan, decode_header, segment_firsts, segment_path
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError


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


def entry(folder: Path, index: int) -> Entry:
    """The record at `index`. Raises LedgerError where the log has none."""
    found = next(entries(folder, index), None) if index >= 0 else None
    if found is None:
        raise LedgerError(f"The ledger has no record {index}.", remedy="Name the index of a record that it has.")
    return found


def check_digest(folder: Path, index: int, name: str, content: bytes) -> Match:
    """Whether `content` is what record `index` committed to under `name`, such as the bytes received.

    Raises LedgerError where the log has no such record, LedgerCorrupt where its salt is damaged.
    """
    committed = entry(folder, index).fields.commitments.get(name)
    if committed is None:
        return Match.NOT_COMMITTED
    fd = os.open(folder / "salts", os.O_RDONLY)
    try:
        [slot] = read_slots(fd, index, 1)
    finally:
        os.close(fd)
    if slot == NO_SALT:
        return Match.ERASED
    if not slot_is_whole(index, slot):
        raise LedgerCorrupt(f"The salt of record {index} is damaged.", where=str(folder / "salts"))
    same = compare_digest(commitment(slot[:SALT_BYTES], content), committed)
    return Match.SAME if same else Match.DIFFERENT


def _decode(leaf: bytes, index: int) -> Leaf:
    try:
        return _decoder.decode(leaf)
    except msgspec.MsgspecError as error:
        raise LedgerCorrupt(f"Record {index} can't be read: {error}.") from None
