"""Layout, hashes and building of tiles, the crash of a round at every call included."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.files import lock
from ringfence.ledger.fsck import fsck
from ringfence.ledger.proof import consistency_holds, consistency_path, inclusion_holds, inclusion_path
from ringfence.ledger.reader import SegmentsReader
from ringfence.ledger.tiles import ENTRIES, HashTiles, Tile, build, folder_tiles, parse, tile_path, tiles_of
from ringfence.ledger.tiles.tiler import Tiler
from ringfence.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError, LedgerLocked


@pytest.mark.parametrize(
    ("tile", "path"),
    [  # the examples of https://c2sp.org/tlog-tiles
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(ENTRIES, 999), "tile/entries/999"),
        (Tile(ENTRIES, 1000, 255), "tile/entries/x001/000.p/255"),
        (Tile(63, 1_000_000), "tile/63/x001/x000/000"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile_path(tile.level, tile.n, tile.width) == tile.path == path
    assert parse(path) == tile


@given(st.builds(Tile, st.integers(-1, 63), st.integers(0, 10**15), st.integers(1, 256)))
def test_paths_round_trip(tile: Tile) -> None:
    assert parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/000/",
        "/tile/0/000",
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/067",
        "tile/0/001/002",
        "tile/0/x001/x002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/07",
        "tile/0/000.p/",
        "tile/0/000.p/1/2",
        "tile/0/../0/000",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/0/000\n",
        "tile/0/000.new",
    ],
)
def test_other_spellings_are_no_paths(path: str) -> None:
    assert parse(path) is None


def test_tiles_of_the_example_in_the_specification() -> None:
    """A tree of 70,000: 273 full tiles and one of 112; one full and one of 17; one of 1."""
    found = {level: list(tiles_of(70_000, level)) for level in (ENTRIES, 0, 1, 2, 3)}
    assert found[0] == [Tile(0, n) for n in range(273)] + [Tile(0, 273, 112)]
    assert [tile.width for tile in found[ENTRIES]] == [tile.width for tile in found[0]]
    assert found[1] == [Tile(1, 0), Tile(1, 1, 17)]
    assert (found[2], found[3]) == ([Tile(2, 0, 1)], [])
    assert [tile.path for tile in tiles_of(256, 1)] == ["tile/1/000.p/1"]


def leaf(index: int) -> bytes:
    return b"leaf %d" % index * (index % 3)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000])
def test_tiler_makes_exactly_the_tiles_of_a_tree(size: int) -> None:
    made: dict[str, bytes] = {}
    tiler, frontier = Tiler(made.__setitem__), Frontier()
    for index in range(size):
        tiler.add(leaf(index))
        frontier.append(leaf_hash(leaf(index)))
    tiler.finish()
    expected = {tile.path: tile for level in range(-1, 4) for tile in tiles_of(size, level)}
    assert set(made) == set(expected)
    assert all(len(made[path]) == 32 * tile.width for path, tile in expected.items() if tile.level >= 0)
    tiles = HashTiles(made.get, size)
    assert tiler.root() == tiles.root() == frontier.root()
    for older in {0, min(size, 1), size // 3, size // 2, max(size - 1, 0), size}:
        peaks = tiles.frontier(older)
        assert len(peaks) == older.bit_count()
        assert not older or Frontier(older, peaks).root() == root_of(older)


def root_of(size: int) -> bytes:
    frontier = Frontier()
    for index in range(size):
        frontier.append(leaf_hash(leaf(index)))
    return frontier.root()


def test_a_bundle_is_its_entries_with_their_lengths() -> None:
    made: dict[str, bytes] = {}
    tiler = Tiler(made.__setitem__)
    for each in (b"", b"{}", bytes(65_535)):
        tiler.add(each)
    tiler.finish()
    assert made["tile/entries/000.p/3"] == b"\0\0" + b"\0\2{}" + b"\xff\xff" + bytes(65_535)


def test_hashes_say_which_tile_is_missing_or_short() -> None:
    made: dict[str, bytes] = {}
    tiler = Tiler(made.__setitem__)
    for index in range(300):
        tiler.add(leaf(index))
    tiler.finish()
    for path, data in list(made.items()):
        if "entries" in path:
            continue
        for spoilt in (None, data[:-1], data + b"x", b""):
            tiles = HashTiles({**made, path: spoilt}.get, 300)
            with pytest.raises(LedgerCorrupt, match=path) as raised:
                [tiles.leaf_hash(index) for index in range(300)]
                tiles.root()
            assert "fsck --repair" in raised.value.remedy
    tiles = HashTiles(made.get, 300)
    for wrong in ((0, 301), (5, 5), (-1, 1), (300, 301)):
        with pytest.raises(LedgerError):
            tiles.subtree(*wrong)


def test_a_partial_tile_that_is_gone_is_read_from_the_full_one() -> None:
    made: dict[str, bytes] = {}
    tiler = Tiler(made.__setitem__)
    for index in range(256):
        tiler.add(leaf(index))
    tiler.finish()
    assert HashTiles(made.get, 200).root() == root_of(200)


class Log:
    """A ledger and its tiles, which grow together."""

    def __init__(self, box: Any, seed: int = 0) -> None:
        self.box, self.tiles = box, box.root / "tiles"
        self.random = random.Random(seed)
        self.ledger = box.open()
        self.number = 0

    @property
    def reader(self) -> SegmentsReader:
        return SegmentsReader(self.box.folder, self.box.highest_path)

    def grow(self, records: int) -> None:
        for _ in range(records):
            self.ledger.append_blocking(self.box.decided(f"r{self.number}"), 20)
            self.number += 1

    def build(self) -> int:
        return build(self.reader, self.tiles).size

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.tiles.rglob("*") if path.is_file())
        return {path.relative_to(self.tiles).as_posix(): path.read_bytes() for path in found}

    def check(self) -> int:
        """What is served is whole: the checkpoint is signed, and all of its tree is there and right. Its size."""
        read = folder_tiles(self.tiles)
        note = read("checkpoint")
        if note is None:
            return 0
        checkpoint = open_note(note, Verifier.from_key_line(self.reader.key_line))
        tiles = HashTiles(read, checkpoint.size)
        assert tiles.root() == checkpoint.root
        leaves = [entry.leaf for entry in self.reader.entries()][: checkpoint.size]
        for index in range(0, checkpoint.size, 7):
            path = inclusion_path(index, checkpoint.size, tiles.subtree)
            assert inclusion_holds(leaf_hash(leaves[index]), index, checkpoint.size, path, checkpoint.root)
        assert fsck(self.reader, self.tiles).ok, fsck(self.reader, self.tiles)
        return checkpoint.size


@pytest.fixture
def log(box: Any) -> Any:
    log = Log(box)
    yield log
    log.ledger.close()


def test_tiles_follow_the_log(log: Log) -> None:
    seen, roots = 0, {}
    for _ in range(30):
        log.grow(log.random.choice([0, 1, 7, 60, 90]))
        size = log.build()
        assert size == log.ledger.size == log.check() >= seen
        seen, roots[size] = size, HashTiles(folder_tiles(log.tiles), size).root()
    tiles = HashTiles(folder_tiles(log.tiles), seen)
    for size, root in roots.items():
        assert consistency_holds(size, root, seen, roots[seen], consistency_path(size, seen, tiles.subtree))
    assert seen > 600


def test_a_build_from_nothing_and_one_in_steps_say_the_same(log: Log) -> None:
    for step in (3, 100, 250, 1, 180):
        log.grow(step)
        log.build()
    other = log.box.root / "other"
    build(log.reader, other)
    size = log.ledger.size
    for level in range(-1, 3):
        for tile in tiles_of(size, level):
            assert (log.tiles / tile.path).read_bytes() == (other / tile.path).read_bytes(), tile
    assert (log.tiles / "checkpoint").read_bytes() == (other / "checkpoint").read_bytes()


def test_a_round_without_growth_writes_nothing(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.grow(300)
    log.build()
    before = {path: path.stat().st_mtime_ns for path in log.tiles.rglob("*")}
    assert log.build() == log.ledger.size
    assert {path: path.stat().st_mtime_ns for path in log.tiles.rglob("*")} == before


def test_a_round_reads_only_what_is_new(log: Log) -> None:
    """At most 255 records more than were added, and in the segment from where the last round began."""
    log.grow(900)
    reader, read = log.reader, []
    build(reader, log.tiles)

    class Counting:
        key_line, checkpoint = reader.key_line, staticmethod(reader.checkpoint)

        @staticmethod
        def entries(start: int = 0) -> Any:
            for entry in reader.entries(start):
                read.append(entry.index)
                yield entry

    for _ in range(5):
        log.grow(2)
        build(Counting(), log.tiles)  # type: ignore[arg-type]
    assert min(read) >= 768
    assert len(read) <= 5 * (255 + 2)


def test_full_tiles_are_never_written_again(log: Log) -> None:
    log.grow(600)
    log.build()
    full = [path for path in log.tiles.rglob("*") if path.is_file() and path.parent.suffix != ".p"]
    before = {path: path.stat().st_ino for path in full if "tile" in path.parts[-3:]}
    log.grow(300)
    log.build()
    assert {path: path.stat().st_ino for path in before} == before


def test_old_partial_tiles_go_a_round_after_the_full_one_came(log: Log) -> None:
    log.grow(99)
    log.build()
    assert "tile/0/000.p/100" in log.files()
    log.grow(200)
    log.build()
    assert {"tile/0/000", "tile/0/000.p/100", "tile/entries/000.p/100"} <= set(log.files())
    log.grow(1)
    log.build()
    assert not [path for path in log.files() if "000.p" in path and not path.startswith("tile/1")]
    assert {"tile/0/001.p/44", "tile/0/001.p/45"} <= set(log.files())


def test_an_empty_log_has_a_checkpoint_and_no_tile(log: Log) -> None:
    class Empty:
        key_line = log.reader.key_line

        @staticmethod
        def checkpoint() -> bytes:
            from ringfence.ledger.checkpoint import Checkpoint

            signer = log.ledger._log._signer
            note: bytes = signer.sign(Checkpoint(signer.verifier.name, 0, EMPTY_ROOT))
            return note

        @staticmethod
        def entries(start: int = 0) -> Any:
            return iter(())

    for _ in range(2):
        assert build(Empty(), log.tiles).size == 0  # type: ignore[arg-type]
    assert set(log.files()) == {"checkpoint", "lock"}
    log.grow(3)
    assert log.build() == log.check() == log.ledger.size


def test_one_at_a_time(log: Log) -> None:
    log.grow(1)
    log.build()
    with (log.tiles / "lock").open() as held:
        lock(held.fileno(), "held")
        with pytest.raises(LedgerLocked):
            log.build()
    log.build()


def test_a_log_that_was_rolled_back_is_noticed(log: Log) -> None:
    log.grow(5)
    old = log.box.highest_path.read_bytes()
    log.grow(5)
    log.build()
    before, new = log.files(), log.box.highest_path.read_bytes()
    log.box.highest_path.write_bytes(old)
    with pytest.raises(LedgerCorrupt, match="rolled back"):
        log.build()
    assert log.files() == before
    log.box.highest_path.write_bytes(new)


def test_a_second_tree_of_the_same_size_is_noticed(log: Log) -> None:
    """By whoever holds the key: as many records, but others. The tiles have seen the first signed."""
    build(log.reader, log.tiles)
    before = (log.tiles / "checkpoint").read_bytes()
    note = log.reader.checkpoint()
    signer, size = log.ledger._log._signer, open_note(note, Verifier.from_key_line(log.reader.key_line)).size
    forked = signer.sign(Checkpoint(signer.verifier.name, size, bytes(32)))

    class Forked:
        key_line, entries = log.reader.key_line, log.reader.entries

        def checkpoint(self) -> bytes:
            return forked

    with pytest.raises(LedgerCorrupt, match="forked"):
        build(Forked(), log.tiles)  # type: ignore[arg-type]
    assert (log.tiles / "checkpoint").read_bytes() == before


@pytest.mark.parametrize("path", ["tile/0/001.p/45", "tile/1/000.p/1"])
def test_damaged_tiles_are_not_built_upon(path: str, log: Log) -> None:
    log.grow(300)
    log.build()
    data = bytearray((log.tiles / path).read_bytes())
    data[3] ^= 4
    (log.tiles / path).write_bytes(data)
    log.grow(1)
    with pytest.raises(LedgerCorrupt, match="do not lead to their signed root") as raised:
        log.build()
    assert "--repair" in raised.value.remedy


def test_a_checkpoint_of_another_key_is_not_built_upon(log: Log) -> None:
    log.grow(3)
    log.build()
    note = (log.tiles / "checkpoint").read_bytes()
    (log.tiles / "checkpoint").write_bytes(note.replace(b"ringfence ", b"ringfencf "))
    with pytest.raises(LedgerCorrupt, match="checkpoint of the tiles"):
        log.build()


@pytest.mark.parametrize("how", ["left out", "changed", "changed later"])
def test_records_that_lead_elsewhere_are_not_published(how: str, log: Log) -> None:
    log.grow(300)
    if how == "changed later":
        log.build()
        log.grow(20)
    reader, before = log.reader, log.files()

    class Lying:
        key_line, checkpoint = reader.key_line, staticmethod(reader.checkpoint)

        @staticmethod
        def entries(start: int = 0) -> Any:
            for each in reader.entries(start):
                if each.index == 299 and how == "left out":
                    continue
                yield type(each)(each.index, each.leaf + b" " * (each.index == 299), each.fields)

    with pytest.raises(LedgerCorrupt, match="do not lead to its signed root"):
        build(Lying(), log.tiles)  # type: ignore[arg-type]
    assert log.files().get("checkpoint") == before.get("checkpoint")
    assert log.build() == log.check()


def test_breathing_may_end_a_round(log: Log) -> None:
    log.grow(600)
    breaths = []

    def breathe() -> None:
        breaths.append(1)
        if len(breaths) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(log.reader, log.tiles, breathe)
    assert "checkpoint" not in log.files()
    assert log.build() == log.check()


Disks = Callable[[int], tuple[Any, Any]]
STEPS = (3, 249, 5, 300)  # over the first full tile and the next


def _rounds(log: Log, disk: Any) -> None:
    """Grow and build; the ledger's own calls never fail here (other tests let them)."""
    for step in STEPS:
        plan, disk.plan = disk.plan, lambda call, name: ""
        calls = disk.calls
        log.grow(step)
        disk.calls, disk.plan = calls, plan
        log.build()


def _count(disks: Disks) -> int:
    box, disk = disks(0)
    log = Log(box)
    disk.calls = 0
    _rounds(log, disk)
    count: int = disk.calls
    log.ledger.close()
    assert count > 60
    return count


@pytest.mark.parametrize("fault", ["lost", "kept"])
def test_any_failing_call_leaves_whole_tiles(fault: str, disks: Disks, scale: int) -> None:
    for number in range(0, _count(disks), 1 if scale > 1 else 2):
        box, disk = disks(number)
        log = Log(box)
        disk.calls = 0
        disk.plan = lambda call, name, number=number: fault if call == number else ""
        with pytest.raises(OSError, match="injected"):
            _rounds(log, disk)
        disk.restart()
        log.check()
        log.build()
        assert log.check() == log.ledger.size
        log.ledger.close()


def test_a_power_cut_at_any_call_leaves_whole_tiles(disks: Disks, scale: int) -> None:
    for number in range(0, _count(disks), 1 if scale > 1 else 2):
        box, disk = disks(number)
        log = Log(box)
        disk.calls = 0
        disk.plan = lambda call, name, number=number: "cut" if call == number else ""
        with pytest.raises(OSError, match="injected"):
            _rounds(log, disk)
        disk.power_cut()
        log.check()
        log.build()
        assert log.check() == log.ledger.size
        log.ledger.close()
