"""Partial tiles that stand beside, or in place of, what they became part of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ringfence.ledger.tiles.hashes import Read
from ringfence.ledger.tiles.layout import ENTRIES, WIDTH, Tile, count, parse

_HASH_BYTES = 32
_OURS = ("checkpoint", "lock")


def standing(read: Read, path: str) -> bytes | None:
    """The bytes of a tile; of a partial one that was removed, the beginning of the full one. None where neither is."""
    data, tile = read(path), parse(path)
    if data is None and tile and tile.width < WIDTH:
        data = beginning(read(Tile(tile.level, tile.n).path) or b"", tile)
    return data


def beginning(data: bytes, tile: Tile) -> bytes | None:
    """What a partial tile says of the wider one with `data`; None where that holds less."""
    if tile.level != ENTRIES:
        length = tile.width * _HASH_BYTES
        return data[:length] if len(data) >= length else None
    at = 0
    for _ in range(tile.width):
        if at + 2 > len(data):
            return None
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    return data[:at]


def leftovers(folder: Path, read: Read, size: int) -> Iterator[tuple[str, str]]:
    """Files below `folder` that the tree of `size` does not ask for: (path, why it is wrong), and "" for why where it
    is none of ours. What is partial and true, or beyond the tree (a crash's remains, or a round under way), is passed
    over."""
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        path = file.relative_to(folder).as_posix()
        tile = parse(path)
        if tile is None:
            if path not in _OURS:
                yield path, ""
            continue
        wide = min(WIDTH, count(size, tile.level) - tile.n * WIDTH)
        if wide <= 0 or tile.width >= wide:
            continue
        whole, partial = standing(read, Tile(tile.level, tile.n, wide).path), read(path)
        if partial is None:  # a round swept it away meanwhile
            continue
        if whole is None or beginning(whole, tile) != partial:
            yield path, f"{path} is not the beginning of its tile."
