"""Records in, tiles out: what build.py writes and fsck.py compares with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ringfence.ledger.tiles.layout import ENTRIES, WIDTH, count, tile_path
from ringfence.ledger.tree import Frontier, leaf_hash, node_hash

Row = list[bytes]
"""The hashes of the rightmost tile of one level, none where that tile is full."""


class Tiler:
    """Lays out a log from record `size` on, which must begin a tile; `rows` is what stands to the left of it in the
    rightmost tile of each level. Each tile goes to `put(path, data)` when it is full; `finish` puts the partial ones.
    """

    def __init__(self, put: Callable[[str, bytes], None], size: int = 0, rows: Sequence[Row] = ()) -> None:
        self.size = size
        self._put = put
        self._rows = [list(row) for row in rows]
        self._bundle: Row = []

    def add(self, leaf: bytes) -> None:
        """The next record, at most 65,535 bytes: https://c2sp.org/tlog-tiles#log-entries."""
        self.size += 1
        self._bundle.append(len(leaf).to_bytes(2, "big") + leaf)
        self._push(0, leaf_hash(leaf))

    def finish(self, since: int = 0) -> None:
        """Put the partial tiles of the tree as it is now, but for those that the tree of `since` records has too."""
        rows: list[tuple[int, Row]] = [*enumerate(self._rows), (ENTRIES, self._bundle)]
        for level, row in rows:
            if row and count(self.size, level) != count(since, level):
                self._put(tile_path(level, count(self.size, level) // WIDTH, len(row)), b"".join(row))

    def root(self) -> bytes:
        """Of the tree as it is now."""
        return Frontier(self.size, peaks(self._rows)).root()

    def _push(self, level: int, hash_: bytes) -> None:
        if level == len(self._rows):
            self._rows.append([])
        row = self._rows[level]
        row.append(hash_)
        if len(row) < WIDTH:
            return
        n = count(self.size, level) // WIDTH - 1
        if level == 0:
            self._put(tile_path(ENTRIES, n), b"".join(self._bundle))
            self._bundle = []
        self._put(tile_path(level, n), b"".join(row))
        self._rows[level] = []
        self._push(level + 1, complete(row))


def complete(hashes: Sequence[bytes]) -> bytes:
    """The hash over a power of two of neighbours."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def peaks(rows: Iterable[Row]) -> Row:
    """The hashes of the complete subtrees, the largest first, that `rows` (of level 0 first) stand for."""
    found: Row = []
    for row in reversed(list(rows)):
        start = 0
        for bit in reversed(range(WIDTH.bit_length())):
            if len(row) & (1 << bit):
                found.append(complete(row[start : start + (1 << bit)]))
                start += 1 << bit
    return found
