"""Anchors from files alone: what holds, what is false, and what these files can't show are three things."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.anchors.conftest import Log, digest
from ringfence.ledger.anchors import store as stores
from ringfence.ledger.anchors.anchor import Anchor, Trust
from ringfence.ledger.anchors.check import check, newest
from ringfence.ledger.anchors.cosignature import Cosigner
from ringfence.ledger.anchors.store import AnchorStore, anchors_of
from ringfence.ledger.anchors.worm import Copy
from ringfence.ledger.checkpoint import read_note
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt
from support.tsa import NOW, Authority

TSA, FOREIGN = Authority(), Authority(root_name="Foreign")
WITNESS = Cosigner("w.example/1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
TRUST = Trust.of([TSA.pem], [WITNESS.public.key_line])
TIME_S = 1_800_000_000


def receipt(note: bytes) -> Copy:
    checkpoint = read_note(note).checkpoint
    key = f"p/{checkpoint.size:020d}-{checkpoint.root.hex()}"
    return Copy("anchors", key, "v1", NOW, NOW, digest(note).hex())


def anchor(store: AnchorStore, note: bytes) -> None:
    read = read_note(note)
    store.add_timestamp(note, TSA.stamp(digest(read.text), 1))
    store.add_copy(note, receipt(note))
    store.add_cosignature(note, WITNESS.line(read.text, TIME_S))


@pytest.fixture
def folder(log: Log, tmp_path: Path) -> Path:
    """Two anchored checkpoints."""
    store = AnchorStore(tmp_path / "anchors")
    anchor(store, log.note)
    log.write(2)
    anchor(store, log.note)
    return tmp_path / "anchors"


def states(found: list[Anchor]) -> list[tuple[str, int, bool, bool]]:
    return sorted((str(each.kind), each.size, each.holds, each.wrong) for each in found)


def test_each_kind_is_found_and_judged(folder: Path, log: Log) -> None:
    found = check(anchors_of(folder), log.verifier, TRUST)
    expected = [(kind, size, kind != "worm", False) for kind in ("timestamp", "witness", "worm") for size in (7, 11)]
    assert states(found) == expected
    assert {each.root for each in found if each.size == 11} == {read_note(log.note).checkpoint.root.hex()}
    times = {str(each.kind): each.time for each in found}
    assert times == {"timestamp": NOW, "witness": datetime.fromtimestamp(TIME_S, UTC), "worm": NOW}
    assert {str(each.kind): each.by for each in found} == {
        "timestamp": "CN=Test authority",
        "witness": "w.example/1",
        "worm": "anchors",
    }
    best = newest(found)
    assert best is not None
    assert (best.size, best.kind) == (11, "timestamp")
    assert "bucket itself" in next(each.says for each in found if each.kind == "worm")


def test_in_a_bundle_the_folder_stands_below_another(folder: Path, log: Log) -> None:
    inside = {f"anchors/{name}": data for name, data in anchors_of(folder).items()}
    inside |= {"anchors/keys.json": b"{}", "README.md": b"others' files", "anchors/7/checkpoint": b""}
    assert states(check(inside, log.verifier, TRUST)) == states(check(anchors_of(folder), log.verifier, TRUST))


def test_who_is_not_trusted_proves_nothing_and_is_not_wrong(folder: Path, log: Log) -> None:
    for trust in (Trust(), Trust.of([FOREIGN.pem], [Cosigner("x", Ed25519PrivateKey.generate()).public.key_line])):
        found = check(anchors_of(folder), log.verifier, trust)
        assert len(found) == 6
        assert not any(each.holds or each.wrong for each in found)
        assert newest(found) is None
    with pytest.raises(ConfigurationError):
        Trust.of([b"-----BEGIN CERTIFICATE-----"], [])
    with pytest.raises(ConfigurationError):
        Trust.of([], ["nobody"])


def _swap(folder: Path, name: str, data: bytes) -> dict[str, bytes]:
    return {**anchors_of(folder), name: data}


def test_false_ones_are_named(folder: Path, log: Log) -> None:
    seven, eleven = f"{7:020d}", f"{11:020d}"
    files = anchors_of(folder)
    cases = {
        ("timestamp", 7): (f"{seven}/timestamp-0.tsr", files[f"{eleven}/timestamp-0.tsr"]),
        ("worm", 7): (f"{seven}/worm-0.json", files[f"{eleven}/worm-0.json"]),
        ("worm", 11): (f"{eleven}/worm-0.json", b"{"),
        ("timestamp", 11): (f"{eleven}/timestamp-0.tsr", b"garbage"),
    }
    for case, (name, data) in cases.items():
        found = check(_swap(folder, name, data), log.verifier, TRUST)
        assert {(str(each.kind), each.size) for each in found if each.wrong} == {case}
        assert not any(each.holds for each in found if each.wrong)
    for member, value in (("sha256", "0" * 64), ("key", f"p/{11:020d}-{'0' * 64}")):
        late = msgspec.structs.replace(receipt(log.note), **{member: value})
        found = check(_swap(folder, f"{eleven}/worm-0.json", msgspec.json.encode(late)), log.verifier, TRUST)
        assert {(str(each.kind), each.size) for each in found if each.wrong} == {("worm", 11)}


def test_wrong_cosignature_is_named(folder: Path, log: Log) -> None:
    name = f"{7:020d}/checkpoint"
    kept = anchors_of(folder)[name]
    moved = read_note(kept).text + b"\n" + kept.partition(b"\n\n")[2].splitlines(keepends=True)[0]
    foreign = WITNESS.line(read_note(log.note).text, TIME_S)
    found = check(_swap(folder, name, moved + foreign), log.verifier, TRUST)
    assert [(each.holds, each.wrong) for each in found if (each.kind, each.size) == ("witness", 7)] == [(False, True)]


def test_checkpoint_that_the_log_did_not_sign_anchors_nothing(folder: Path, log: Log) -> None:
    name = f"{7:020d}/checkpoint"
    kept = anchors_of(folder)
    for data in (b"", b"garbage", kept[name].replace(b"\n7\n", b"\n8\n", 1), kept[f"{11:020d}/checkpoint"]):
        found = [each for each in check(_swap(folder, name, data), log.verifier, TRUST) if each.size == 7]
        assert found
        assert all(each.wrong and not each.holds for each in found)


def test_every_flipped_bit_of_an_anchor_shows(folder: Path, log: Log) -> None:
    """In a cosigned checkpoint each byte counts: nothing that is changed still holds."""
    name = f"{7:020d}/checkpoint"
    kept = anchors_of(folder)[name]
    for at in range(len(kept)):
        changed = kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :]
        found = check({name: changed}, log.verifier, TRUST)
        assert not any(each.holds for each in found), at


def test_same_line_is_kept_once_and_stamps_are_counted(folder: Path, log: Log) -> None:
    store = AnchorStore(folder)
    before = anchors_of(folder)
    anchor(store, log.note)
    after = set(anchors_of(folder)) - set(before)
    assert after == {f"{11:020d}/timestamp-1.tsr", f"{11:020d}/worm-1.json"}
    assert anchors_of(folder)[f"{11:020d}/checkpoint"] == before[f"{11:020d}/checkpoint"]
    assert store.sizes() == [7, 11]
    assert store.last_cosigned(WITNESS.public) == 11
    assert store.last_cosigned(Cosigner("w.example/2", Ed25519PrivateKey.generate()).public) == 0
    assert AnchorStore(folder / "none").sizes() == []


def test_another_tree_of_a_size_is_not_put_over_the_first(folder: Path, log: Log) -> None:
    size = read_note(log.note).checkpoint.size
    log.rewrite(size - 2)
    assert read_note(log.note).checkpoint.size == size
    with pytest.raises(LedgerCorrupt, match="rewritten"):
        anchor(AnchorStore(folder), log.note)


@pytest.mark.parametrize("writes", range(5))
def test_crash_leaves_what_holds(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """After any write: what is there is whole, and the next run goes on."""
    real, left = stores.replace_file, [writes]

    def crash(path: Path, data: bytes, mode: int) -> None:
        if not left[0]:
            path.with_name(path.name + ".new").write_bytes(data[: len(data) // 2])
            raise OSError("no power")
        left[0] -= 1
        real(path, data, mode)

    folder = tmp_path / "anchors"
    with monkeypatch.context() as during:
        during.setattr(stores, "replace_file", crash)
        if writes < 4:
            with pytest.raises(OSError, match="no power"):
                anchor(AnchorStore(folder), log.note)
        else:
            anchor(AnchorStore(folder), log.note)
    found = check(anchors_of(folder), log.verifier, TRUST)
    assert not any(each.wrong for each in found)
    assert len(found) == max(writes - 1, 0)
    anchor(AnchorStore(folder), log.note)
    assert {str(each.kind) for each in check(anchors_of(folder), log.verifier, TRUST) if each.holds} == {
        "timestamp",
        "witness",
    }
