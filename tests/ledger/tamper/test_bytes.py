"""Every byte of a small log is changed, one at a time, and every length cut: an auditor with a key line of their own
notices each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger.report import Report, Status

TIMEOUT_S = 20.0
MASKS = [1, 0x20, 0x80, 0xFF, 2, 4, 8, 0x10, 0x40]
FILES = ["segments/0", "segments/1", "salts", "log.vkey", "highest"]
ONLY_FINDINGS = {"log.vkey": {1}, "highest": {2}}
"""Files whose change breaks nothing that the auditor relies on, and is said all the same, at this step: they have the
key line from elsewhere, and one of two slots is enough."""


@pytest.fixture
def small(box: Any) -> Any:
    """Six records in two segments, with salts, cleanly closed, and both slots of the highest checkpoint written."""
    ledger = box.open(roll_bytes=1500)
    for request_id in ("a", "b"):
        ledger.append_blocking(box.decided(request_id), TIMEOUT_S)
        ledger.append_blocking(box.ended(request_id), TIMEOUT_S)
    ledger.close()
    assert len(box.segments()) == 2
    return box


def place(box: Any, name: str) -> Path:
    if name.startswith("segments"):
        path: Path = box.segments()[int(name[-1])]
        return path
    return box.highest_path if name == "highest" else box.folder / name  # type: ignore[no-any-return]


def steps(report: Report, status: Status) -> set[int]:
    return {step.number for step in report.steps if step.status is status}


@pytest.mark.parametrize("name", FILES)
def test_every_flipped_byte_is_detected(small: Any, name: str, scale: int) -> None:
    path = place(small, name)
    whole = path.read_bytes()
    # A slot of 4096 bytes is zeros for the most part, all under one checksum: scale 1 looks at some of them.
    stride = 7 if name == "highest" and scale == 1 else 1
    for mask in MASKS[: 1 if scale == 1 else 9]:
        for at in range(0, len(whole), stride):
            changed = bytearray(whole)
            changed[at] ^= mask
            path.write_bytes(changed)
            report = small.verify()
            where = f"{name}: byte {at} ^ {mask:#x}"
            if name in ONLY_FINDINGS:
                assert report.ok, where
                assert steps(report, Status.FINDING) == ONLY_FINDINGS[name], where
            else:
                assert steps(report, Status.FAILED), where
            assert any(step.details for step in report.steps), where
    path.write_bytes(whole)
    assert {step.status for step in small.verify().steps} == {Status.OK}


def test_no_byte_of_the_log_is_left_out(small: Any) -> None:
    there = {path for path in small.root.rglob("*") if path.is_file() and small.key_path.parent != path.parent}
    assert there - {place(small, name) for name in FILES} == {small.folder / "lock"}
    assert (small.folder / "lock").read_bytes() == b""


def test_a_log_cut_at_any_offset_is_detected(small: Any, scale: int) -> None:
    first, second = small.segments()
    for path in (second, first):
        whole = path.read_bytes()
        for length in range(0, len(whole), 1 if scale > 1 else 5):
            path.write_bytes(whole[:length])
            report = small.verify()
            where = f"{path.name} cut to {length} bytes"
            assert 8 in steps(report, Status.FAILED), where
            assert "it was cut" in report.steps[7].details[0], where
        path.write_bytes(whole)


def test_salts_cut_at_any_offset_are_counted_or_detected(small: Any) -> None:
    """A missing slot reads as erased: the report counts it, and the commitments of the others still hold."""
    path = small.folder / "salts"
    whole = path.read_bytes()
    assert small.verify().erased == 0
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        report = small.verify()
        assert report.erased > 0 or 11 in steps(report, Status.FAILED), length


def test_a_highest_file_cut_at_any_offset_is_detected(small: Any, scale: int) -> None:
    whole = small.highest_path.read_bytes()
    for length in range(0, len(whole), 1 if scale > 1 else 97):
        small.highest_path.write_bytes(whole[:length])
        report = small.verify()
        assert 2 in steps(report, Status.FINDING) | steps(report, Status.FAILED), length
