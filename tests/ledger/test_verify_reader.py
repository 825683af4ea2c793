"""Verification through a Reader: the same verdicts as over files, and every flipped bit of what a store hands out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ringfence.ledger.read import Entry, decode_leaf
from ringfence.ledger.reader import SegmentsReader, Signed
from ringfence.ledger.report import Report
from ringfence.ledger.snapshots import FolderSnapshots
from ringfence.ledger.verify_reader import verify_reader
from ringfence.vocabulary.record import Phase, Record

TIMEOUT_S = 20.0
EVERY = 7
"""At scale 1 only every so many bytes are flipped; under `make soak` each one."""


class Rows:
    """A log's rows in memory, as a Reader."""

    def __init__(self, log: SegmentsReader) -> None:
        self.key_line, self.note = log.key_line, log.checkpoint()
        self.leaves = [each.leaf for each in log.entries()]
        self.signed = list(log.checkpoints())
        self.slots = log.salts(0, len(self.leaves))
        self.snapshots = FolderSnapshots(None)  # type: ignore[arg-type]

    def checkpoint(self) -> bytes:
        return self.note

    def entries(self, start: int = 0) -> Iterator[Entry]:
        for index, leaf in enumerate(self.leaves[start:], start):
            yield Entry(index, leaf, decode_leaf(leaf, index))

    def checkpoints(self, start: int = 0) -> Iterator[Signed]:
        return (each for each in self.signed if each.size > start)

    def salts(self, first: int, count: int) -> list[bytes]:
        return self.slots[first : first + count]

    def erase(self, ranges: Any) -> None:
        raise NotImplementedError


@pytest.fixture
def filled(box: Any) -> Any:
    ledger = box.open()
    for number in range(4):
        ledger.append_blocking(box.decided(f"r{number}"), TIMEOUT_S)
        ledger.append_blocking(box.ended(f"r{number}"), TIMEOUT_S)
    ledger.append_blocking(box.decided("open"), TIMEOUT_S)
    ledger.append_blocking(Record("", Phase.NOTICE, {"event": "x"}), TIMEOUT_S)
    ledger.close()
    return box


def check(box: Any, log: Any, **options: Any) -> Report:
    key_line = box.key_path.with_suffix(".vkey").read_text().strip()
    return verify_reader(log, **{"highest_path": box.highest_path, "public_key": key_line, **options})


def failed(report: Report) -> set[int]:
    return {step.number for step in report.steps if step.status == "failed"}


def rows(box: Any) -> Rows:
    return Rows(SegmentsReader(box.folder, box.highest_path))


def test_a_sound_log_is_reported_as_by_the_verification_of_files(filled: Any) -> None:
    SegmentsReader(filled.folder, filled.highest_path).erase([(1, 1)])
    ours, files = check(filled, rows(filled)), filled.verify()
    assert ours.ok
    for name in ("size", "root", "checkpoints", "decided", "ended", "notices", "erased", "unended"):
        assert getattr(ours, name) == getattr(files, name), name
    assert {step.status for step in ours.steps} == {"ok"}


def test_progress_and_findings(filled: Any) -> None:
    seen: list[tuple[int, int]] = []
    report = check(filled, rows(filled), progress=lambda done, whole: seen.append((done, whole)), public_key=None)
    assert seen == [(n, 12) for n in range(1, 13)]
    assert [(step.number, step.status) for step in report.steps if step.status != "ok"] == [(1, "finding")]
    report = check(filled, rows(filled), highest_path=filled.root / "nowhere")
    assert [(step.number, step.status) for step in report.steps if step.status != "ok"] == [(8, "finding")]
    assert report.ok


def flips(data: bytes, step: int) -> Iterator[bytes]:
    for at in range(0, len(data), step):
        yield data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :]


def test_every_flipped_bit_is_detected(filled: Any, scale: int) -> None:
    step = 1 if scale > 1 else EVERY
    sound = rows(filled)
    tried = 0

    def detect(change: Callable[[Rows], None], what: str) -> None:
        nonlocal tried
        tried += 1
        log = rows_of(sound)
        change(log)
        assert not check(filled, log).ok, what

    for index, leaf in enumerate(sound.leaves):
        for spoilt in flips(leaf, step):
            detect(lambda log, i=index, s=spoilt: log.leaves.__setitem__(i, s), f"leaf {index}: {spoilt!r}")  # type: ignore[misc]
    for index, each in enumerate(sound.signed):
        for spoilt in flips(each.note, step):
            detect(lambda log, i=index, s=spoilt: log.signed.__setitem__(i, Signed(i + 1, s)), f"note {spoilt!r}")  # type: ignore[misc]
    for index, slot in enumerate(sound.slots):
        for spoilt in flips(slot, step):
            detect(lambda log, i=index, s=spoilt: log.slots.__setitem__(i, s), f"slot {index}")  # type: ignore[misc]
    for spoilt in flips(sound.note, step):
        detect(lambda log, s=spoilt: setattr(log, "note", s), f"newest {spoilt!r}")  # type: ignore[misc]
    for spoilt in flips(sound.key_line.encode(), step):
        detect(lambda log, s=spoilt: setattr(log, "key_line", s.decode(errors="replace")), "key line")  # type: ignore[misc]
    assert tried > 700


def rows_of(sound: Rows) -> Rows:
    copy = object.__new__(Rows)
    copy.__dict__ = {name: list(each) if isinstance(each, list) else each for name, each in vars(sound).items()}
    return copy


CHANGES: dict[str, tuple[Callable[[Rows], None], set[int]]] = {
    "the last commit cut": (lambda log: (log.leaves.pop(), log.signed.pop(), None)[-1], {8}),
    "the last record cut": (lambda log: (log.leaves.pop(), None)[-1], {6, 8}),
    "the last checkpoint cut": (lambda log: (log.signed.pop(), None)[-1], {6, 8}),
    "an older newest checkpoint": (lambda log: setattr(log, "note", log.signed[4].note), set()),
    "a time that is none": (
        lambda log: log.leaves.__setitem__(2, log.leaves[2].replace(b'"time":"2023', b'"time":"2O23')),
        {3, 6, 8},
    ),
    "a record twice": (lambda log: log.leaves.insert(3, log.leaves[3]), {6, 8, 9}),
    "nothing": (lambda log: (log.leaves.clear(), log.signed.clear(), None)[-1], {8}),
    "a checkpoint under a size beyond the log": (
        lambda log: log.signed.__setitem__(-1, Signed(20, log.signed[-1].note)),
        {6, 8},
    ),
    "a checkpoint under a smaller size": (lambda log: log.signed.__setitem__(5, Signed(2, log.signed[5].note)), {6, 8}),
    "a checkpoint of its own size missing": (lambda log: (log.signed.pop(5), None)[-1], set()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_cut_or_moved_is_named(filled: Any, name: str) -> None:
    change, steps = CHANGES[name]
    log = rows(filled)
    change(log)
    report = check(filled, log)
    assert failed(report) == steps
    assert report.ok is not bool(steps)


def test_a_step_back_in_time_is_a_finding(box: Any) -> None:
    times = iter([1_700_000_000.0, 1_700_000_009.0, 1_700_000_001.0])
    ledger = box.open(clock=lambda: next(times))
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()
    report = check(box, rows(box))
    assert [(step.number, step.status) for step in report.steps if step.status != "ok"] == [(10, "finding")]
    assert report.ok


def test_a_reader_that_leaves_a_record_out_is_not_believed(filled: Any) -> None:
    class Skipping(Rows):
        def entries(self, start: int = 0) -> Iterator[Entry]:
            return (each for each in super().entries(start) if each.index != 3)

    report = check(filled, Skipping(SegmentsReader(filled.folder, filled.highest_path)))
    assert 3 in failed(report)
