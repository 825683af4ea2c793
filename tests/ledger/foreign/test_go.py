"""Go's own transparency log code (golang.org/x/mod/sumdb) reads, proves and checks our log."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.foreign import forging
from ledger.foreign.conftest import Log
from ledger.foreign.forging import text
from ringfence.ledger.checkpoint import Signer
from support.tiles import served

Check = Callable[[Log, str], Any]
SOME = (0, 1, 2, 255, 256, 511, 512, 600, 699)


def job(log: Log, source: str, **more: Any) -> dict[str, Any]:
    return {"key": log.key, "source": source, **more}


def records(log: Log, indexes: Any = SOME) -> list[dict[str, Any]]:
    return [{"index": index, "leaf": text(log.leaves[index])} for index in indexes]


def trees(log: Log) -> list[dict[str, Any]]:
    return [{"size": old.size, "root": text(old.root)} for old in log.older]


@pytest.fixture(scope="module")
def stranger(log: Log) -> Signer:
    return Signer(log.verifier.name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.fixture(params=["folder", "http"])
def source(request: pytest.FixtureRequest, log: Log) -> Iterator[str]:
    if request.param == "folder":
        yield str(log.tiles)
        return
    with served(log.tiles) as url:
        yield url


def test_all_is_proved_from_our_tiles(log: Log, source: str, go: Any) -> None:
    everything = range(len(log.leaves))
    found = json.loads(go("check", stdin=job(log, source, records=records(log, everything), trees=trees(log))))
    assert (found["Checkpoint"], found["Size"]) == ("", len(log.leaves))
    assert found["Records"] == [""] * len(log.leaves)
    assert found["Trees"] == [""] * len(log.older)


def test_our_proofs_hold(log: Log, go: Any) -> None:
    proofs = [forging.proof_job(forging.inclusion(log, index)) for index in range(len(log.leaves))]
    extensions = [forging.extension_job(forging.extension(log, old), old) for old in log.older]
    found = json.loads(go("check", stdin={"key": log.key, "proofs": proofs, "extensions": extensions}))
    assert found["Proofs"] == [""] * len(proofs)
    assert found["Extensions"] == [""] * len(extensions)


def test_forged_proofs_do_not(log: Log, stranger: Signer, go: Any) -> None:
    forged = [each for index in (1, 256, 600) for each in forging.forged_proofs(log, index, stranger)]
    longer = [each for old in log.older for each in forging.forged_extensions(log, old, stranger)]
    stdin = {"key": log.key, "proofs": [job for _, job in forged], "extensions": [job for _, job in longer]}
    found = json.loads(go("check", stdin=stdin))
    assert [what for (what, _), why in zip(forged, found["Proofs"], strict=True) if not why] == []
    assert [what for (what, _), why in zip(longer, found["Extensions"], strict=True) if not why] == []


def test_records_and_trees_that_are_not_the_logs(log: Log, go: Any) -> None:
    wrong = [
        {"index": 5, "leaf": text(forging.flipped(log.leaves[5], 3))},
        {"index": 5, "leaf": text(log.leaves[6])},
        {"index": len(log.leaves), "leaf": text(log.leaves[5])},
    ]
    old = log.older[1]
    others = [
        {"size": old.size, "root": text(forging.flipped(old.root))},
        {"size": old.size + 1, "root": text(old.root)},
        {"size": len(log.leaves) + 1, "root": text(log.hashes.root())},
        {"size": 0, "root": text(old.root)},
    ]
    found = json.loads(go("check", stdin=job(log, str(log.tiles), records=wrong, trees=others)))
    assert all([*found["Records"], *found["Trees"]]), found


def test_another_key(log: Log, stranger: Signer, go: Any) -> None:
    stdin = {**job(log, str(log.tiles)), "key": stranger.verifier.key_line}
    assert json.loads(go("check", stdin=stdin))["Checkpoint"]


def _swap(a: Path, b: Path) -> None:
    one, other = a.read_bytes(), b.read_bytes()
    a.write_bytes(other)
    b.write_bytes(one)


FORGED_TILES: dict[str, Callable[[Path], object]] = {
    "a changed bit": lambda tiles: (tiles / "tile/0/001").write_bytes(
        forging.flipped((tiles / "tile/0/001").read_bytes(), 32 * 45)  # the neighbour of record 300
    ),
    "swapped tiles": lambda tiles: _swap(tiles / "tile/0/000", tiles / "tile/0/001"),
    "a tile that is missing": lambda tiles: (tiles / "tile/0/001").unlink(),
    "a short tile": lambda tiles: (tiles / "tile/0/001").write_bytes((tiles / "tile/0/001").read_bytes()[:-32]),
}


@pytest.mark.parametrize("what", FORGED_TILES)
def test_forged_tiles(what: str, log: Log, go: Any, tmp_path: Path) -> None:
    shutil.copytree(log.tiles, tmp_path / "tiles")
    FORGED_TILES[what](tmp_path / "tiles")
    stdin = job(log, str(tmp_path / "tiles"), records=records(log, [300]))
    [why] = json.loads(go("check", stdin=stdin))["Records"]
    assert why


@pytest.mark.parametrize("at", range(5))
def test_forged_checkpoint(at: int, log: Log, stranger: Signer, go: Any, tmp_path: Path) -> None:
    shutil.copytree(log.tiles, tmp_path / "tiles")
    _, note = list(forging.broken_notes(log, stranger))[at]
    (tmp_path / "tiles/checkpoint").write_bytes(note)
    assert json.loads(go("check", stdin=job(log, str(tmp_path / "tiles"))))["Checkpoint"]


def test_the_vectors_are_what_go_makes(go: Any, tmp_path: Path) -> None:
    """`go build` and `verifier vectors tests/ledger/vectors` make them again after a change of vectors.go."""
    go("vectors", str(tmp_path))
    kept = Path(__file__).parents[1] / "vectors"
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names == sorted(each.name for each in kept.glob("*.json"))
    for name in names:
        assert (tmp_path / name).read_bytes() == (kept / name).read_bytes(), name
