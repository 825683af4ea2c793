"""Which tiles of the log a bundle holds: enough for every proof about its records, and no more."""

from __future__ import annotations

from collections.abc import Iterable

from ringfence.evidence.bundle.archive import MAX_MEMBERS, Archive
from ringfence.evidence.bundle.layout import TILES, Manifest
from ringfence.ledger.checkpoint import Checkpoint
from ringfence.ledger.tiles import WIDTH, HashTiles, Tile, tile_path, tiles_of
from ringfence.ledger.tiles.layout import levels
from ringfence.ledger.tree import node_hash
from ringfence.vocabulary.errors import LedgerError

_MOST_TILES = MAX_MEMBERS - 2_000  # the rest is for everything else in the archive
_BEFORE_TILES = TILES.removesuffix("tile/")


def tiles_for(manifest: Manifest, anchored: Iterable[int], sign: int) -> list[Tile]:
    """Every tile of level 1 and above in the tree of `manifest.size`; of level 0 those that hold the period's records
    and their neighbours, the record `sign` (-1: none), the end of each tree of an `anchored` size, and the end of the
    newest one. Raises LedgerError where an archive can't hold so many."""
    size = manifest.size
    upper = size // WIDTH**2 + manifest.records // WIDTH
    if upper > _MOST_TILES:
        raise LedgerError(
            f"A bundle of {manifest.records} of {size} records would hold more than {_MOST_TILES} tiles.",
            remedy="Export a shorter period.",
        )
    ends = [manifest.first - 1, manifest.next, sign, size - 1, *(each - 1 for each in anchored)]
    wanted = {index // WIDTH for index in ends if 0 <= index < size}
    wanted.update(range(manifest.first // WIDTH, -(-manifest.next // WIDTH)))
    bottom = [Tile(0, n, min(WIDTH, size - n * WIDTH)) for n in sorted(wanted)]
    return [*bottom, *(tile for level in levels(size)[1:] for tile in tiles_of(size, level))]


def member_name(tile: Tile) -> str:
    """Where a tile stands in a bundle: below `log/` as tlog-tiles names it."""
    return _BEFORE_TILES + tile_path(tile.level, tile.n, tile.width)


def tiles_of_archive(archive: Archive, size: int) -> HashTiles:
    """The hashes of the tree of `size`, from the tiles in a bundle."""

    def read(path: str) -> bytes | None:
        name = _BEFORE_TILES + path
        return archive.read(name) if name in archive.members else None

    return HashTiles(read, size)


def disagreement(hashes: HashTiles, tiles: Iterable[Tile], newest: Checkpoint) -> str:
    """Why the tiles are not those of the newest tree; "" where they are: the right edge leads to its root, and every
    other tile to the hash that stands for it one level above. Raises LedgerError where one has a wrong length."""
    if hashes.root() != newest.root:
        return f"The tiles do not lead to the newest root, of {newest.size} records."
    for tile in tiles:
        if tile.width < WIDTH:
            continue  # at the right edge, so the root is made of it
        covers = WIDTH ** (tile.level + 1)
        start, middle, end = tile.n * covers, tile.n * covers + covers // 2, (tile.n + 1) * covers
        # The whole is one hash in the parent; each half is made of this tile's own hashes.
        if node_hash(hashes.subtree(start, middle), hashes.subtree(middle, end)) != hashes.subtree(start, end):
            return f"{member_name(tile)} is not the tile that its parent stands for."
    return ""
