"""Whether the present log leads to what was anchored. Whoever holds its key can sign another past; not an anchor's."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from ringfence.ledger.checkpoint import Checkpoint
from ringfence.ledger.reader import Reader
from ringfence.ledger.tree import Frontier, leaf_hash


class How(StrEnum):
    """ROLLED_BACK: the log has fewer records than were anchored. REWRITTEN: as many or more, but others. FORKED: two
    trees of one size were anchored, so two histories were signed."""

    ROLLED_BACK = "rolled back"
    REWRITTEN = "rewritten"
    FORKED = "forked"


class Contradiction(msgspec.Struct, frozen=True):
    """An anchored tree (`size`, `root` in hex) that the log does not lead to. The records below `sound` are as they
    were anchored; one of those from `sound` to `size` - 1 is not, or is gone."""

    how: How
    size: int
    root: str
    sound: int
    says: str


class Followed(msgspec.Struct, frozen=True):
    """The log's own root (hex) at each size that was asked for and that it reaches, the time on the record that comes
    next, and how far it was followed."""

    roots: dict[int, str]
    next_times: dict[int, str]
    size: int


def contradictions(reader: Reader, anchored: Iterable[tuple[int, str]]) -> list[Contradiction]:
    """Compares anchored trees (size, root in hex), from wherever they come, with the log's records, which are hashed
    anew: nothing that the log says of itself is believed. Empty where the log leads to all of them.

    Reads the whole log once, up to the largest size. Raises LedgerCorrupt where it can't be read.
    """
    trees_ = list(anchored)
    return compare(follow(reader, {size for size, _ in trees_}), trees_)


def compare(log: Followed, anchored: Iterable[tuple[int, str]]) -> list[Contradiction]:
    """The same, of a log that was followed to all these sizes."""
    by_size: dict[int, set[str]] = {}
    for size, root in anchored:
        by_size.setdefault(size, set()).add(root)
    roots, size_now = log.roots, log.size
    found, sound = [], 0
    for size in sorted(by_size):
        if roots.get(size) in by_size[size]:
            sound = size
        for root in sorted(by_size[size] - {roots.get(size)}):
            if len(by_size[size]) > 1:
                how = How.FORKED
                says = (
                    f"Two trees of {size} records were anchored, and the ledger leads to only one of them, or to none"
                )
            elif size > size_now:
                how, says = How.ROLLED_BACK, f"{size} records were anchored, the ledger has {size_now}"
            else:
                how, says = How.REWRITTEN, f"The first {size} records are not those that were anchored"
            found.append(Contradiction(how, size, root, sound, f"{says} (unchanged: the first {sound})."))
    return found


def trees(checkpoints: Iterable[Checkpoint]) -> list[tuple[int, str]]:
    """Checkpoints as `contradictions` takes them."""
    return [(each.size, each.root.hex()) for each in checkpoints]


def follow(reader: Reader, sizes: set[int]) -> Followed:
    """Reads the log once, up to the largest of `sizes`. Raises LedgerCorrupt."""
    frontier = Frontier()
    roots, next_times = {0: frontier.root().hex()}, dict[int, str]()
    last = max(sizes, default=0)
    if last:
        for entry in reader.entries():
            if frontier.size in roots:
                next_times[frontier.size] = entry.fields.time
            frontier.append(leaf_hash(entry.leaf))
            if frontier.size in sizes:
                roots[frontier.size] = frontier.root().hex()
            if frontier.size == last:
                break
    return Followed(roots, next_times, frontier.size)
