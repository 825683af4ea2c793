"""fsck names whatever is wrong beside the log, and repair makes again what can be made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger.checkpoint import Checkpoint, Verifier
from ringfence.ledger.fsck import Checked, fsck
from ringfence.ledger.reader import SegmentsReader
from ringfence.ledger.tiles import build, folder_tiles, parse
from ringfence.ledger.tiles.partials import leftovers
from ringfence.ledger.tiles.repair import repair
from ringfence.ledger.tree import EMPTY_ROOT
from ringfence.vocabulary.errors import LedgerCorrupt
from ringfence.vocabulary.record import Phase, Record

POLICY, REGISTER = b'{"policy":1}', b'{"register":1}'


class Log:
    """A ledger of 600 records whose digests stand for something, and its tiles with older partial ones."""

    def __init__(self, box: Any) -> None:
        self.box, self.tiles = box, box.root / "tiles"
        self.ledger = box.open()
        for kind, data in (("policy", POLICY), ("register", REGISTER)):
            self.reader.snapshots.keep(kind, data)
        body = {"policy_digest": hashlib.sha256(POLICY).hexdigest()}
        body["register_digest"] = hashlib.sha256(REGISTER).hexdigest()
        for number in range(600):
            self.ledger.append_blocking(box.decided(f"r{number}", **body), 20)
            if number in (520, 555):
                build(self.reader, self.tiles)
        build(self.reader, self.tiles)
        self.key = self.reader.key_line

    @property
    def reader(self) -> SegmentsReader:
        return SegmentsReader(self.box.folder, self.box.highest_path)

    def fsck(self, **options: Any) -> Checked:
        return fsck(self.reader, self.tiles, **{"public_key": self.key, **options})

    def failed(self) -> set[int]:
        return {step.number for step in self.fsck().steps if step.status in ("failed", "skipped")}

    def says(self, number: int) -> str:
        return " ".join(self.fsck().steps[number - 1].details)


@pytest.fixture
def log(box: Any) -> Any:
    log = Log(box)
    yield log
    log.ledger.close()


def flip(path: Path, at: int = 7) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 2
    path.write_bytes(data)


def test_all_is_sound(log: Log) -> None:
    found = log.fsck()
    assert (found.ok, found.size, found.log_size, found.wrong) == (True, 601, 601, ())
    assert {step.status for step in found.steps} == {"ok"}
    assert repair(log.reader, log.tiles) == []


def test_tiles_may_be_behind(log: Log) -> None:
    log.ledger.append_blocking(log.box.ended("r0"), 20)
    found = log.fsck()
    assert (found.ok, found.size, found.log_size) == (True, 601, 602)
    repair(log.reader, log.tiles)
    assert log.fsck().size == 602


SPOIL: dict[str, tuple[int, str, Callable[[Path], object]]] = {
    "a changed tile": (4, "tile/0/001", flip),
    "a changed tile above": (4, "tile/1/000.p/2", flip),
    "a tile that is gone": (4, "tile/0/000", Path.unlink),
    "the last tile gone": (4, "tile/0/002.p/89", Path.unlink),
    "a tile cut": (4, "tile/0/001", lambda path: path.write_bytes(path.read_bytes()[:-32])),
    "a tile that goes on": (4, "tile/0/001", lambda path: path.write_bytes(path.read_bytes() + bytes(32))),
    "a changed entry": (5, "tile/entries/001", lambda path: flip(path, 300)),
    "a changed length of an entry": (5, "tile/entries/001", lambda path: flip(path, 1)),
    "a bundle that is gone": (5, "tile/entries/002.p/89", Path.unlink),
    "an older partial tile": (6, "tile/0/002.p/45", flip),
    "an older partial bundle": (6, "tile/entries/002.p/10", lambda path: flip(path, 50)),
    "an older partial bundle cut": (6, "tile/entries/002.p/10", lambda path: path.write_bytes(path.read_bytes()[:-1])),
}


@pytest.mark.parametrize("what", SPOIL)
def test_wrong_tiles_are_named_and_repaired(what: str, log: Log) -> None:
    step, path, spoil = SPOIL[what]
    before = (log.tiles / path).read_bytes()
    spoil(log.tiles / path)
    found = log.fsck()
    assert not found.ok
    assert found.repairable
    assert found.wrong[0] == path
    assert log.failed() in ({step}, {step, 6})  # an older partial one may lean on it
    assert path in log.says(step)
    assert path in repair(log.reader, log.tiles)
    assert log.fsck().ok
    if step != 6:
        assert (log.tiles / path).read_bytes() == before
    assert build(log.reader, log.tiles).size == 601


def test_every_tile_can_be_made_again(log: Log) -> None:
    for path in sorted(log.tiles.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert log.failed() == {3, 4, 5}
    assert "no tiles" in log.says(3)
    repaired = repair(log.reader, log.tiles)
    assert {"checkpoint", "tile/0/000", "tile/0/002.p/89", "tile/entries/001", "tile/1/000.p/2"} <= set(repaired)
    assert log.fsck().ok


@pytest.mark.parametrize("spoil", [flip, Path.unlink, lambda path: path.write_bytes(b"x")])
def test_a_damaged_checkpoint(spoil: Callable[[Path], object], log: Log) -> None:
    spoil(log.tiles / "checkpoint")
    assert log.failed() == {3}
    assert repair(log.reader, log.tiles) == ["checkpoint"]
    assert log.fsck().ok


def test_a_log_that_was_rolled_back_is_no_source_of_repair(log: Log) -> None:
    new = log.box.highest_path.read_bytes()
    tail = log.ledger._log._tail
    signer = log.ledger._log._signer
    from ringfence.ledger.highest import Head, encode_slot

    head = Head(9999, signer.sign(Checkpoint(signer.verifier.name, 0, EMPTY_ROOT)), (), 0, tail.end, 0, tail.end)
    log.box.highest_path.write_bytes(encode_slot(head) + bytes(4096))
    flip(log.tiles / "tile/0/000")
    found = log.fsck()
    assert (found.ok, found.repairable) == (False, False)
    assert "rolled back" in log.says(3)
    before = (log.tiles / "tile/0/000").read_bytes()
    with pytest.raises(LedgerCorrupt, match="rolled back"):
        repair(log.reader, log.tiles)
    assert (log.tiles / "tile/0/000").read_bytes() == before
    log.box.highest_path.write_bytes(new)


def test_records_that_were_changed_are_no_source_of_repair(log: Log) -> None:
    reader = log.reader

    class Lying:
        key_line, snapshots = reader.key_line, reader.snapshots
        checkpoint, salts = staticmethod(reader.checkpoint), staticmethod(reader.salts)

        @staticmethod
        def entries(start: int = 0) -> Any:
            for entry in reader.entries(start):
                yield type(entry)(entry.index, entry.leaf + b" " * (entry.index == 300), entry.fields)

    found = fsck(Lying(), log.tiles, public_key=log.key)  # type: ignore[arg-type]
    assert (found.ok, found.repairable) == (False, False)
    before = {path: path.read_bytes() for path in log.tiles.rglob("*") if path.is_file()}
    with pytest.raises(LedgerCorrupt, match="does not lead to the root"):
        repair(Lying(), log.tiles)  # type: ignore[arg-type]
    assert {path: path.read_bytes() for path in log.tiles.rglob("*") if path.is_file()} == before


def test_a_segment_that_can_not_be_read(log: Log) -> None:
    [segment] = log.box.segments()
    data = segment.read_bytes()
    flip(segment, 5000)
    found = log.fsck()
    assert (found.ok, found.repairable) == (False, False)
    with pytest.raises(LedgerCorrupt):
        repair(log.reader, log.tiles)
    segment.write_bytes(data)


def test_strange_files_are_findings(log: Log) -> None:
    (log.tiles / "notes.txt").touch()
    (log.tiles / "tile/0/001.new").touch()
    found = log.fsck()
    assert found.ok
    assert found.steps[5].status == "finding"
    assert "notes.txt" in log.says(6)
    repair(log.reader, log.tiles)
    assert (log.tiles / "notes.txt").exists()
    assert not (log.tiles / "tile/0/001.new").exists()


def test_partial_tile_that_a_round_sweeps_away_meanwhile_is_not_wrong(log: Log) -> None:
    """Beside a running gateway a file may go between being listed and being read."""
    size, read = build(log.reader, log.tiles).size, folder_tiles(log.tiles)
    place = log.tiles / "tile/0/000.p/7"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(bytes(7 * 32))
    assert "is not the beginning" in next(leftovers(log.tiles, read, size))[1]

    def swept(path: str) -> bytes | None:
        tile = parse(path)
        return None if tile and tile.width == 7 else read(path)

    assert list(leftovers(log.tiles, swept, size)) == []


@pytest.mark.parametrize("kind", ["policy", "register"])
def test_snapshots(kind: str, log: Log) -> None:
    [path] = (log.box.folder / "snapshots" / kind).iterdir()
    data = path.read_bytes()
    flip(path)
    assert log.failed() == {7}
    path.unlink()
    assert log.failed() == {7}
    assert f"The {kind} {path.stem} that record 1 names" in log.says(7)
    path.write_bytes(data)
    assert log.fsck().ok


def test_what_only_a_notice_names_is_a_finding(log: Log) -> None:
    digest = "ab" * 32
    log.ledger.append_blocking(Record("", Phase.NOTICE, {"event": "start", "policy_digest": digest}), 20)
    found = log.fsck()
    assert found.ok
    assert f"The policy {digest} that record 601 names" in log.says(7)
    log.ledger.append_blocking(log.box.decided("last", policy_digest=digest), 20)
    assert log.failed() == {7}
    assert "record 602" in log.says(7)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "xyz", 5])
def test_digests_that_are_none(digest: Any, log: Log) -> None:
    log.ledger.append_blocking(log.box.decided("last", policy_digest=digest), 20)
    assert log.failed() == {7}


def test_salts(log: Log) -> None:
    path = log.box.folder / "salts"
    flip(path, 36 * 6 + 3)
    assert log.failed() == {8}
    assert "salt of record 5" in log.says(8)
    path.rename(path.with_name("away"))
    assert log.failed() == {8}
    assert "missing" in log.says(8)


def test_the_public_line(log: Log) -> None:
    found = log.fsck(public_key=None)
    assert (found.ok, found.steps[0].status) == (True, "finding")
    other = Verifier("test.example/ringfence", bytes(32)).key_line
    found = log.fsck(public_key=other)
    assert not found.ok
    assert found.steps[0].status == "failed"
    assert log.fsck(public_key="nonsense").steps[1].status == "skipped"


def test_the_highest_checkpoint_can_not_be_read(log: Log) -> None:
    data = log.box.highest_path.read_bytes()
    log.box.highest_path.write_bytes(bytes(8192))
    found = log.fsck()
    assert (found.ok, found.repairable, found.log_size) == (False, False, 0)
    log.box.highest_path.write_bytes(data)


def test_progress(log: Log) -> None:
    seen: list[tuple[int, int]] = []
    log.fsck(progress=lambda done, whole: seen.append((done, whole)))
    assert seen == [(0, 601)]
