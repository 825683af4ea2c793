"""Names of tiles: `tile/<level>/<n>[.p/<width>]`, https://c2sp.org/tlog-tiles#merkle-tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

WIDTH = 256
"""Hashes in a full tile, and entries in a full bundle."""

ENTRIES = -1
"""Stands for the level of entry bundles, which cover the same records as the tiles of level 0."""

_LEVEL_BITS = 8  # a hash of level l covers 256 ** l records
_PATH = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class Tile(msgspec.Struct, frozen=True):
    """The n-th tile of a level, `width` hashes (or entries) wide."""

    level: int
    n: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        return tile_path(self.level, self.n, self.width)


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    """Where a tile stands below the log's folder or prefix: `tile/0/x001/x234/067.p/8`."""
    name = f"{n % 1000:03d}"
    while n := n // 1000:
        name = f"x{n % 1000:03d}/{name}"
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level == ENTRIES else level}/{name}{partial}"


def parse(path: str) -> Tile | None:
    """The tile of a path in its one spelling, else None: nothing else gets from a client to the disk."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level = ENTRIES if match[1] == "entries" else int(match[1])
    tile = Tile(level, int(match[2].replace("/x", "").replace("/", "").removeprefix("x")), int(match[3] or WIDTH))
    return tile if tile.path == path else None


def count(size: int, level: int) -> int:
    """How many hashes of a level the tree of `size` has: one for each full tile of the level below."""
    return size >> (_LEVEL_BITS * max(level, 0))


def tiles_of(size: int, level: int) -> Iterator[Tile]:
    """The tiles of a level in the tree of `size`, the last one perhaps partial."""
    full, rest = divmod(count(size, level), WIDTH)
    for n in range(full):
        yield Tile(level, n)
    if rest:
        yield Tile(level, full, rest)


def levels(size: int) -> range:
    """The levels of hashes that the tree of `size` has."""
    return range((max(size.bit_length(), 1) - 1) // _LEVEL_BITS + 1 if size else 0)
