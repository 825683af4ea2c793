"""A record that no parser can take, signed by whoever holds the key, is named: it must not end an auditor's tool."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ringfence.ledger.fsck import fsck
from ringfence.ledger.reader import SegmentsReader
from ringfence.ledger.report import Status
from ringfence.ledger.tiles import build
from ringfence.vocabulary.errors import LedgerCorrupt
from ringfence.vocabulary.record import Phase, Record

DEEP = b"[" * 15_000 + b"]" * 15_000
BODIES = {"deep": DEEP, "not UTF-8": b'"\xff"', "not JSON": b"{"}


@pytest.mark.parametrize("case", BODIES)
def test_record_that_cant_be_read_is_named(box: Any, case: str) -> None:
    ledger = box.open()
    ledger.append_blocking(Record("", Phase.NOTICE, {"event": "x", "more": msgspec.Raw(BODIES[case])}), 20)
    ledger.close()
    report = box.verify()
    assert (report.ok, report.steps[4].status) == (False, Status.FAILED), report.steps[4]
    assert "Record 1" in report.steps[4].details[0]
    reader = SegmentsReader(box.folder, box.highest_path)
    with pytest.raises(LedgerCorrupt, match="Record 1 can't be read"):
        list(reader.entries())
    with pytest.raises(LedgerCorrupt):
        build(reader, box.root / "tiles")
    assert not fsck(reader, box.root / "tiles").ok
