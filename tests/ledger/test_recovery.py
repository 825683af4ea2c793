from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence.ledger.highest import Highest, decode_slots, encode_slot, newest
from ringfence.ledger.read import entries
from ringfence.ledger.salts import SLOT_BYTES
from ringfence.ledger.segments import HEADER_BYTES, Header, Scan, create_segment
from ringfence.vocabulary.errors import LedgerCorrupt

TIMEOUT_S = 20.0


def filled(box: Any, count: int = 4, **options: Any) -> None:
    ledger = box.open(**options)
    for number in range(count):
        ledger.append_blocking(box.decided(f"r-{number}"), TIMEOUT_S)
    ledger.close()


def leaves(box: Any) -> list[bytes]:
    return [each.leaf for each in entries(box.folder)]


def boundaries(path: Path) -> list[int]:
    """Where the commits of a segment end."""
    data = path.read_bytes()
    return [commit.end for commit in Scan(data, HEADER_BYTES, HEADER_BYTES)]


@pytest.fixture
def recorded(box: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A box that keeps a copy of the highest file after each commit, by sequence."""
    copies = box.root / "copy"
    copies.mkdir(parents=True)
    real = Highest.swap

    def swap(self: Any, head: Any) -> None:
        real(self, head)
        if self._path == box.highest_path:
            shutil.copy(box.highest_path, copies / f"{head.sequence}")

    monkeypatch.setattr(Highest, "swap", swap)
    return box


def test_a_tail_cut_anywhere_beyond_the_highest_checkpoint_is_cut_off(recorded: Any, scale: int) -> None:
    box = recorded
    filled(box)
    [segment] = box.segments()
    whole, ends = segment.read_bytes(), boundaries(segment)
    kept = leaves(box)
    around = {end + step for end in ends[-3:] for step in (-1, 0, 1)} & set(range(ends[-3], len(whole)))
    for cut in sorted({*range(ends[-3], len(whole), 7 if scale == 1 else 1), *around}):
        shutil.copy(box.root / "copy" / "4", box.highest_path)  # after start and r-0 .. r-2
        segment.write_bytes(whole[:cut])
        ledger = box.open()
        adopted = sum(end <= cut for end in ends) - 4
        assert ledger.recovered.adopted == adopted
        assert ledger.recovered.size == 4 + adopted
        assert ledger.recovered.cut_bytes == cut - ends[3 + adopted]
        ledger.close()
        assert leaves(box)[: 4 + adopted] == kept[: 4 + adopted]
        assert box.verify().ok


def test_rubbish_after_the_end_is_cut_off(box: Any) -> None:
    filled(box)
    [segment] = box.segments()
    for rubbish in (b"\0", bytes(5000), b"\xff" * 30, os.urandom(700)):
        size = segment.stat().st_size
        segment.write_bytes(segment.read_bytes() + rubbish)
        assert box.verify().ok
        ledger = box.open()
        assert ledger.recovered.cut_bytes == len(rubbish)
        ledger.close()
        assert segment.stat().st_size > size
        assert box.verify().ok


def test_a_log_cut_below_the_highest_checkpoint_is_corrupt(box: Any) -> None:
    filled(box)
    [segment] = box.segments()
    whole = segment.read_bytes()
    for cut in range(0, len(whole), 11):
        segment.write_bytes(whole[:cut])
        with pytest.raises(LedgerCorrupt) as caught:
            box.open()
        assert caught.value.where.startswith(f"{segment}@")
        assert segment.read_bytes() == whole[:cut], "what is corrupt is evidence, and stays as it is"
        assert not box.verify().ok


def test_a_rolled_back_folder_is_corrupt(box: Any) -> None:
    filled(box)
    shutil.copytree(box.folder, box.root / "backup")
    filled(box, 0)
    shutil.rmtree(box.folder)
    shutil.copytree(box.root / "backup", box.folder)
    with pytest.raises(LedgerCorrupt, match="cut, rolled back or damaged"):
        box.open()
    assert 8 in box.failed_steps()


def test_a_rewritten_end_is_corrupt(box: Any) -> None:
    """The same number of records, but another history, signed with the same key."""
    filled(box, 2)
    shutil.copytree(box.root, box.root.parent / "twin")
    twin = type(box)(box.root.parent / "twin")
    filled(box, 3)
    filled(twin, 3)
    shutil.copy(box.highest_path, twin.highest_path)
    with pytest.raises(LedgerCorrupt, match="does not hold the highest"):
        twin.open()
    assert 8 in twin.failed_steps()


@pytest.mark.parametrize("behind", range(1, 12))
def test_a_highest_file_that_lags_is_brought_up(recorded: Any, behind: int) -> None:
    box = recorded
    filled(box, 12, roll_bytes=1500)
    kept = leaves(box)
    shutil.copy(box.root / "copy" / str(14 - behind), box.highest_path)
    ledger = box.open(roll_bytes=1500)
    assert ledger.recovered.adopted == behind
    assert len(ledger.recovered.unended) == 12
    ledger.close()
    assert leaves(box)[:14] == kept
    report = box.verify()
    assert report.ok
    assert report.ended == 12


def test_a_commit_that_the_key_did_not_sign_is_not_taken_in(recorded: Any) -> None:
    box = recorded
    filled(box)
    other = type(box)(box.root / "other")
    filled(other)
    [segment], [foreign] = box.segments(), other.segments()
    end, begin = boundaries(segment)[2], boundaries(foreign)[2]
    segment.write_bytes(segment.read_bytes()[:end] + foreign.read_bytes()[begin:])
    shutil.copy(box.root / "copy" / "3", box.highest_path)
    with pytest.raises(LedgerCorrupt, match="not signed by"):
        box.open()
    assert box.failed_steps()


def test_a_signed_commit_over_other_records_is_not_taken_in(recorded: Any) -> None:
    box = recorded
    filled(box)
    [segment] = box.segments()
    data, ends = segment.read_bytes(), boundaries(segment)
    segment.write_bytes(data[: ends[2]] + data[ends[3] :])
    shutil.copy(box.root / "copy" / "3", box.highest_path)
    with pytest.raises(LedgerCorrupt, match="does not match"):
        box.open()
    assert 6 in box.failed_steps()


@pytest.mark.parametrize("length", range(HEADER_BYTES))
def test_a_new_segment_with_a_torn_header_is_made_again(box: Any, length: int) -> None:
    filled(box)
    size = len(leaves(box))
    torn = box.folder / "segments" / f"{size:020d}.seg"
    torn.write_bytes(b"RNGFSEGM".ljust(length, b"\0")[:length])
    assert box.verify().ok
    ledger = box.open()
    assert ledger.recovered.size == size
    ledger.close()
    assert not torn.exists()
    assert box.verify().ok


def test_a_new_segment_without_commits_is_used(box: Any) -> None:
    filled(box)
    [segment] = box.segments()
    size = len(leaves(box))
    os.close(create_segment(box.folder, Header(size, 0, segment.stat().st_size)))
    assert box.verify().ok
    box.open().close()
    assert len(box.segments()) == 2
    assert box.segments()[1].stat().st_size > HEADER_BYTES
    assert box.verify().ok
    assert box.verify().size == size + 2 + 4


def test_a_segment_beyond_the_end_is_corrupt(box: Any) -> None:
    filled(box)
    [segment] = box.segments()
    os.close(create_segment(box.folder, Header(len(leaves(box)) + 3, 0, segment.stat().st_size)))
    with pytest.raises(LedgerCorrupt, match="beyond the end"):
        box.open()
    assert 3 in box.failed_steps()


@pytest.mark.parametrize("which", [0, 1, -1])
@pytest.mark.parametrize("how", ["gone", "short"])
def test_an_older_segment_that_is_gone_or_short_is_noticed_at_the_start(box: Any, which: int, how: str) -> None:
    filled(box, 20, roll_bytes=1500)
    box.open(roll_bytes=1500).close()
    victim = box.segments()[which]
    if how == "gone":
        victim.unlink()
    else:
        os.truncate(victim, victim.stat().st_size - 1)
    with pytest.raises(LedgerCorrupt):
        box.open(roll_bytes=1500)
    assert not box.verify().ok


def test_a_damaged_open_request_is_noticed_rather_than_forgotten(box: Any) -> None:
    filled(box)
    [segment] = box.segments()
    data = bytearray(segment.read_bytes())
    data[boundaries(segment)[1] + 20] ^= 1
    segment.write_bytes(data)
    with pytest.raises(LedgerCorrupt, match="wrong checksum"):
        box.open()


def test_a_forged_frontier_is_refused(box: Any) -> None:
    filled(box, 5)
    head = newest(decode_slots(box.highest_path.read_bytes()), box.highest_path)
    forged = msgspec.structs.replace(head, peaks=tuple(bytes(32) for _ in head.peaks))
    box.highest_path.write_bytes(encode_slot(forged) * 2)
    with pytest.raises(LedgerCorrupt, match="frontier"):
        box.open()
    assert 2 in box.failed_steps()


def test_damage_between_two_segments_is_named(recorded: Any) -> None:
    box = recorded
    filled(box, 12, roll_bytes=1500)
    shutil.copy(box.root / "copy" / "2", box.highest_path)
    segment = box.segments()[1]
    data = bytearray(segment.read_bytes())
    data[boundaries(segment)[0] + 20] ^= 1
    segment.write_bytes(data)
    with pytest.raises(LedgerCorrupt, match="wrong checksum") as caught:
        box.open(roll_bytes=1500)
    assert caught.value.where == f"{segment}@{boundaries(segment)[-1]}"


def test_a_salt_that_a_crash_tore_harms_no_record_that_needs_none(box: Any) -> None:
    """The start's NOTICE takes the index of the record that never came, and writes no salt."""
    filled(box, 3)
    size = box.verify().size
    salts = box.folder / "salts"
    salts.write_bytes(salts.read_bytes().ljust((size + 1) * SLOT_BYTES, b"\0") + b"torn".ljust(20, b"x"))
    box.open().close()
    report = box.verify()
    assert report.ok, report
    assert report.size == size + 5, "a start, three ends and a stop"
