"""Vectors that golang.org/x/mod/sumdb/tlog made and judged (foreign/go/vectors.go): ours must agree on every one."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger.proof import consistency_holds, consistency_path, inclusion_holds, inclusion_path
from ringfence.ledger.tiles import HashTiles
from ringfence.ledger.tiles.tiler import Tiler
from ringfence.ledger.tree import Frontier, leaf_hash

FOLDER = Path(__file__).parent / "vectors"
LARGEST = 65537


def read(name: str) -> list[Any]:
    found: list[Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def leaf(index: int) -> bytes:
    """Record i of the tree that all vectors are of: the first is empty."""
    return str(index).encode() if index else b""


@pytest.fixture(scope="module")
def tiles() -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    tiler = Tiler(made.__setitem__)
    for index in range(LARGEST):
        tiler.add(leaf(index))
    tiler.finish()
    return made


def raw(path: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in path]


def test_roots(tiles: dict[str, bytes]) -> None:
    roots = {each["size"]: each["root"] for each in read("roots")}
    assert {0, 1, 2, 40, 255, 256, 257, 65535, 65536, 65537} <= set(roots)
    frontier = Frontier()
    for size in range(LARGEST + 1):
        if size in roots:
            assert frontier.root().hex() == roots[size], size
        frontier.append(leaf_hash(leaf(size)))
    assert HashTiles(tiles.get, LARGEST).root().hex() == roots[LARGEST]


def test_inclusion(tiles: dict[str, bytes]) -> None:
    verdicts: Counter[tuple[str, bool]] = Counter()
    hashes = HashTiles(tiles.get, LARGEST)
    for each in read("inclusion"):
        path, sizes = raw(each["path"]), (each["index"], each["size"])
        holds = inclusion_holds(bytes.fromhex(each["leaf_hash"]), *sizes, path, bytes.fromhex(each["root"]))
        assert holds == each["holds"], each
        verdicts[each["desc"], holds] += 1
        if each["desc"] == "as proved":
            assert holds
            assert each["leaf_hash"] == leaf_hash(leaf(each["index"])).hex()
            assert path == inclusion_path(*sizes, hashes.subtree)
    assert verdicts["as proved", True] > 200
    assert verdicts["tree of no leaves", False] == 81
    assert verdicts["tree of no leaves", True] == 0
    assert sum(count for (_, holds), count in verdicts.items() if not holds) > 1000


def test_consistency(tiles: dict[str, bytes]) -> None:
    verdicts: Counter[tuple[str, bool]] = Counter()
    hashes = HashTiles(tiles.get, LARGEST)
    for each in read("consistency"):
        path, old_root, new_root = raw(each["path"]), bytes.fromhex(each["old_root"]), bytes.fromhex(each["new_root"])
        holds = consistency_holds(each["old_size"], old_root, each["new_size"], new_root, path)
        assert holds == each["holds"], each
        verdicts[each["desc"], holds] += 1
        if each["desc"] == "as proved":
            assert holds
            assert path == consistency_path(each["old_size"], each["new_size"], hashes.subtree)
    assert verdicts["as proved", True] > 200
    assert verdicts["from no leaves", False] == 60
    assert verdicts["from no leaves", True] == 0
    assert sum(count for (_, holds), count in verdicts.items() if not holds) > 800
