from __future__ import annotations

from typing import Any

import pytest

from ringfence.ledger import record
from ringfence.ledger.read import Mark, Match, entries
from ringfence.ledger.reader import SegmentsReader, check_content, entry
from ringfence.ledger.salts import erase_salts
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError


def _log(filled: Any) -> SegmentsReader:
    return SegmentsReader(filled.folder, filled.highest_path)


TIMEOUT_S = 20.0


@pytest.fixture
def filled(box: Any) -> Any:
    ledger = box.open(roll_bytes=1200)
    for number in range(8):
        ledger.append_blocking(box.decided(f"r-{number}", number=number), TIMEOUT_S)
        ledger.append_blocking(box.ended(f"r-{number}"), TIMEOUT_S)
    ledger.close()
    return box


def test_records_come_back_as_they_went_in(filled: Any) -> None:
    found = list(entries(filled.folder))
    assert [each.index for each in found] == list(range(18))
    assert [each.fields.request_id for each in found[1:-1:2]] == [f"r-{number}" for number in range(8)]
    assert bytes(found[3].fields.body) == b'{"effect":"ALLOW","number":1}'
    assert found[3].fields.version == 1
    assert len(filled.segments()) > 3


def test_reading_can_begin_anywhere(filled: Any) -> None:
    everything = list(entries(filled.folder))
    for start in range(20):
        assert list(entries(filled.folder, start)) == everything[start:]


def test_one_record_by_its_index(filled: Any) -> None:
    for index, each in enumerate(list(entries(filled.folder))):
        assert entry(_log(filled), index) == each
    for index in (-1, 18, 10**9):
        with pytest.raises(LedgerError, match="no record"):
            entry(_log(filled), index)


def test_a_commit_under_way_is_not_read(filled: Any) -> None:
    last = filled.segments()[-1]
    last.write_bytes(last.read_bytes()[:-1])
    assert len(list(entries(filled.folder))) == 17


def test_a_record_of_another_version_is_refused(filled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "VERSION", 2)
    ledger = filled.open()
    ledger.close()
    with pytest.raises(LedgerCorrupt, match="Record 18 can't be read"):
        list(entries(filled.folder))
    assert filled.failed_steps() == {5}


def test_a_gap_is_named(filled: Any) -> None:
    first = filled.segments()[0]
    first.write_bytes(first.read_bytes()[:-1])
    with pytest.raises(LedgerCorrupt, match="can't be read after offset"):
        list(entries(filled.folder))


def test_content_matches_its_commitment_only(filled: Any) -> None:
    assert check_content(_log(filled), 3, "received", b"r-1") is Match.SAME
    assert check_content(_log(filled), 3, "received", b"r-2") is Match.DIFFERENT
    assert check_content(_log(filled), 3, "sent", b"r-1") is Match.NOT_COMMITTED
    assert check_content(_log(filled), 4, "received", b"r-1") is Match.NOT_COMMITTED


def test_an_erased_salt_forgets_its_record_and_no_other(filled: Any) -> None:
    before = [each.leaf for each in entries(filled.folder)]
    erase_salts(filled.folder, [(3, 3)])
    assert check_content(_log(filled), 3, "received", b"r-1") is Match.ERASED
    assert check_content(_log(filled), 5, "received", b"r-2") is Match.SAME
    assert [each.leaf for each in entries(filled.folder)] == before
    report = filled.verify()
    assert report.ok
    assert report.erased == 1
    filled.open().close()
    assert filled.verify().ok


def test_a_damaged_salt_is_not_taken_for_another_content(filled: Any) -> None:
    path = filled.folder / "salts"
    raw = bytearray(path.read_bytes())
    raw[4 * 36 + 5] ^= 1
    path.write_bytes(raw)
    with pytest.raises(LedgerCorrupt, match="salt of record 3 is damaged"):
        check_content(_log(filled), 3, "received", b"r-1")


def test_a_mark_changes_nothing_but_the_work(filled: Any) -> None:
    mark = Mark()
    for start in (0, 3, 5, 4, 17, 0, 11, 11, 18, 2, 9):
        assert list(entries(filled.folder, start, mark)) == list(entries(filled.folder, start))


def test_what_stands_before_a_mark_is_not_read_again(box: Any) -> None:
    ledger = box.open()
    for number in range(8):
        ledger.append_blocking(box.decided(f"r-{number}"), TIMEOUT_S)
    mark = Mark()
    assert [each.index for each in entries(box.folder, 5, mark)] == [5, 6, 7, 8]
    ledger.close()
    [segment] = box.segments()
    data = bytearray(segment.read_bytes())
    data[200] ^= 1  # in the first commits: whoever reads them stops there
    segment.write_bytes(data)
    assert [each.index for each in entries(box.folder, 6, mark)] == [6, 7, 8, 9]
    assert list(entries(box.folder, 6)) == []
