"""The subject sidecar: two custodians open it, nobody else; damage is named; what is erased or expired is gone."""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ringfence.sidecar.epoch import decode_head
from ringfence.sidecar.people import Opener
from ringfence.sidecar.sealing import public_of
from ringfence.sidecar.subjects import Identifier, Named, Subjects, SubjectWriter
from ringfence.vocabulary.errors import SidecarError

NAMES = ("anna", "bert", "carla")
KEYS = {name: X25519PrivateKey.from_private_bytes(bytes([place] * 32)) for place, name in enumerate(NAMES, 1)}
MARIA = Named((Identifier("PERSON", "Maria Keller"), Identifier("US_SSN", "219-09-9999")))
NOBODY = Named((), 3)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2031, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def writer(folder: Path, clock: Clock, made: list[bytes] | None = None) -> SubjectWriter:
    drawn = random.Random(1)

    def new_key() -> X25519PrivateKey:
        raw = drawn.randbytes(32)
        if made is not None:
            made.append(raw)
        return X25519PrivateKey.from_private_bytes(raw)

    custodians = [Opener(name, public_of(KEYS[name])) for name in NAMES]
    return SubjectWriter(folder, custodians, now=clock, random_bytes=drawn.randbytes, new_key=new_key)


def written(folder: Path, entries: list[tuple[int, Named]]) -> Path:
    """One file with these entries."""
    made = writer(folder, Clock())
    made.write(entries)
    made.close()
    [path] = folder.iterdir()
    return path


@pytest.mark.parametrize("first", NAMES)
@pytest.mark.parametrize("second", NAMES)
def test_any_two_custodians_open_and_none_alone(first: str, second: str, tmp_path: Path) -> None:
    written(tmp_path, [(7, MARIA), (9, NOBODY)])
    if first == second:
        with pytest.raises(SidecarError, match="does not open with these two keys"):
            Subjects(tmp_path).open(KEYS[first], KEYS[second])
    else:
        opened = Subjects(tmp_path).open(KEYS[first], KEYS[second])
        assert opened.entries == {7: MARIA, 9: NOBODY}
        assert not opened.problems


def test_a_stranger_beside_a_custodian_opens_nothing(tmp_path: Path) -> None:
    written(tmp_path, [(7, MARIA)])
    stranger = X25519PrivateKey.from_private_bytes(bytes([99] * 32))
    for one, other in ((KEYS["anna"], stranger), (stranger, KEYS["anna"])):
        with pytest.raises(SidecarError):
            Subjects(tmp_path).open(one, other)


def test_the_gateway_can_add_and_not_open(tmp_path: Path) -> None:
    made: list[bytes] = []
    adding = writer(tmp_path, Clock(), made)
    adding.write([(7, MARIA)])
    gc.collect()
    [path] = tmp_path.iterdir()
    data = path.read_bytes()
    [private] = made
    assert private not in data
    assert private.hex() not in data.decode("latin-1")
    for text in (b"Maria", b"219-09"):
        assert text not in data
    # Nothing that the writer holds on to is the epoch's private key.
    reached, waiting = set(), [adding]
    while waiting:
        each = waiting.pop()
        if id(each) in reached or isinstance(each, type) or callable(each):
            continue
        reached.add(id(each))
        assert not isinstance(each, X25519PrivateKey)
        assert each != private
        waiting += [other for other in gc.get_referents(each) if not callable(other)]
    adding.close()


def test_each_start_and_each_day_has_an_epoch_of_its_own(tmp_path: Path) -> None:
    clock = Clock()
    first = writer(tmp_path, clock)
    first.write([(1, MARIA)])
    first.write([(2, MARIA)])
    clock.now += timedelta(days=1)
    first.write([(3, MARIA)])
    first.close()
    made = writer(tmp_path, clock)
    made._random_bytes = random.Random(2).randbytes
    made.write([(4, MARIA)])
    made.close()
    paths = sorted(tmp_path.iterdir())
    assert [path.name[:10] for path in paths] == ["2031-03-01", "2031-03-02", "2031-03-02"]
    assert len({decode_head(path.read_bytes(), path.name)[0].public_key for path in paths}) >= 2
    assert Subjects(tmp_path).indexes() == {1, 2, 3, 4}
    assert set(Subjects(tmp_path).open(KEYS["anna"], KEYS["carla"]).entries) == {1, 2, 3, 4}


def test_an_entry_does_not_open_under_another_record(tmp_path: Path) -> None:
    path = written(tmp_path, [(7, MARIA), (8, MARIA)])
    data = path.read_bytes()
    _, start = decode_head(data, "x")
    half = (len(data) - start) // 2
    one, other = data[start : start + half], data[start + half :]
    head = 20
    # The payloads swapped under the heads, with checksums put right.
    import struct
    import zlib

    def frame(index: int, payload: bytes) -> bytes:
        fields = struct.pack(">QII", index, len(payload), zlib.crc32(payload))
        return fields + struct.pack(">I", zlib.crc32(fields)) + payload

    path.write_bytes(data[:start] + frame(7, other[head:]) + frame(8, one[head:]))
    opened = Subjects(tmp_path).open(KEYS["anna"], KEYS["bert"])
    assert not opened.entries
    assert len(opened.problems) == 2
    assert "record 7" in opened.problems[0]


def test_every_flipped_bit_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, [(7, MARIA), (8, NOBODY)])
    data = path.read_bytes()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << (at % 8)
        path.write_bytes(bytes(changed))
        subjects = Subjects(tmp_path)
        problems = list(subjects.problems())
        assert subjects.indexes() <= {7, 8}
        try:
            opened = subjects.open(KEYS["anna"], KEYS["bert"])
        except SidecarError as error:
            problems.append(error.message)
        else:
            problems += opened.problems
            assert all(opened.entries[index] == {7: MARIA, 8: NOBODY}[index] for index in opened.entries)
        assert problems, f"bit at {at}"
        assert all(path.name in problem for problem in problems)


def test_a_cut_file_is_named_or_shows_in_what_is_missing(tmp_path: Path) -> None:
    path = written(tmp_path, [(7, MARIA), (8, NOBODY)])
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        subjects = Subjects(tmp_path)
        assert subjects.problems() or 8 not in subjects.indexes()
        assert 8 not in subjects.indexes()


def test_what_is_erased_is_gone_from_the_disk(tmp_path: Path) -> None:
    path = written(tmp_path, [(7, MARIA), (8, MARIA), (9, MARIA)])
    data = path.read_bytes()
    _, start = decode_head(data, "x")
    size = (len(data) - start) // 3
    payloads = [data[start + place * size + 20 : start + (place + 1) * size] for place in range(3)]
    subjects = Subjects(tmp_path)
    assert subjects.erase({8, 1000}) == 1
    after = path.read_bytes()
    assert [payload in after for payload in payloads] == [True, False, True]
    assert subjects.indexes() == {7, 9}
    assert not subjects.problems()
    assert set(subjects.open(KEYS["anna"], KEYS["bert"]).entries) == {7, 9}
    assert subjects.erase({8}) == 0


def test_a_half_erased_entry_is_named_and_erased_again(tmp_path: Path) -> None:
    path = written(tmp_path, [(7, MARIA), (8, MARIA)])
    data = bytearray(path.read_bytes())
    _, start = decode_head(bytes(data), "x")
    data[start + 20 : start + 40] = bytes(20)
    path.write_bytes(bytes(data))
    subjects = Subjects(tmp_path)
    assert "record 7" in subjects.problems()[0]
    assert subjects.erase({7}) == 1
    assert (subjects.indexes(), subjects.problems()) == ({8}, ())


def _none(_: Collection[int]) -> Collection[int]:
    return ()


def _all(indexes: Collection[int]) -> Collection[int]:
    return indexes


@pytest.mark.parametrize(("days", "held", "left"), [(29, _none, 0), (30, _none, 1), (29, _all, 1)])
def test_files_expire_by_their_day_unless_held(
    days: int, held: Callable[[Collection[int]], Collection[int]], left: int, tmp_path: Path
) -> None:
    written(tmp_path, [(7, MARIA)])
    gone = Subjects(tmp_path).purge(datetime(2031, 3, 31, tzinfo=UTC).date(), days, held)
    assert (gone, len(list(tmp_path.iterdir()))) == (1 - left, left)


def test_after_a_failed_write_nobody_adds_to_that_file(tmp_path: Path) -> None:
    adding = writer(tmp_path, Clock())
    adding.write([(1, MARIA)])
    import os

    os.close(adding._fd)
    read_only = os.open(next(tmp_path.iterdir()), os.O_RDONLY)
    adding._fd = read_only
    with pytest.raises(OSError, match="Bad file descriptor"):
        adding.write([(2, MARIA)])
    adding.write([(3, MARIA)])
    adding.close()
    assert len(list(tmp_path.iterdir())) == 2
    assert Subjects(tmp_path).indexes() == {1, 3}


def test_a_full_disk_leaves_no_beginnings_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = writer(tmp_path, Clock())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", full)
        for index in range(5):
            with pytest.raises(OSError, match="No space"):
                made.write([(index, MARIA)])
    assert not list(tmp_path.iterdir())
    made.write([(7, MARIA)])
    made.close()
    assert Subjects(tmp_path).indexes() == {7}
    assert not Subjects(tmp_path).problems()
