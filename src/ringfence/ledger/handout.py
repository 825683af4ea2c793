"""Proofs to hand out, as text: https://c2sp.org/tlog-proof for one record, which it carries with it, and the request of
https://c2sp.org/tlog-witness#add-checkpoint for "nothing before this size was changed". Both end with a checkpoint, and
whoever has the log's public line checks them without anything else."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

import msgspec

from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.proof import consistency_holds, consistency_path, inclusion_holds, inclusion_path
from ringfence.ledger.tiles.hashes import REPAIR, HashTiles
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError

MAX_BYTES = 1 << 20
"""Of a text: a record of 65,535 bytes in Base64, 64 hashes and a note with its cosignatures stay far below."""

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"(index|old) (0|[1-9][0-9]{0,18})")


class Inclusion(msgspec.Struct, frozen=True):
    """That the log of `note` (a signed checkpoint) has the record `leaf` at `index`."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    note: bytes


class Extension(msgspec.Struct, frozen=True):
    """That the log of `note` begins with the tree of `old_size` records that somebody has a checkpoint of."""

    old_size: int
    path: tuple[bytes, ...]
    note: bytes


def include(index: int, leaf: bytes, tiles: HashTiles, note: bytes, verifier: Verifier) -> Inclusion:
    """The proof for a record, checked before it goes out. Raises LedgerError where the tiles' tree has no such record,
    LedgerCorrupt where record, tiles and checkpoint do not agree."""
    if not 0 <= index < tiles.size:
        raise LedgerError(
            f"The published tree has {tiles.size} records, so none at {index}.",
            remedy="Name an index below that; a record that was just written is published within seconds.",
        )
    proof = Inclusion(index, leaf, tuple(inclusion_path(index, tiles.size, tiles.subtree)), note)
    try:
        check_inclusion(proof, verifier)
    except LedgerCorrupt:
        raise LedgerCorrupt(f"The tiles do not lead to this record at index {index}.", remedy=REPAIR) from None
    return proof


def extend(old_size: int, tiles: HashTiles, note: bytes, verifier: Verifier) -> Extension:
    """The proof from a smaller tree, checked as above. Raises LedgerError where the tree never had that size,
    LedgerCorrupt."""
    if not 0 < old_size <= tiles.size:
        raise LedgerError(
            f"The published tree has {tiles.size} records: it extends no tree of {old_size}.",
            remedy="Name the size in a checkpoint that was kept, the second line of it.",
        )
    new = open_note(note, verifier)
    old = Checkpoint(new.origin, old_size, Frontier(old_size, tiles.frontier(old_size)).root())
    proof = Extension(old_size, tuple(consistency_path(old_size, tiles.size, tiles.subtree)), note)
    try:
        check_extension(proof, old, verifier)
    except LedgerCorrupt:
        raise LedgerCorrupt("The tiles do not lead to their signed root.", remedy=REPAIR) from None
    return proof


def check_inclusion(proof: Inclusion, verifier: Verifier) -> Checkpoint:
    """The checkpoint that the proof leads to. Raises LedgerCorrupt where it does not hold."""
    checkpoint = open_note(proof.note, verifier)
    if not inclusion_holds(leaf_hash(proof.leaf), proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise LedgerCorrupt(
            f"The hashes do not lead from this record at index {proof.index} to the signed root of "
            f"{checkpoint.size} records."
        )
    return checkpoint


def check_extension(proof: Extension, old: Checkpoint, verifier: Verifier) -> Checkpoint:
    """The newer checkpoint, once it extends `old`, which the caller trusts. Raises LedgerCorrupt."""
    new = open_note(proof.note, verifier)
    if old.origin != new.origin or old.size != proof.old_size:
        raise LedgerCorrupt(
            f"The proof begins at {proof.old_size} records of {new.origin}, the older checkpoint is of {old.size} "
            f"records of {old.origin}."
        )
    if not consistency_holds(old.size, old.root, new.size, new.root, proof.path):
        raise LedgerCorrupt(f"The tree of {new.size} records does not extend the older one of {old.size}.")
    return new


def encode(proof: Inclusion | Extension) -> bytes:
    """The text, its last line that of the checkpoint."""
    if isinstance(proof, Inclusion):
        head = [_FIRST_LINE, f"extra {_base64(proof.leaf)}", f"index {proof.index}"]
    else:
        head = [f"old {proof.old_size}"]
    return "\n".join([*head, *map(_base64, proof.path), "", ""]).encode() + proof.note


def decode(text: bytes) -> Inclusion | Extension:
    """Read, but not believe. Raises LedgerCorrupt where it is neither, or carries no record."""
    try:
        head, blank, note = text.partition(b"\n\n")
        lines = head.decode("ascii").split("\n")
        if not blank or len(text) > MAX_BYTES:
            raise ValueError
        if lines[0] == _FIRST_LINE:
            leaf = _extra(lines)
            return Inclusion(_number("index", lines[2]), leaf, _hashes(lines[3:]), note)
        return Extension(_number("old", lines[0]), _hashes(lines[1:]), note)
    except (ValueError, IndexError):
        raise LedgerCorrupt(
            "This is no proof as `ringfence ledger prove` writes it.",
            remedy="Get the file again, byte for byte; its first line is c2sp.org/tlog-proof@v1 or `old` and a number.",
        ) from None


def _extra(lines: Sequence[str]) -> bytes:
    if not lines[1].startswith("extra "):
        raise LedgerCorrupt(
            "The proof carries no record, so there is nothing to prove.",
            remedy="Ask for one that `ringfence ledger prove` made: it has the record in its `extra` line.",
        )
    return _raw(lines[1].removeprefix("extra "))


def _number(name: str, line: str) -> int:
    match = _NUMBER.fullmatch(line)
    if match is None or match[1] != name:
        raise ValueError
    return int(match[2])


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(_raw(line) for line in lines)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    """RFC 4648 section 4 in its one canonical spelling. Raises ValueError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError from None
    if _base64(raw) != text:
        raise ValueError
    return raw
