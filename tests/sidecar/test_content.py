"""The content vault: the reviewer opens it and the gateway does not; damage is named; what expired is gone."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ringfence.sidecar.content import Contents, ContentWriter, Full, Kept
from ringfence.sidecar.people import Opener
from ringfence.sidecar.sealing import public_of
from ringfence.vocabulary.errors import SidecarError

REVIEWER = X25519PrivateKey.from_private_bytes(bytes([1] * 32))
OTHER = X25519PrivateKey.from_private_bytes(bytes([2] * 32))
NOW = datetime(2031, 3, 1, 23, 59, tzinfo=UTC)
KEPT = Kept("messages", (("anthropic-beta", "x"),), ("phi",), ("ehr",), ("confidential",), b"Maria Keller, MRN 4471992")


def vault(folder: Path, now: datetime = NOW, most: int = 1 << 20) -> ContentWriter:
    return ContentWriter(folder, Opener("rev", public_of(REVIEWER)), now=lambda: now, max_folder_bytes=most)


def _none(_: Collection[int]) -> Collection[int]:
    return ()


def test_the_reviewer_opens_what_was_kept(tmp_path: Path) -> None:
    vault(tmp_path).write(7, KEPT)
    contents = Contents(tmp_path)
    assert contents.indexes() == [7]
    assert contents.open(7, REVIEWER) == KEPT
    [path] = tmp_path.glob("*/*")
    assert path.stat().st_mode & 0o077 == 0
    assert b"Maria" not in path.read_bytes()
    with pytest.raises(SidecarError, match="can't be opened"):
        contents.open(7, OTHER)
    with pytest.raises(SidecarError, match="is not kept"):
        contents.open(8, REVIEWER)


def test_a_request_does_not_open_under_another_record(tmp_path: Path) -> None:
    vault(tmp_path).write(7, KEPT)
    [path] = tmp_path.glob("*/*")
    path.rename(path.with_name(f"{8:020d}.sealed"))
    with pytest.raises(SidecarError, match="can't be opened"):
        Contents(tmp_path).open(8, REVIEWER)


def test_every_flipped_bit_and_every_cut_is_named(tmp_path: Path) -> None:
    vault(tmp_path).write(7, KEPT)
    [path] = tmp_path.glob("*/*")
    data = path.read_bytes()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << (at % 8)
        for text in (bytes(changed), data[:at]):
            path.write_bytes(text)
            with pytest.raises(SidecarError, match=str(path)):
                Contents(tmp_path).open(7, REVIEWER)


def test_what_is_erased_is_gone_from_the_disk(tmp_path: Path) -> None:
    writing = vault(tmp_path)
    for index in (7, 8):
        writing.write(index, KEPT)
    assert Contents(tmp_path).erase({7, 99}) == 1
    assert Contents(tmp_path).indexes() == [8]
    assert Contents(tmp_path).erase({7}) == 0
    assert [path.name for path in tmp_path.glob("*/*")] == [f"{8:020d}.sealed"]


def test_nothing_is_added_to_a_full_folder_until_something_expires(tmp_path: Path) -> None:
    writing = vault(tmp_path, most=300)
    writing.write(1, KEPT)
    used = sum(path.stat().st_size for path in tmp_path.glob("*/*"))
    assert 150 < used < 300
    with pytest.raises(Full):
        writing.write(2, KEPT)
    with pytest.raises(Full):
        vault(tmp_path, most=300).write(2, KEPT)  # also after a restart
    freed = Contents(tmp_path).purge((NOW + timedelta(days=40)).date(), 30, _none)
    assert freed == used
    writing.freed(freed)
    writing.write(2, KEPT)
    assert Contents(tmp_path).indexes() == [2]


def test_days_are_over_after_their_number_and_holds_keep(tmp_path: Path) -> None:
    writing = vault(tmp_path)
    for index in (7, 8):
        writing.write(index, KEPT)
    (next(tmp_path.iterdir()) / "torn.part").write_bytes(b"x")
    contents, last = Contents(tmp_path), (NOW + timedelta(days=30)).date()
    assert contents.purge(last, 30, _none) == 0
    contents.purge(last + timedelta(days=1), 30, lambda indexes: {8} & set(indexes))
    assert contents.indexes() == [8]
    contents.purge(last + timedelta(days=1), 30, _none)
    assert not list(tmp_path.iterdir())


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = vault(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _full)
        for index in range(5):
            with pytest.raises(OSError, match="No space"):
                made.write(index, KEPT)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    made.write(7, KEPT)
    assert Contents(tmp_path).indexes() == [7]


def test_what_a_crash_left_of_a_request_is_erased_with_it(tmp_path: Path) -> None:
    vault(tmp_path).write(7, KEPT)
    [path] = tmp_path.glob("*/*")
    path.rename(path.with_suffix(".part"))
    assert Contents(tmp_path).erase({8}) == 0
    assert path.with_suffix(".part").exists()
    assert Contents(tmp_path).erase({7}) == 0
    assert not path.with_suffix(".part").exists()


def test_what_a_command_erased_makes_room_again(tmp_path: Path) -> None:
    clock = [NOW]
    made = ContentWriter(tmp_path, Opener("rev", public_of(REVIEWER)), now=lambda: clock[0], max_folder_bytes=300)
    made.write(1, KEPT)
    with pytest.raises(Full):
        made.write(2, KEPT)
    assert Contents(tmp_path).erase({1}) == 1
    with pytest.raises(Full):
        made.write(2, KEPT)  # not counted anew for each request
    clock[0] += timedelta(minutes=10)
    made.write(2, KEPT)
    assert Contents(tmp_path).indexes() == [2]
