from __future__ import annotations

import os
from pathlib import Path

import pytest

from ringfence.ledger.salts import (
    NO_SALT,
    SLOT_BYTES,
    blank_beyond,
    encode_slot,
    erase_salts,
    open_salts,
    read_slots,
    slot_is_whole,
    write_salts,
)
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError

SALTS = [bytes([n]) * 32 for n in range(1, 6)]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    fd = open_salts(tmp_path)
    write_salts(fd, 0, SALTS)
    os.close(fd)
    return tmp_path


def slots(folder: Path, count: int = 5) -> list[bytes]:
    fd = os.open(folder / "salts", os.O_RDONLY)
    try:
        return read_slots(fd, 0, count)
    finally:
        os.close(fd)


def test_slots_have_a_fixed_place(written: Path) -> None:
    raw = (written / "salts").read_bytes()
    assert len(raw) == 6 * SLOT_BYTES == 216
    assert [raw[at : at + 32] for at in range(36, 216, 36)] == SALTS
    assert [slot[:32] for slot in slots(written)] == SALTS
    assert all(slot_is_whole(index, slot) for index, slot in enumerate(slots(written)))


def test_a_record_without_contents_leaves_its_slot_empty(tmp_path: Path) -> None:
    fd = open_salts(tmp_path)
    write_salts(fd, 2, [SALTS[0], b"", SALTS[1]])
    os.close(fd)
    assert slots(tmp_path, 7) == [
        NO_SALT,
        NO_SALT,
        encode_slot(2, SALTS[0]),
        NO_SALT,
        encode_slot(4, SALTS[1]),
        NO_SALT,
        NO_SALT,
    ]


def test_erasing_overwrites_one_slot_and_no_other(written: Path) -> None:
    before = slots(written)
    erase_salts(written, [(2, 2)])
    assert slots(written) == [*before[:2], NO_SALT, *before[3:]]
    assert SALTS[2] not in (written / "salts").read_bytes()
    erase_salts(written, [(2, 2)])
    assert slot_is_whole(2, slots(written)[2])


@pytest.mark.parametrize("index", [-1, -2, 5, 2**40])
def test_erasing_what_is_not_there_changes_nothing(written: Path, index: int) -> None:
    before = (written / "salts").read_bytes()
    with pytest.raises(LedgerError, match="no salt"):
        erase_salts(written, [(index, index)])
    assert (written / "salts").read_bytes() == before


def test_a_damaged_moved_or_half_erased_salt_is_noticed() -> None:
    slot = encode_slot(7, SALTS[0])
    assert slot_is_whole(7, slot)
    assert not slot_is_whole(8, slot)
    for at in range(SLOT_BYTES):
        changed = bytearray(slot)
        changed[at] ^= 1
        assert not slot_is_whole(7, bytes(changed))
        assert not slot_is_whole(7, bytes(at) + slot[at:]) or at == 0


@pytest.mark.parametrize("length", [0, 1, 12, 35])
def test_a_torn_header_is_mended(tmp_path: Path, length: int) -> None:
    os.close(open_salts(tmp_path))
    path = tmp_path / "salts"
    whole = path.read_bytes()
    path.write_bytes(whole[:length])
    os.close(open_salts(tmp_path))
    assert path.read_bytes() == whole


def test_another_file_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "salts").write_bytes(b"something else")
    with pytest.raises(LedgerCorrupt, match="does not begin"):
        open_salts(tmp_path)
    assert (tmp_path / "salts").read_bytes() == b"something else"


def test_what_stands_beyond_the_last_record_is_blanked(written: Path) -> None:
    blank_beyond(written, 3)
    assert slots(written) == [*(encode_slot(index, SALTS[index]) for index in range(3)), NO_SALT, NO_SALT]
    blank_beyond(written, 5)
    assert (written / "salts").stat().st_size == 6 * SLOT_BYTES


def test_ranges_are_erased_with_one_fdatasync(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: (calls.append(fd), real(fd))[1])
    monkeypatch.setattr("ringfence.ledger.salts._AT_ONCE", 2)
    erase_salts(written, [(0, 2), (4, 4)])
    assert len(calls) == 1
    assert slots(written) == [NO_SALT, NO_SALT, NO_SALT, encode_slot(3, SALTS[3]), NO_SALT]
    assert (written / "salts").stat().st_size == 6 * SLOT_BYTES


@pytest.mark.parametrize("wrong", [(3, 5), (-1, 0), (4, 3)])
def test_a_wrong_range_erases_nothing_of_any(wrong: tuple[int, int], written: Path) -> None:
    with pytest.raises(LedgerError, match="holds no salt"):
        erase_salts(written, [(0, 1), wrong])
    assert [slot[:32] for slot in slots(written)] == SALTS
