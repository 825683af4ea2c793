"""Makes and follows the tiles of a log. They are an index: whatever is lost or damaged is made again from the log.

One round, and what a crash at each point leaves behind:

1. full tiles and bundles    tiles that no checkpoint asks for: the next round writes the same again
2. partial ones              ditto
3. checkpoint                the one before or this one, each with every tile that it asks for
4. old partial tiles go      partial tiles that nobody needs; fsck leaves them in peace
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import msgspec

from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.files import lock, make_folder, replace_file
from ringfence.ledger.reader import Reader
from ringfence.ledger.tiles.hashes import REPAIR, HashTiles, Read, folder_tiles
from ringfence.ledger.tiles.layout import ENTRIES, WIDTH, count, levels, tile_path
from ringfence.ledger.tiles.tiler import Tiler
from ringfence.vocabulary.errors import LedgerCorrupt

CHECKPOINT = "checkpoint"
_EMPTY = Checkpoint("", 0, b"")


class Built(msgspec.Struct, frozen=True):
    """A round: how many records the tiles cover now, and covered before."""

    size: int
    before: int


def _on() -> None:
    """Nobody waits."""


def build(reader: Reader, folder: Path, breathe: Callable[[], None] = _on) -> Built:
    """Bring the tiles in `folder` up to the newest published checkpoint. Reads the records since the last round, and
    at most 255 more. `breathe` is called after every 256 records, for who has better things to do meanwhile; what it
    raises ends the round as a crash would.

    Raises LedgerLocked where another process does so, OSError, and LedgerCorrupt where tiles and log do not follow
    from one another: then nothing was published.
    """
    verifier = Verifier.from_key_line(reader.key_line)
    make_folder(folder)
    with alone(folder):
        note = reader.checkpoint()
        new = open_note(note, verifier)
        old = published(folder_tiles(folder), verifier) or _EMPTY
        check_order(old, new, folder)
        if old.size == new.size and old.origin:
            return Built(new.size, old.size)
        tiler = _go_on(old, folder)
        for entry in islice(reader.entries(tiler.size), new.size - tiler.size):
            tiler.add(entry.leaf)
            if tiler.size % WIDTH == 0:
                breathe()
        if (tiler.size, tiler.root()) != (new.size, new.root):
            raise LedgerCorrupt(
                f"The log's records do not lead to its signed root of size {new.size}: no tiles were published."
            )
        tiler.finish(since=old.size)
        # INVARIANT: all that a checkpoint asks for is durable before it, so that what is served is always whole.
        replace_file(folder / CHECKPOINT, note, 0o600)
        _sweep(folder, old.size)
    return Built(new.size, old.size)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else writes tiles in `folder` meanwhile. Raises LedgerLocked."""
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        lock(fd, str(folder))
        yield
    finally:
        os.close(fd)


def published(read: Read, verifier: Verifier) -> Checkpoint | None:
    """The checkpoint of the tiles, None where there is none yet. Raises LedgerCorrupt where the key did not sign it."""
    note = read(CHECKPOINT)
    if note is None:
        return None
    try:
        return open_note(note, verifier)
    except LedgerCorrupt as error:
        raise LedgerCorrupt(f"The checkpoint of the tiles can't be used: {error}", remedy=REPAIR) from None


def write_tile(folder: Path, path: str, data: bytes) -> None:
    """Put a tile durably in its place, whole or not at all."""
    make_folder((folder / path).parent)
    replace_file(folder / path, data, 0o600)


def check_order(old: Checkpoint, new: Checkpoint, folder: Path) -> None:
    """The tiles are a second witness: what they have seen signed, the log must still hold. Raises LedgerCorrupt."""
    if old.size > new.size:
        raise LedgerCorrupt(
            f"The tiles in {folder} have a signed checkpoint of {old.size} records, the log one of {new.size}: "
            "the log was rolled back.",
            where=str(folder / CHECKPOINT),
        )
    if old.size == new.size and old.origin and old.root != new.root:
        raise LedgerCorrupt(
            f"Tiles and log have two signed roots of size {new.size}: the log was forked.",
            where=str(folder / CHECKPOINT),
        )


def _go_on(old: Checkpoint, folder: Path) -> Tiler:
    """Where the last round ended, once its tiles lead to the root that was signed. The last bundle is made again from
    its beginning, so that one damaged there does not live on."""

    def put(path: str, data: bytes) -> None:
        write_tile(folder, path, data)

    if not old.size:
        return Tiler(put)
    tiles = HashTiles(folder_tiles(folder), old.size)
    if tiles.root() != old.root:
        raise LedgerCorrupt(f"The tiles in {folder} do not lead to their signed root.", remedy=REPAIR)
    _, *rows = tiles.rows()
    return Tiler(put, old.size - old.size % WIDTH, [[], *rows])


def _sweep(folder: Path, size: int) -> None:
    """Remove partial tiles whose full ones were published a round ago already, when the tree had `size` records: a
    reader with the checkpoint before this one may still ask for the others. Only the last places are looked at, so
    what a crash or a leap leaves elsewhere stays: it is true, and asked for by nobody."""
    for level in (ENTRIES, *levels(size)):
        last = count(size, level) // WIDTH
        places = {(folder / tile_path(level, n)).parent for n in (last, last - 1) if n >= 0}
        for place in places:
            for partial in place.glob("*.p"):
                full = partial.with_suffix("")
                if full.exists() and full != folder / tile_path(level, last):
                    for each in partial.iterdir():
                        each.unlink()
                    partial.rmdir()
