"""An operator who holds the log's key and leaves a request out of its past: every hash and signature is made anew."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.highest import Head, Highest
from ringfence.ledger.keys import load_key
from ringfence.ledger.postgres.commits import remembered
from ringfence.ledger.record import SALT_BYTES
from ringfence.ledger.salts import NO_SALT, encode_slot, open_salts, write_salts
from ringfence.ledger.segments import (
    CHECKPOINT,
    ENTRY,
    HEADER_BYTES,
    Header,
    create_segment,
    encode_frame,
    segment_path,
)
from ringfence.ledger.tree import Frontier, leaf_hash
from support.postgres import Cluster


class Forged(msgspec.Struct, frozen=True):
    """The other past: commits (leaves, note), the salts of all records, and the frontier at the end."""

    commits: list[tuple[list[bytes], bytes]]
    salts: list[bytes]
    peaks: tuple[bytes, ...]


def forge(folder: Path, decided: int) -> Forged:
    """The log of a home without the request whose DECIDED record is `decided`."""
    home = homes.find(folder)
    reader = boot.reader(home)
    signer = Signer(home.settings.ledger.origin, load_key(home.ledger_key))
    entries = list(reader.entries())
    bodies = [json.loads(entry.leaf) for entry in entries]
    [ended] = [at for at, each in enumerate(bodies) if each["body"].get("decided") == decided]
    gone = {decided, ended}
    old_salts = reader.salts(0, len(entries))
    frontier, commits, salts = Frontier(), [], list[bytes]()
    for first, size in pairwise([0, *(signed.size for signed in reader.checkpoints())]):
        leaves = []
        for at in (at for at in range(first, size) if at not in gone):
            leaf = entries[at].leaf
            before = bodies[at]["body"].get("decided")
            if before is not None:
                moved = before - sum(each < before for each in gone)
                leaf = leaf.replace(b'"decided":%d' % before, b'"decided":%d' % moved)
            leaves.append(leaf)
            frontier.append(leaf_hash(leaf))
            salt = b"" if old_salts[at] == NO_SALT else old_salts[at][:SALT_BYTES]
            salts.append(encode_slot(len(salts), salt))
        if leaves:
            note = signer.sign(Checkpoint(signer.verifier.name, frontier.size, frontier.root()))
            commits.append((leaves, note))
    return Forged(commits, salts, tuple(frontier.peaks))


def into_segments(folder: Path, forged: Forged) -> None:
    """Puts it in the place of the true log."""
    home = homes.find(folder)
    for path in (home.ledger / "segments").iterdir():
        path.unlink()
    (home.ledger / "salts").unlink()
    (home.ledger_highest).unlink()
    fd = open_salts(home.ledger)
    write_salts(fd, 0, [slot[:SALT_BYTES] if any(slot) else b"" for slot in forged.salts])
    os.close(fd)
    fd = create_segment(home.ledger, Header(0, 0, 0))
    data = b"".join(
        b"".join(encode_frame(ENTRY, leaf) for leaf in leaves) + encode_frame(CHECKPOINT, note)
        for leaves, note in forged.commits
    )
    os.pwrite(fd, data, HEADER_BYTES)
    os.close(fd)
    end = segment_path(home.ledger, 0).stat().st_size
    Highest.create(home.ledger_highest, Head(0, forged.commits[-1][1], forged.peaks, 0, end, 0, end))


def into_postgres(cluster: Cluster, url: str, folders: list[Path], forged: Forged) -> None:
    """Puts it in the place of the true log, and into each gateway's memory of it."""

    def sql(data: bytes) -> str:
        return f"'\\x{data.hex()}'::bytea"

    leaves = [leaf for each, _ in forged.commits for leaf in each]
    size, note = 0, b""
    sizes: list[tuple[int, bytes]] = []
    for each, note in forged.commits:
        size += len(each)
        sizes.append((size, note))
    salts = [(at, slot) for at, slot in enumerate(forged.salts) if any(slot)]
    statements = [
        "TRUNCATE ringfence.leaves, ringfence.checkpoints, ringfence.salts",
        f"INSERT INTO ringfence.leaves VALUES {_rows(enumerate(leaves), sql)}",
        f"INSERT INTO ringfence.checkpoints VALUES {_rows(sizes, sql)}",
        f"INSERT INTO ringfence.salts VALUES {_rows(salts, sql)}",
        f"UPDATE ringfence.head SET size = {size}, note = {sql(note)}, peaks = {sql(b''.join(forged.peaks))}",
    ]
    cluster.run(url, *statements)
    for folder in folders:
        home = homes.find(folder)
        home.ledger_highest.unlink()
        Highest.create(home.ledger_highest, remembered(Head(0, note, forged.peaks, 0, 0, 0, 0), 0))


def _rows(pairs: Any, sql: Any) -> str:
    return ", ".join(f"({number}, {sql(data)})" for number, data in pairs)
