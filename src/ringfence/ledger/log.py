"""The log on disk and the order in which one commit becomes durable. One thread uses it; after any exception but a
refusal, nobody may use it again: recovery decides at the next start what of the broken commit counts.

A commit, and what a crash at each point leaves behind:

1. salts, fdatasync          salts of records that don't exist: the next append writes over them
2. entries and the signed    nothing, a torn commit (cut off at the next start), or a whole one that nobody was told
   checkpoint, fdatasync     of (kept: a reader may have seen its signature, and a log never signs two histories)
3. highest slot, fdatasync   the slot before or this one; recovery goes on from either
4. acknowledgements          nothing more: INVARIANT: whatever was acknowledged is at or below the highest checkpoint
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.files import write_all
from ringfence.ledger.highest import Head, Highest
from ringfence.ledger.record import Draft, rfc3339
from ringfence.ledger.salts import write_salts
from ringfence.ledger.segments import CHECKPOINT, ENTRY, HEADER_BYTES, Header, create_segment, encode_frame
from ringfence.ledger.store import Outcome, admit, pair
from ringfence.ledger.tree import Frontier, leaf_hash


class Decided(msgspec.Struct, frozen=True):
    """A DECIDED record: its index, and where the commit that holds it begins."""

    index: int
    segment: int
    offset: int


class Tail:
    """Where the log ends: the frontier over all leaves, the last checkpoint's note, the last segment (its first index,
    a descriptor, its length in bytes), and the requests without an ENDED record, oldest first."""

    def __init__(self, frontier: Frontier, note: bytes, segment: int, end: int) -> None:
        self.frontier = frontier
        self.note = note
        self.segment = segment
        self.fd = -1
        self.end = end
        self.unended: dict[str, Decided] = {}

    def head(self, sequence: int) -> Head:
        """What the highest slot `sequence` must say of this."""
        here = Decided(self.frontier.size, self.segment, self.end)
        oldest = next(iter(self.unended.values()), here)
        peaks = tuple(self.frontier.peaks)
        return Head(sequence, self.note, peaks, self.segment, self.end, oldest.segment, oldest.offset)


class Log:
    """The store in a folder of segments. `clock` gives Unix seconds; `size` is how many leaves are durable; `lock_fd`
    keeps others out until `close`."""

    def __init__(
        self,
        folder: Path,
        tail: Tail,
        highest: Highest,
        signer: Signer,
        *,
        lock_fd: int,
        salts_fd: int,
        clock: Callable[[], float],
        roll_bytes: int,
    ) -> None:
        self.size = tail.frontier.size
        self._folder = folder
        self._tail = tail
        self._lock_fd = lock_fd
        self._salts_fd = salts_fd
        self._highest = highest
        self._signer = signer
        self._clock = clock
        self._roll_bytes = roll_bytes

    def commit(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """See `Store`. Raises OSError and others."""
        tail = self._tail
        if tail.end >= self._roll_bytes:
            self._roll()
        first = tail.frontier.size
        taken = admit(drafts, rfc3339(self._clock()), lambda draft, before: self._follow(draft, first + before))
        if taken.leaves:
            self._write(taken.leaves, taken.salts)
        return taken.outcomes(first)

    def close(self) -> None:
        """Let go of the files. The log is durable already."""
        os.close(self._tail.fd)
        os.close(self._salts_fd)
        self._highest.close()
        os.close(self._lock_fd)

    def _follow(self, draft: Draft, index: int) -> None:
        pair(self._tail.unended, draft, Decided(index, self._tail.segment, self._tail.end))

    def _write(self, leaves: Sequence[bytes], salts: Sequence[bytes]) -> None:
        """The four points of the module's docstring, but for the acknowledgements."""
        tail, first = self._tail, self._tail.frontier.size
        frames = []
        for leaf in leaves:
            frames.append(encode_frame(ENTRY, leaf))
            tail.frontier.append(leaf_hash(leaf))
        checkpoint = Checkpoint(self._signer.verifier.name, tail.frontier.size, tail.frontier.root())
        tail.note = self._signer.sign(checkpoint)
        frames.append(encode_frame(CHECKPOINT, tail.note))
        data = b"".join(frames)

        # 1. INVARIANT: an entry that commits to contents is on disk only after its salt.
        if any(salts):
            write_salts(self._salts_fd, first, salts)
        # 2. One write, but a crash may persist any part of it in any order: the checksums tell.
        write_all(tail.fd, data, tail.end)
        os.fdatasync(tail.fd)
        tail.end += len(data)
        # 3.
        self._highest.swap(tail.head(self._highest.head.sequence + 1))
        self.size = tail.frontier.size

    def _roll(self) -> None:
        """Go on in a new segment. Everything in the old one is at or below the highest checkpoint, so that a crash
        here leaves a new file without commits: it is used, or removed where its header is torn."""
        tail = self._tail
        fd = create_segment(self._folder, Header(tail.frontier.size, tail.segment, tail.end))
        os.close(tail.fd)
        tail.fd, tail.segment, tail.end = fd, tail.frontier.size, HEADER_BYTES
