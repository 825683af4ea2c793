"""The door for reading a log, over segments."""

from __future__ import annotations

from typing import Any

import pytest

from ringfence.ledger.checkpoint import Verifier, open_note
from ringfence.ledger.reader import SegmentsReader, entry
from ringfence.ledger.salts import NO_SALT
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError

RECORDS = 30


@pytest.fixture
def filled(box: Any) -> Any:
    """A start notice, 30 decided records in commits of one, a stop notice; several segments."""
    ledger = box.open(roll_bytes=2_000)
    for number in range(RECORDS):
        ledger.append_blocking(box.decided(f"r-{number}"), 20)
    ledger.close()
    assert len(box.segments()) > 2
    return box


def _log(box: Any) -> SegmentsReader:
    return SegmentsReader(box.folder, box.highest_path)


def test_the_newest_checkpoint_is_the_highest(filled: Any) -> None:
    log = _log(filled)
    checkpoint = open_note(log.checkpoint(), Verifier.from_key_line(log.key_line))
    assert checkpoint.size == RECORDS + 2


@pytest.mark.parametrize("start", [0, 1, 7, RECORDS, RECORDS + 1, RECORDS + 2])
def test_checkpoints_and_entries_begin_where_asked(filled: Any, start: int) -> None:
    log = _log(filled)
    assert [each.size for each in log.checkpoints(start)] == list(range(start + 1, RECORDS + 3))
    assert [each.index for each in log.entries(start)] == list(range(start, RECORDS + 2))
    verifier = Verifier.from_key_line(log.key_line)
    assert all(open_note(each.note, verifier).size == each.size for each in log.checkpoints(start))


def test_salts_of_a_range(filled: Any) -> None:
    log = _log(filled)
    slots = log.salts(0, RECORDS + 2)
    assert [slot == NO_SALT for slot in slots] == [True, *[False] * RECORDS, True]
    log.erase([(3, 3)])
    assert log.salts(2, 3) == [slots[2], NO_SALT, slots[4]]


@pytest.mark.parametrize("index", [-1, RECORDS + 2, 10**9])
def test_no_such_record(filled: Any, index: int) -> None:
    with pytest.raises(LedgerError, match=f"no record {index}"):
        entry(_log(filled), index)


def test_a_missing_highest_checkpoint_is_named(filled: Any) -> None:
    filled.highest_path.unlink()
    with pytest.raises(LedgerCorrupt, match=str(filled.highest_path)):
        _log(filled).checkpoint()


def test_a_highest_checkpoint_of_another_log_is_refused(filled: Any, tmp_path: Any) -> None:
    other = type(filled)(tmp_path / "other")
    other.open().close()
    with pytest.raises(LedgerCorrupt, match="not signed by"):
        SegmentsReader(filled.folder, other.highest_path).checkpoint()


def test_a_folder_without_a_log_is_named(tmp_path: Any) -> None:
    with pytest.raises(LedgerCorrupt, match=str(tmp_path)):
        SegmentsReader(tmp_path, tmp_path / "highest")
