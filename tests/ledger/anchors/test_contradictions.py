"""What the log itself can't show, an anchor does: an operator with the key who writes another past is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ledger.anchors.conftest import Log
from ringfence.ledger.anchors.contradictions import How, contradictions, trees
from ringfence.ledger.checkpoint import Checkpoint, read_note


def _tree(log: Log) -> Checkpoint:
    return read_note(log.note).checkpoint


@pytest.fixture
def anchored(log: Log) -> list[Checkpoint]:
    """Three anchored trees, of 7, 10 and 13 records."""
    found = [_tree(log)]
    for _ in range(2):
        log.write(1)
        found.append(_tree(log))
    return found


def test_log_that_only_grew_contradicts_nothing(log: Log, anchored: list[Checkpoint]) -> None:
    assert [each.size for each in anchored] == [7, 10, 13]
    log.write(9)
    assert contradictions(log.reader, trees(anchored)) == []
    assert contradictions(log.reader, []) == []


def test_rewritten_log_verifies_and_is_named(log: Log, anchored: list[Checkpoint]) -> None:
    log.rewrite(30)
    assert log.verify().ok, "without an anchor nobody can tell"
    found = contradictions(log.reader, trees(anchored))
    assert [(each.how, each.size, each.root, each.sound) for each in found] == [
        (How.REWRITTEN, tree.size, tree.root.hex(), 0) for tree in anchored
    ]


def test_rewritten_end_is_told_from_what_stayed(log: Log, anchored: list[Checkpoint], tmp_path: Path) -> None:
    """A copy from the day of the first anchor is put back, and goes on otherwise."""
    log_then = Log(tmp_path / "then")
    log_then.write(5)
    before = _tree(log_then)
    shutil.copytree(log_then.root, tmp_path / "copy")
    log_then.write(1)
    after = _tree(log_then)
    shutil.rmtree(log_then.root)
    shutil.copytree(tmp_path / "copy", log_then.root)
    log_then.write(4, "false")
    assert log_then.verify().ok
    [found] = contradictions(log_then.reader, trees([before, after]))
    assert (found.how, found.size, found.sound) == (How.REWRITTEN, after.size, before.size)


def test_rolled_back_log_is_named(log: Log, anchored: list[Checkpoint]) -> None:
    log.rewrite(0, "true")
    assert log.verify().ok
    found = contradictions(log.reader, trees(anchored))
    assert [(each.how, each.size) for each in found] == [(How.ROLLED_BACK, tree.size) for tree in anchored]


def test_copy_put_back_with_its_highest_file_is_named(log: Log, tmp_path: Path) -> None:
    """Both files rolled back: the one case that the highest checkpoint can't notice."""
    shutil.copytree(log.root, tmp_path / "copy")
    log.write(3)
    tree = _tree(log)
    shutil.rmtree(log.root)
    shutil.copytree(tmp_path / "copy", log.root)
    assert log.verify().ok
    [found] = contradictions(log.reader, trees([tree]))
    assert (found.how, found.size, found.sound) == (How.ROLLED_BACK, 12, 0)


def test_two_anchored_trees_of_a_size_are_a_fork(log: Log) -> None:
    true = _tree(log)
    log.rewrite(true.size - 2)
    false = _tree(log)
    assert true.size == false.size
    [found] = contradictions(log.reader, trees([true, false]))
    assert (found.how, found.root) == (How.FORKED, true.root.hex())
    log.rewrite(true.size - 2, "third")
    assert {each.how for each in contradictions(log.reader, trees([true, false]))} == {How.FORKED}
