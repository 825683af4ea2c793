"""Proofs as jobs of the foreign verifiers, and every way to spoil one."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from ledger.foreign.conftest import Log
from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.handout import Extension, Inclusion, extend, include
from ringfence.ledger.tree import leaf_hash

Job = dict[str, Any]


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def inclusion(log: Log, index: int) -> Inclusion:
    return include(index, log.leaves[index], log.hashes, log.note, log.verifier)


def extension(log: Log, old: Checkpoint) -> Extension:
    return extend(old.size, log.hashes, log.note, log.verifier)


def proof_job(proof: Inclusion) -> Job:
    path = [text(each) for each in proof.path]
    return {"index": proof.index, "leaf": text(proof.leaf), "path": path, "note": text(proof.note)}


def extension_job(proof: Extension, old: Checkpoint) -> Job:
    path = [text(each) for each in proof.path]
    return {"old": {"size": old.size, "root": text(old.root)}, "path": path, "note": text(proof.note)}


def flipped(raw: bytes, at: int = 0) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def broken_paths(path: tuple[bytes, ...], other: bytes) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    yield "a changed hash", (*path[:-1], flipped(path[-1]))
    yield "a truncated path", path[:-1]
    yield "a path without its beginning", path[1:]
    yield "an extended path", (*path, other)
    yield "a path with something before it", (other, *path)
    yield "swapped hashes", (path[1], path[0], *path[2:])


def broken_notes(log: Log, stranger: Signer) -> Iterator[tuple[str, bytes]]:
    """The log's note with another root or size, and one that a stranger signed under the log's name."""
    head, tail = log.note.split(b"\n\n", 1)
    origin, size, root = head.split(b"\n")
    yield "a changed root", b"\n".join([origin, size, flipped(root)]) + b"\n\n" + tail
    yield "a changed size", b"\n".join([origin, str(int(size) - 1).encode(), root]) + b"\n\n" + tail
    yield "a changed name", b"\n".join([origin + b"x", size, root]) + b"\n\n" + tail
    checkpoint = Checkpoint(log.verifier.name, len(log.leaves), log.hashes.root())
    yield "another key", stranger.sign(checkpoint)
    line = tail.split(b" ")
    yield "a changed signature", head + b"\n\n" + b" ".join([*line[:2], line[2][:40] + flipped(line[2], 40)[40:]])


def forged_proofs(log: Log, index: int, stranger: Signer) -> Iterator[tuple[str, Job]]:
    proof = inclusion(log, index)
    good = proof_job(proof)
    yield "a changed record", {**good, "leaf": text(flipped(proof.leaf, 5))}
    yield "another record", {**good, "leaf": text(log.leaves[index + 1])}
    yield "a node as a record", {**good, "leaf": text(b"\x01" + proof.leaf)}
    for wrong in (index + 1, index ^ 1, len(log.leaves), len(log.leaves) + index):
        yield f"the index {wrong}", {**good, "index": wrong}
    for what, path in broken_paths(proof.path, leaf_hash(proof.leaf)):
        yield what, {**good, "path": [text(each) for each in path]}
    for what, note in broken_notes(log, stranger):
        yield what, {**good, "note": text(note)}


def forged_extensions(log: Log, old: Checkpoint, stranger: Signer) -> Iterator[tuple[str, Job]]:
    proof = extension(log, old)
    good = extension_job(proof, old)
    yield "another older root", {**good, "old": {"size": old.size, "root": text(flipped(old.root))}}
    for wrong in (old.size - 1, old.size + 1, 2 * old.size, 0):
        yield f"the older size {wrong}", {**good, "old": {"size": wrong, "root": text(old.root)}}
    for what, path in broken_paths(proof.path, old.root):
        yield what, {**good, "path": [text(each) for each in path]}
    for what, note in broken_notes(log, stranger):
        yield what, {**good, "note": text(note)}
