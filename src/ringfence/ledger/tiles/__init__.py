"""The log laid out for anybody's tools: https://c2sp.org/tlog-tiles. An index of the log, which it can be made from."""

from ringfence.ledger.tiles.build import CHECKPOINT, Built, build
from ringfence.ledger.tiles.hashes import HashTiles, folder_tiles
from ringfence.ledger.tiles.layout import ENTRIES, WIDTH, Tile, parse, tile_path, tiles_of

__all__ = [
    "CHECKPOINT",
    "ENTRIES",
    "WIDTH",
    "Built",
    "HashTiles",
    "Tile",
    "build",
    "folder_tiles",
    "parse",
    "tile_path",
    "tiles_of",
]
