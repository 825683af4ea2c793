"""Any hash of the tree, from tiles: for proofs (proof.py) and for what a verifier carries away."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from ringfence.ledger.tiles.layout import WIDTH, count, levels, tile_path
from ringfence.ledger.tiles.tiler import Row, complete, peaks
from ringfence.ledger.tree import EMPTY_ROOT, Frontier, node_hash
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError

Read = Callable[[str], bytes | None]
"""A file below the log's prefix by its path, None where there is none."""

REPAIR = "`ringfence ledger fsck --repair` makes the tiles again from the log."

_HASH_BYTES = 32
_TILE_BITS = 8
_TILES_KEPT = 1024  # 8 MiB


class HashTiles:
    """The tree of `size`, read from tiles. INVARIANT: tiles are believed by nobody: compare `root()` with a signed
    one, or check the proof that was made."""

    def __init__(self, read: Read, size: int) -> None:
        self.size = size
        self._read = read
        self._tile = lru_cache(_TILES_KEPT)(self._load)

    def leaf_hash(self, index: int) -> bytes:
        """Of record `index`. Raises LedgerError as `subtree` does."""
        return self.subtree(index, index + 1)

    def subtree(self, start: int, end: int) -> bytes:
        """The hash over records start..end-1, a subtree of RFC 6962 as proof.py asks for them.

        Raises LedgerError where the tree is smaller, LedgerCorrupt where a tile is missing or has a wrong length.
        """
        if not 0 <= start < end <= self.size:
            raise LedgerError(f"The tree of {self.size} records has no subtree from {start} to {end}.", remedy=REPAIR)
        bits = (end - start - 1).bit_length()
        if end - start == 1 << bits and start % (end - start) == 0:
            return self._node(bits, start >> bits)
        middle = start + (1 << bits - 1)
        return node_hash(self.subtree(start, middle), self.subtree(middle, end))

    def frontier(self, size: int) -> Row:
        """The hashes of the complete subtrees of the first `size` records, the largest first (tree.Frontier)."""
        found, start = [], 0
        for bit in reversed(range(size.bit_length())):
            if size & (1 << bit):
                found.append(self.subtree(start, start + (1 << bit)))
                start += 1 << bit
        return found

    def rows(self) -> list[Row]:
        """The hashes of the rightmost tile of each level, none where it is full (tiler.Tiler)."""
        rows = []
        for level in levels(self.size):
            n, width = divmod(count(self.size, level), WIDTH)
            rows.append(list(self._tile(level, n)) if width else [])
        return rows

    def root(self) -> bytes:
        """Of the tree, from the rightmost tile of each level."""
        return Frontier(self.size, peaks(self.rows())).root() if self.size else EMPTY_ROOT

    def _node(self, bits: int, position: int) -> bytes:
        """The complete subtree over 2**bits records, the position-th from the left."""
        level, inside = divmod(bits, _TILE_BITS)
        n, first = divmod(position << inside, WIDTH)
        return complete(self._tile(level, n)[first : first + (1 << inside)])

    def _load(self, level: int, n: int) -> tuple[bytes, ...]:
        width = min(WIDTH, count(self.size, level) - n * WIDTH)
        path = tile_path(level, n, width)
        data = self._read(path)
        if data is None and width < WIDTH:
            # A partial tile may be removed once the full one is there.
            data = (self._read(tile_path(level, n)) or b"")[: width * _HASH_BYTES] or None
        if data is None:
            raise LedgerCorrupt(f"The tile {path} is missing.", where=path, remedy=REPAIR)
        if len(data) != width * _HASH_BYTES:
            raise LedgerCorrupt(f"The tile {path} has {len(data)} bytes.", where=path, remedy=REPAIR)
        return tuple(data[at : at + _HASH_BYTES] for at in range(0, len(data), _HASH_BYTES))


def folder_tiles(folder: Path) -> Read:
    """Reads files below `folder`. Raises OSError, but for a file that is not there."""

    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    return read
