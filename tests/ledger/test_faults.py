"""Every write, fdatasync, rename and truncation fails in turn, and the power goes at every one of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from ringfence.ledger.checkpoint import Verifier
from ringfence.ledger.highest import decode_slots, newest
from ringfence.ledger.read import Match, entries
from ringfence.ledger.reader import SegmentsReader, check_content
from ringfence.vocabulary.errors import LedgerUnavailable
from ringfence.vocabulary.record import Receipt, Record

TIMEOUT_S = 20.0
ROLL_BYTES = 2000
"""A segment holds three or four records, so that the work below makes new ones too."""

Acknowledged = list[tuple[Receipt, Record]]
Disks = Callable[[int], tuple[Any, Any]]


def work(box: Any, acknowledged: Acknowledged, run: str) -> None:
    """Open, append eight records, close. What is acknowledged is noted at once; the first failure ends the work."""
    failures: list[LedgerUnavailable] = []
    try:
        ledger = box.open(roll_bytes=ROLL_BYTES, on_fatal=failures.append)
    except LedgerUnavailable:
        return
    try:
        for number in range(4):
            for record in (box.decided(f"{run}-{number}"), box.ended(f"{run}-{number}")):
                acknowledged.append((ledger.append_blocking(record, TIMEOUT_S), record))
    except LedgerUnavailable:
        assert ledger.failed is not None
        for _ in range(2):
            with pytest.raises(LedgerUnavailable):
                ledger.append_blocking(box.decided("refused"), TIMEOUT_S)
    finally:
        try:
            ledger.close()
        except LedgerUnavailable:
            assert ledger.failed is not None
        assert len(failures) == (ledger.failed is not None), "the gateway is told exactly once"


def check(box: Any, acknowledged: Acknowledged) -> None:
    """Nothing acknowledged is lost or moved, or above the highest checkpoint, and the log is sound."""
    if acknowledged:
        head = newest(decode_slots(box.highest_path.read_bytes()), box.highest_path)
        signed = head.checkpoint(Verifier.from_key_line(box.key_path.with_suffix(".vkey").read_text().strip())).size
        assert signed >= max(receipt.tree_size for receipt, _ in acknowledged)
    box.open(roll_bytes=ROLL_BYTES).close()
    report = box.verify()
    assert report.ok, report
    assert report.unended == ()
    stored = {each.index: each.fields for each in entries(box.folder)}
    log = SegmentsReader(box.folder, box.highest_path)
    for receipt, record in acknowledged:
        fields = stored[receipt.index]
        assert (fields.request_id, fields.phase) == (record.request_id, record.phase)
        for name, content in record.contents.items():
            assert check_content(log, receipt.index, name, content) is Match.SAME


def faults_at(number: int, fault: str) -> Callable[[int, str], str]:
    return lambda call, name: fault if call == number else ""


def calls_of_the_work(disks: Disks, before: Callable[[Any], None] = lambda box: None) -> int:
    box, disk = disks(0)
    before(box)
    disk.calls = 0
    work(box, [], "count")
    assert not disk.dead
    count: int = disk.calls
    assert count > 50
    return count


def old(box: Any) -> None:
    """A ledger that was used before."""
    work(box, [], "old")


@pytest.mark.parametrize("before", [lambda box: None, old], ids=["new", "old"])
@pytest.mark.parametrize("fault", ["lost", "kept"])
def test_any_failing_call_stops_the_ledger_and_loses_nothing(disks: Disks, before: Any, fault: str) -> None:
    for number in range(calls_of_the_work(disks, before)):
        box, disk = disks(number)
        before(box)
        disk.restart()
        disk.plan = faults_at(number, fault)
        acknowledged: Acknowledged = []
        work(box, acknowledged, "first")
        disk.restart()
        check(box, acknowledged)


@pytest.mark.parametrize("before", [lambda box: None, old], ids=["new", "old"])
def test_a_power_cut_at_any_call_loses_nothing(disks: Disks, before: Any, scale: int) -> None:
    for number in range(calls_of_the_work(disks, before)):
        for seed in range(scale):
            box, disk = disks(1000 * seed + number)
            before(box)
            disk.restart()
            disk.plan = faults_at(number, "cut")
            acknowledged: Acknowledged = []
            work(box, acknowledged, "first")
            assert disk.dead
            disk.power_cut()
            check(box, acknowledged)


def test_a_power_cut_after_a_lost_fdatasync_loses_nothing(disks: Disks, scale: int) -> None:
    """After a failed fdatasync the cache shows what the disk does not have, and a later fdatasync does not write it.
    What the next start takes in from the cache must get to the disk all the same."""
    for number in range(calls_of_the_work(disks, old)):
        for seed in range(scale):
            box, disk = disks(5000 * seed + number)
            old(box)
            disk.restart()
            disk.plan = faults_at(number, "lost")
            acknowledged: Acknowledged = []
            work(box, acknowledged, "first")
            disk.restart()
            last = random.Random(number + seed).randrange(150)
            disk.plan = faults_at(last, "cut")
            work(box, acknowledged, "second")
            disk.power_cut()
            check(box, acknowledged)


def test_a_power_cut_long_after_a_failed_first_start_loses_nothing(disks: Disks) -> None:
    """What a failed synchronisation left in the cache only, names of files included, the next start must repair."""
    for number in range(calls_of_the_work(disks)):
        box, disk = disks(number)
        disk.plan = faults_at(number, "lost")
        acknowledged: Acknowledged = []
        work(box, acknowledged, "first")
        disk.restart()
        work(box, acknowledged, "second")
        disk.power_cut()
        check(box, acknowledged)


def test_power_cuts_again_and_again(disks: Disks, scale: int) -> None:
    for seed in range(20 * scale):
        box, disk = disks(seed)
        choose = random.Random(seed)
        acknowledged: Acknowledged = []
        for run in range(6):
            disk.plan = faults_at(choose.randrange(120), choose.choice(["cut", "cut", "lost", "kept"]))
            work(box, acknowledged, f"run-{run}")
            disk.power_cut() if choose.random() < 0.7 else disk.restart()
        check(box, acknowledged)


def test_a_power_cut_without_any_fault_keeps_a_closed_ledger_to_the_byte(disks: Disks) -> None:
    box, disk = disks(1)
    work(box, [], "first")
    before = {path: path.read_bytes() for path in box.root.rglob("*") if path.is_file() and path.name != "lock"}
    disk.power_cut()
    assert {path: path.read_bytes() for path in box.root.rglob("*") if path.is_file()} == before
