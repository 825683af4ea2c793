from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.highest import SLOT_BYTES, Head, Highest, decode_slots, encode_slot, newest
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerLocked

Disks = Callable[[int], tuple[Any, Any]]
SIGNER = Signer("log.example/one", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def head(sequence: int, size: int | None = None) -> Head:
    """A true head of a log with one record a commit."""
    frontier = Frontier()
    for index in range(sequence if size is None else size):
        frontier.append(leaf_hash(b"%d" % index))
    note = SIGNER.sign(Checkpoint("log.example/one", frontier.size, frontier.root()))
    return Head(sequence, note, tuple(frontier.peaks), 0, 40 + 100 * sequence, 0, 40)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "highest"
    Highest.create(path, head(0))
    return path


def swapped(path: Path, *sequences: int) -> None:
    highest = Highest(path)
    for sequence in sequences:
        highest.swap(head(sequence))
    highest.close()


def test_the_last_swap_is_read_back(path: Path) -> None:
    for last in range(1, 6):
        swapped(path, last)
        highest = Highest(path)
        assert highest.head == head(last)
        assert highest.head.checkpoint(SIGNER.verifier).size == last
        highest.close()
    assert path.stat().st_size == 2 * SLOT_BYTES


def test_a_swap_never_touches_the_slot_before_it(path: Path) -> None:
    swapped(path, 1, 2)
    before = path.read_bytes()
    swapped(path, 3)
    after = path.read_bytes()
    assert after[:SLOT_BYTES] == before[:SLOT_BYTES] == encode_slot(head(2))
    assert after[SLOT_BYTES:] == encode_slot(head(3))


def test_any_torn_slot_falls_back_to_the_other(path: Path) -> None:
    swapped(path, 1, 2, 3)
    whole = path.read_bytes()
    for at in [*range(0, 600, 7), *range(600, SLOT_BYTES, 211), SLOT_BYTES - 1]:
        for slot, left in ((0, 3), (1, 2)):
            torn = bytearray(whole)
            torn[slot * SLOT_BYTES + at] ^= 0x10
            slots = decode_slots(bytes(torn))
            assert slots[slot] is None
            assert newest(slots, path).sequence == left


def test_both_slots_torn_is_corrupt(path: Path) -> None:
    swapped(path, 1)
    path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
    with pytest.raises(LedgerCorrupt, match="Neither slot"):
        Highest(path)
    path.write_bytes(b"")
    with pytest.raises(LedgerCorrupt, match="Neither slot"):
        Highest(path)


def test_another_hand_is_noticed(path: Path) -> None:
    highest = Highest(path)
    highest.swap(head(1))
    raw = bytearray(path.read_bytes())
    raw[SLOT_BYTES : 2 * SLOT_BYTES] = encode_slot(msgspec.structs.replace(head(1), end=999))
    path.write_bytes(raw)
    with pytest.raises(LedgerCorrupt, match="two writers"):
        highest.swap(head(2))
    assert path.read_bytes() == bytes(raw)
    highest.close()


def test_one_user_at_a_time(path: Path) -> None:
    highest = Highest(path)
    with pytest.raises(LedgerLocked):
        Highest(path)
    highest.close()
    Highest(path).close()


def test_the_frontier_must_lead_to_the_signed_root() -> None:
    true = head(6)
    for forged in (
        msgspec.structs.replace(true, peaks=true.peaks[::-1]),
        msgspec.structs.replace(true, peaks=true.peaks[:-1]),
        msgspec.structs.replace(true, peaks=(*true.peaks, true.peaks[0])),
        msgspec.structs.replace(true, peaks=head(5).peaks),
    ):
        with pytest.raises(LedgerCorrupt, match="frontier"):
            forged.checkpoint(SIGNER.verifier)


def test_a_checkpoint_of_another_key_is_refused() -> None:
    other = Signer("log.example/one", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with pytest.raises(LedgerCorrupt, match="not signed by"):
        head(3).checkpoint(other.verifier)


def test_the_largest_head_fits_a_slot() -> None:
    name = "\U00010348" * 200
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    size = 2**62 - 1
    note = signer.sign(Checkpoint(name, size, bytes(32)))
    largest = Head(2**62, note, tuple(bytes([n]) * 32 for n in range(62)), size, 2**62, size, 2**62)
    assert len(encode_slot(largest)) == SLOT_BYTES
    assert decode_slots(encode_slot(largest) + bytes(SLOT_BYTES)) == [largest]


def test_a_slot_that_only_the_cache_holds_is_made_true_before_the_other_is_given_up(disks: Disks) -> None:
    for seed in range(10):
        box, disk = disks(seed)
        path = box.root / "elsewhere" / "highest"
        Highest.create(path, head(0))
        swapped(path, 1)
        highest = Highest(path)
        disk.plan = lambda call, name: "lost" if name == "fdatasync" else ""
        with pytest.raises(OSError, match="injected"):
            highest.swap(head(2))
        highest.close()
        disk.restart()
        highest = Highest(path)
        assert highest.head == head(2), "as the cache shows it"
        disk.plan = lambda call, name: "cut" if name == "fdatasync" else ""
        with pytest.raises(OSError, match="injected"):
            highest.swap(head(3))
        highest.close()
        disk.power_cut()
        assert newest(decode_slots(path.read_bytes()), path).sequence >= 2
