"""Whoever may write to the database is not believed: what they do is refused at a start, in a commit, or by verify."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger.reader import entry
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError, LedgerUnavailable

TIMEOUT_S = 20.0


@pytest.fixture
def filled(box: Any) -> Any:
    """Records 0 to 8; 1 to 6 are three requests, begun and ended."""
    ledger = box.open()
    for number in range(3):
        ledger.append_blocking(box.decided(f"r{number}"), TIMEOUT_S)
        ledger.append_blocking(box.ended(f"r{number}"), TIMEOUT_S)
    ledger.append_blocking(box.decided("last"), TIMEOUT_S)
    ledger.close()
    assert box.verify().ok
    return box


def test_a_database_that_was_rolled_back_is_refused_and_one_that_went_on_differently_too(
    own_box: Any, tmp_path: Path
) -> None:
    box, own_cluster = own_box, own_box.cluster
    box.open("a").close()
    box.open("b").close()
    own_cluster.stop()
    own_cluster.copy_data(tmp_path / "copy")
    own_cluster.start()
    ledger = box.open("a")
    ledger.append_blocking(box.decided("lost"), TIMEOUT_S)
    ledger.close()
    own_cluster.stop(signal.SIGQUIT)
    own_cluster.copy_data(tmp_path / "copy", back=True)
    own_cluster.start()
    with pytest.raises(LedgerCorrupt, match="records, but this gateway saw"):
        box.open("a")
    assert 8 in box.failed_steps("a")
    assert box.verify("b").ok, "b saw nothing of what is gone, so it can't know"

    fork = box.open("b")
    for number in range(5):
        fork.append_blocking(box.decided(f"fork{number}"), TIMEOUT_S)
    fork.close()
    with pytest.raises(LedgerCorrupt, match="went on differently"):
        box.open("a")
    assert box.failed_steps("a") == {8}


# Statements, the steps of verify that fail, and whether a start notices at once.
CHANGES: dict[str, tuple[list[str], set[int], bool]] = {
    "a record deleted": (["DELETE FROM ringfence.leaves WHERE index = 3"], {3, 8}, False),
    "the last record deleted": (["DELETE FROM ringfence.leaves WHERE index = 8"], {3, 8}, True),
    "a record added": (
        ["INSERT INTO ringfence.leaves SELECT 9, leaf FROM ringfence.leaves WHERE index = 0"],
        {6},
        True,
    ),
    "a record changed": (
        ["UPDATE ringfence.leaves SET leaf = overlay(leaf placing 'D' from position('ALLOW' in leaf)) WHERE index = 1"],
        {6, 8},
        False,
    ),
    "a record that is no JSON": (["UPDATE ringfence.leaves SET leaf = 'x' WHERE index = 4"], {3, 8}, False),
    "two records swapped": (
        [
            "UPDATE ringfence.leaves SET index = -1 WHERE index = 2",
            "UPDATE ringfence.leaves SET index = 2 WHERE index = 4",
            "UPDATE ringfence.leaves SET index = 4 WHERE index = -1",
        ],
        {6, 8, 9},
        False,
    ),
    "a checkpoint deleted": (["DELETE FROM ringfence.checkpoints WHERE size = 9"], {6, 8}, True),
    "a checkpoint replaced": (
        [
            "UPDATE ringfence.checkpoints SET note = (SELECT note FROM ringfence.checkpoints WHERE size = 3)"
            " WHERE size = 4"
        ],
        {6},
        False,
    ),
    "a checkpoint's signature replaced": (
        [
            "UPDATE ringfence.checkpoints SET note = convert_to(replace(convert_from(note, 'UTF8'),"
            " split_part(convert_from(note, 'UTF8'), '—', 2), split_part(convert_from((SELECT note FROM"
            " ringfence.checkpoints WHERE size = 3), 'UTF8'), '—', 2)), 'UTF8') WHERE size = 4"
        ],
        {7},
        False,
    ),
    "a salt changed": (["UPDATE ringfence.salts SET slot = set_byte(slot, 3, get_byte(slot, 3) # 1)"], {11}, False),
    "the head's size": (["UPDATE ringfence.head SET size = 8"], {2}, True),
    "the head's frontier": (
        ["UPDATE ringfence.head SET peaks = set_byte(peaks, 0, get_byte(peaks, 0) # 1)"],
        {2},
        True,
    ),
    "an older head": (
        [
            "UPDATE ringfence.head SET (size, note) = (SELECT size, note FROM ringfence.checkpoints WHERE size = 8),"
            " peaks = substr(peaks, 1, 32)"
        ],
        set(),
        True,
    ),
    "no head": (["DELETE FROM ringfence.head"], {2}, True),
    "all cut to an older size": (
        [
            "DELETE FROM ringfence.leaves WHERE index >= 8",
            "DELETE FROM ringfence.checkpoints WHERE size > 8",
            "UPDATE ringfence.head SET (size, note) = (SELECT size, note FROM ringfence.checkpoints WHERE size = 8),"
            " peaks = substr(peaks, 1, 32)",
        ],
        {8},
        True,
    ),
    "everything deleted": (["DROP SCHEMA ringfence CASCADE"], set(), True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_in_the_database_is_named(filled: Any, name: str) -> None:
    statements, steps, at_start = CHANGES[name]
    filled.run(*statements)
    if name == "everything deleted":
        with pytest.raises(LedgerCorrupt, match="holds no log"):
            filled.open()
        return
    failed = filled.failed_steps()
    assert failed - {8} == steps - {8}
    assert failed or at_start
    for step in filled.verify().steps:
        assert step.details or step.status in ("ok", "skipped")
    if at_start:
        with pytest.raises(LedgerCorrupt) as caught:
            filled.open()
        assert caught.value.remedy


def test_a_reader_names_the_record_that_is_missing(filled: Any) -> None:
    filled.run("DELETE FROM ringfence.leaves WHERE index = 3")
    with pytest.raises(LedgerCorrupt, match="Record 3 is missing"):
        list(filled.reader().entries())


def test_a_forged_commit_is_never_signed_on(box: Any) -> None:
    """Somebody who may write rows, but has no key, appends a whole commit of their own beside a running gateway."""
    ledger = box.open()
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    other = type(box)(box.cluster, box.root / "other")
    forger = other.open()
    forger.append_blocking(other.decided("x"), TIMEOUT_S)
    forger.append_blocking(other.decided("forged"), TIMEOUT_S)
    [[size, note, peaks]] = other.run("SELECT size, note, peaks FROM ringfence.head")
    forged = f"size = {size}, note = '\\x{note.hex()}', peaks = '\\x{peaks.hex()}'"
    forger.close()
    other.end()
    leaf = entry(box.reader(), 0).leaf.hex()
    box.run(
        f"UPDATE ringfence.head SET {forged}",
        f"INSERT INTO ringfence.leaves VALUES (2, '\\x{leaf}')",
        f"INSERT INTO ringfence.checkpoints VALUES (3, '\\x{note.hex()}')",
    )
    with pytest.raises(LedgerUnavailable, match="not signed by"):
        ledger.append_blocking(box.ended("r"), TIMEOUT_S)
    assert ledger.failed is not None
    ledger.close()
    assert box.failed_steps() >= {2, 7}


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE ringfence.head SET peaks = '', size = 0", "frontier"),
        ("INSERT INTO ringfence.leaves VALUES (2, 'x')", "leaves_pkey"),
        ("INSERT INTO ringfence.checkpoints VALUES (3, 'x')", "checkpoints_pkey"),
        ("DROP TABLE ringfence.salts", "salts"),
    ],
)
def test_a_commit_stops_at_what_another_hand_did(box: Any, statement: str, says: str) -> None:
    ledger = box.open()
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    box.run(statement)
    with pytest.raises(LedgerUnavailable, match=says):
        ledger.append_blocking(box.decided("s"), TIMEOUT_S)
    assert ledger.failed is not None
    with pytest.raises(LedgerError):
        ledger.append_blocking(box.decided("t"), TIMEOUT_S)
    ledger.close()


def test_a_head_put_back_beside_a_running_gateway_is_refused(box: Any) -> None:
    ledger = box.open()
    before = box.run("SELECT size, note, peaks FROM ringfence.head")[0]
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    box.run(
        f"UPDATE ringfence.head SET size = {before[0]}, note = '\\x{before[1].hex()}', peaks = '\\x{before[2].hex()}'"
    )
    with pytest.raises(LedgerUnavailable, match="rolled back, or has two histories"):
        ledger.append_blocking(box.decided("s"), TIMEOUT_S)
    ledger.close()


def test_verify_believes_the_key_that_it_is_given(filled: Any) -> None:
    report = filled.verify(public_key=None)
    assert [step.number for step in report.steps if step.status == "finding"] == [1]
    other = type(filled)(filled.cluster, filled.root / "other")
    other.open().close()
    wrong = filled.verify(public_key=other.key_line)
    other.end()
    assert {step.number for step in wrong.steps if step.status == "failed"} >= {1, 2, 7}
    assert not filled.verify(public_key="nonsense").ok
    assert filled.verify(highest_path=Path("/nowhere")).ok, "a finding: this machine saw nothing"
