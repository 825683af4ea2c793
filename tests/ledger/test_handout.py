"""Proofs as text: read back, checked, and refused in every other spelling."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.handout import (
    MAX_BYTES,
    Extension,
    Inclusion,
    check_extension,
    check_inclusion,
    decode,
    encode,
    extend,
    include,
)
from ringfence.ledger.tiles import HashTiles
from ringfence.ledger.tiles.tiler import Tiler
from ringfence.ledger.tree import Frontier
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError

SIZE = 300
SIGNER = Signer("test.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer("test.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def leaf(index: int) -> bytes:
    return b'{"number":%d}' % index if index else b""


@pytest.fixture(scope="module")
def tiles() -> HashTiles:
    made: dict[str, bytes] = {}
    tiler = Tiler(made.__setitem__)
    for index in range(SIZE):
        tiler.add(leaf(index))
    tiler.finish()
    return HashTiles(made.get, SIZE)


@pytest.fixture(scope="module")
def note(tiles: HashTiles) -> bytes:
    return SIGNER.sign(Checkpoint("test.example/log", SIZE, tiles.root()))


def older(tiles: HashTiles, size: int) -> Checkpoint:
    return Checkpoint("test.example/log", size, Frontier(size, tiles.frontier(size)).root())


@pytest.mark.parametrize("index", [0, 1, 255, 256, 299])
def test_a_record(index: int, tiles: HashTiles, note: bytes) -> None:
    proof = include(index, leaf(index), tiles, note, SIGNER.verifier)
    text = encode(proof)
    assert text.startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    assert text.endswith(note)
    assert decode(text) == proof
    assert check_inclusion(proof, SIGNER.verifier).size == SIZE


def test_the_form_is_that_of_the_specification(tiles: HashTiles, note: bytes) -> None:
    lines = encode(include(299, leaf(299), tiles, note, SIGNER.verifier)).decode().split("\n")
    assert lines[1] == "extra " + base64.b64encode(leaf(299)).decode()
    assert lines[2] == "index 299"
    hashes = lines[3 : lines.index("")]
    assert [len(base64.b64decode(each)) for each in hashes] == [32] * len(hashes)
    assert lines[lines.index("") + 1 :][:2] == ["test.example/log", str(SIZE)]


def test_a_tree_of_one_record_needs_no_hash() -> None:
    made: dict[str, bytes] = {}
    tiler = Tiler(made.__setitem__)
    tiler.add(leaf(0))
    tiler.finish()
    note = SIGNER.sign(Checkpoint("test.example/log", 1, tiler.root()))
    text = encode(include(0, leaf(0), HashTiles(made.get, 1), note, SIGNER.verifier))
    assert text == b"c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n" + note
    found = decode(text)
    assert isinstance(found, Inclusion)
    assert check_inclusion(found, SIGNER.verifier).size == 1


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 299, 300])
def test_an_older_tree(size: int, tiles: HashTiles, note: bytes) -> None:
    proof = extend(size, tiles, note, SIGNER.verifier)
    assert encode(proof).startswith(b"old %d\n" % size)
    assert decode(encode(proof)) == proof
    assert check_extension(proof, older(tiles, size), SIGNER.verifier).size == SIZE


def test_what_the_tree_does_not_have(tiles: HashTiles, note: bytes) -> None:
    for index in (-1, SIZE):
        with pytest.raises(LedgerError, match="has 300 records"):
            include(index, b"", tiles, note, SIGNER.verifier)
    for size in (-1, 0, SIZE + 1):
        with pytest.raises(LedgerError, match="extends no tree"):
            extend(size, tiles, note, SIGNER.verifier)
    with pytest.raises(LedgerCorrupt):
        include(3, leaf(4), tiles, note, SIGNER.verifier)


def spoilt(path: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    return [path[1:], path[:-1], (*path, path[0]), path[::-1], (bytes(32), *path[1:]), (), (b"short", *path[1:])]


def test_proofs_that_do_not_hold(tiles: HashTiles, note: bytes) -> None:
    proof = include(77, leaf(77), tiles, note, SIGNER.verifier)
    other = SIGNER.sign(Checkpoint("test.example/log", SIZE, bytes(32)))
    stranger = STRANGER.sign(Checkpoint("test.example/log", SIZE, tiles.root()))
    wrong = [
        Inclusion(78, proof.leaf, proof.path, note),
        Inclusion(77, proof.leaf + b" ", proof.path, note),
        Inclusion(77, proof.leaf, proof.path, other),
        Inclusion(77, proof.leaf, proof.path, stranger),
        *(Inclusion(77, proof.leaf, path, note) for path in spoilt(proof.path)),
    ]
    for each in wrong:
        with pytest.raises(LedgerCorrupt):
            check_inclusion(each, SIGNER.verifier)


def test_extensions_that_do_not_hold(tiles: HashTiles, note: bytes) -> None:
    proof, old = extend(200, tiles, note, SIGNER.verifier), older(tiles, 200)
    wrong = [
        (proof, older(tiles, 201)),
        (Extension(201, proof.path, note), old),  # it says another size than it is of
        (proof, Checkpoint(old.origin, 200, bytes(32))),
        (proof, Checkpoint("other.example/log", 200, old.root)),
        (Extension(201, proof.path, note), older(tiles, 201)),
        (Extension(200, proof.path, STRANGER.sign(Checkpoint(old.origin, SIZE, tiles.root()))), old),
        *((Extension(200, path, note), old) for path in spoilt(proof.path)),
    ]
    for each, trusted in wrong:
        with pytest.raises(LedgerCorrupt):
            check_extension(each, trusted, SIGNER.verifier)
    same = Extension(SIZE, (), note)
    assert check_extension(same, older(tiles, SIZE), SIGNER.verifier)
    with pytest.raises(LedgerCorrupt):
        check_extension(same, Checkpoint(old.origin, SIZE, bytes(32)), SIGNER.verifier)


def _next(end: str) -> str:
    """Another Base64 spelling of the same bytes: the last letter before `=` has two bits to spare."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return letters[letters.index(end[0]) + 1] + end[1:]


def spellings(text: str) -> dict[str, str]:
    return {
        "nothing": "",
        "no checkpoint": text.partition("\n\n")[0] + "\n",
        "another version": text.replace("@v1", "@v2"),
        "a leading zero": text.replace("index 77", "index 077"),
        "no number": text.replace("index 77", "index x"),
        "a sign": text.replace("index 77", "index -77"),
        "other digits": text.replace("index 77", "index ٧٧"),
        "no index": text.replace("index 77\n", ""),
        "other Base64": text.replace("=\n", "\n", 1),
        "spare bits": re.sub("[A-Za-z0-9+/]=\n", lambda found: _next(found[0]), text, count=1),
        "no Base64": text.replace("extra ", "extra !"),
        "carriage returns": text.replace("\n", "\r\n"),
        "old of a record": text.replace("index 77", "old 77"),
        "a space": text.replace("index 77", "index 77 "),
        "too long": text + " " * MAX_BYTES,
    }


def test_other_spellings_are_refused(tiles: HashTiles, note: bytes) -> None:
    text = encode(include(77, leaf(77), tiles, note, SIGNER.verifier)).decode()
    for what, wrong in spellings(text).items():
        assert wrong != text, what
        with pytest.raises(LedgerCorrupt, match="no proof") as raised:
            decode(wrong.encode())
        assert raised.value.remedy
    for number in ("0200", "-1", "", "x", "200 "):
        with pytest.raises(LedgerCorrupt, match="no proof"):
            decode(encode(extend(200, tiles, note, SIGNER.verifier)).replace(b"old 200", b"old " + number.encode()))
    with pytest.raises(LedgerCorrupt, match="no proof"):
        decode(b"\xff\xfe\n\n")


def test_a_proof_without_its_record(tiles: HashTiles, note: bytes) -> None:
    text = encode(include(77, leaf(77), tiles, note, SIGNER.verifier)).decode()
    lines = text.split("\n")
    with pytest.raises(LedgerCorrupt, match="carries no record") as raised:
        decode("\n".join([lines[0], *lines[2:]]).encode())
    assert "ledger prove" in raised.value.remedy


def test_cosignatures_are_carried_along(tiles: HashTiles, note: bytes) -> None:
    more = note + b"\xe2\x80\x94 witness.example " + base64.b64encode(bytes(76)) + b"\n"
    found: Any = decode(encode(include(77, leaf(77), tiles, more, SIGNER.verifier)))
    assert found.note == more
    assert check_inclusion(found, SIGNER.verifier)
