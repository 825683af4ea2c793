from __future__ import annotations

import shutil
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger import record
from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.keys import load_key
from ringfence.ledger.record import Draft
from ringfence.ledger.report import MAX_DETAILS, Status
from ringfence.ledger.salts import SLOT_BYTES
from ringfence.ledger.segments import CHECKPOINT, ENTRY, HEADER_BYTES, Header, Scan, encode_frame, encode_header
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.ledger.verify import STEPS, verify
from ringfence.vocabulary.record import Phase

TIMEOUT_S = 20.0


@pytest.fixture
def small(box: Any) -> Any:
    """A log of six records in two segments, with salts, cleanly closed."""
    ledger = box.open(roll_bytes=1500)
    for request_id in ("a", "b"):
        ledger.append_blocking(box.decided(request_id), TIMEOUT_S)
        ledger.append_blocking(box.ended(request_id), TIMEOUT_S)
    ledger.close()
    assert len(box.segments()) == 2
    return box


def test_a_sound_log_passes_every_step(small: Any) -> None:
    report = small.verify()
    assert report.ok
    assert [(step.number, step.title) for step in report.steps] == list(STEPS.items())
    assert {step.status for step in report.steps} == {Status.OK}
    assert (report.size, report.checkpoints, report.segments) == (6, 6, 2)
    assert (report.decided, report.ended, report.notices, report.erased, report.unended) == (2, 2, 2, 0, ())


def test_verifying_changes_nothing(small: Any) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in small.root.rglob("*") if path.is_file()}
    small.verify()
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before} == before


def test_the_steps_are_those_of_the_docstring() -> None:
    for number in STEPS:
        assert f"\n    {number}. " in (verify.__doc__ or "")


def flips(small: Any, path: Path, mask: int) -> list[int]:
    """Offsets in `path` where a flip goes unnoticed."""
    whole = path.read_bytes()
    unnoticed = []
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= mask
        path.write_bytes(changed)
        if small.verify(public_key=None).ok:
            unnoticed.append(at)
    path.write_bytes(whole)
    return unnoticed


@pytest.mark.parametrize("name", ["segments/0", "segments/1", "salts", "log.vkey"])
def test_every_flipped_byte_of_the_log_is_noticed(small: Any, name: str, scale: int) -> None:
    path = small.segments()[int(name[-1])] if name.startswith("segments") else small.folder / name
    for mask in [1, 0x20, 0x80, 0xFF, 2, 4, 8, 0x10, 0x40][: 1 if scale == 1 else 9]:
        assert flips(small, path, mask) == []
    assert small.verify().ok


def test_a_flipped_byte_of_the_highest_file_is_a_finding(small: Any) -> None:
    whole = small.highest_path.read_bytes()
    for at in range(0, len(whole), 61):
        changed = bytearray(whole)
        changed[at] ^= 1
        small.highest_path.write_bytes(changed)
        report = small.verify()
        assert report.ok
        assert report.steps[1].status is Status.FINDING


@pytest.mark.parametrize("cut", [1, 30, 300, 1400, 1900])
def test_a_truncated_log_fails(small: Any, cut: int) -> None:
    for path in reversed(small.segments()):
        size = path.stat().st_size
        path.write_bytes(path.read_bytes()[: max(0, size - cut)])
        cut -= size
        if cut <= 0:
            break
    assert 8 in small.failed_steps()


def test_a_missing_segment_fails(small: Any) -> None:
    for path in small.segments():
        whole = path.read_bytes()
        path.unlink()
        assert small.failed_steps() & {3, 8}
        path.write_bytes(whole)
    shutil.rmtree(small.folder / "segments")
    assert small.failed_steps() == {3, 8}


def test_a_rolled_back_log_fails(small: Any) -> None:
    shutil.copytree(small.folder, small.root / "backup")
    small.open().close()
    assert small.verify().ok
    shutil.rmtree(small.folder)
    shutil.copytree(small.root / "backup", small.folder)
    report = small.verify()
    assert not report.ok
    assert "6 of 8 signed records" in report.steps[7].details[0]


def test_missing_places_fail_by_name(small: Any) -> None:
    small.highest_path.rename(small.root / "away")
    assert small.failed_steps() == {2}
    (small.root / "away").rename(small.highest_path)
    (small.folder / "salts").unlink()
    assert small.failed_steps() == {11}
    (small.folder / "log.vkey").unlink()
    report = small.verify(public_key=None)
    assert not report.ok
    assert [step.status for step in report.steps] == [Status.FAILED] + [Status.SKIPPED] * 10


def test_the_key_must_be_the_one_that_is_trusted(small: Any) -> None:
    other = type(small)(small.root / "other")
    other.open().close()
    key_line = other.key_path.with_suffix(".vkey").read_text().strip()
    assert small.failed_steps(public_key=key_line) == {2, 7}
    assert small.failed_steps(public_key="nonsense") == {1}
    without = small.verify(public_key=None)
    assert without.ok
    assert without.steps[0].status is Status.FINDING


def test_a_log_signed_anew_with_another_key_fails(small: Any) -> None:
    """The whole log rewritten by someone without the key: it can only be signed with another one."""
    trusted = small.key_path.with_suffix(".vkey").read_text().strip()
    shutil.rmtree(small.folder)
    shutil.rmtree(small.key_path.parent)
    small.highest_path.unlink()
    small.open().close()
    assert small.failed_steps(public_key=trusted) == {2, 7}


def test_progress_reaches_the_end(small: Any) -> None:
    seen: list[tuple[int, int]] = []
    small.verify(progress=lambda done, total: seen.append((done, total)))
    size = sum(path.stat().st_size for path in small.segments())
    assert len(seen) == 2
    assert seen[-1] == (size, size)


def test_open_requests_are_listed(box: Any) -> None:
    ledger = box.open()
    for request_id in ("a", "b", "c"):
        ledger.append_blocking(box.decided(request_id), TIMEOUT_S)
    ledger.append_blocking(box.ended("b"), TIMEOUT_S)
    assert box.verify().ok
    assert box.verify().unended == ("a", "c")
    ledger.close()


def test_a_clock_set_back_is_a_finding(box: Any) -> None:
    times = iter([1_700_000_000.0, 1_700_000_009.0, 1_700_000_005.0, 1_700_000_005.0])
    ledger = box.open(clock=lambda: next(times))
    ledger.append_blocking(box.decided("a"), TIMEOUT_S)
    ledger.append_blocking(box.ended("a"), TIMEOUT_S)
    ledger.close()
    report = box.verify()
    assert report.ok
    assert report.steps[9].status is Status.FINDING
    assert report.steps[9].details == (
        "Record 2: the clock was set back from 2023-11-14T22:13:29.000Z to 2023-11-14T22:13:25.000Z.",
    )


def forge(box: Any, leaves: list[bytes], at_once: bool = True, size_off: int = 0) -> None:
    """Whoever has the key can sign anything: write a log with these leaves, signed and with a true tree."""
    signer = Signer("test.example/ringfence", load_key(box.key_path))
    frontier = Frontier()
    data = encode_header(Header(0, 0, 0))
    for number, leaf in enumerate(leaves, 1):
        frontier.append(leaf_hash(leaf))
        data += encode_frame(ENTRY, leaf)
        if not at_once or number == len(leaves):
            checkpoint = Checkpoint("test.example/ringfence", frontier.size + size_off, frontier.root())
            data += encode_frame(CHECKPOINT, signer.sign(checkpoint))
    for path in box.segments():
        path.unlink()
    (box.folder / "segments" / f"{0:020d}.seg").write_bytes(data)


def leaf(phase: str, request_id: str, version: int = 1) -> bytes:
    made = record.encode_leaf(Draft(request_id, Phase(phase), b"{}", {}, b""), "2026-01-01T00:00:00.000Z")  # type: ignore[arg-type]
    return made.replace(b'"version":1', b'"version":%d' % version)


DECIDED, ENDED, NOTICE = (leaf(phase, "r" if phase != "notice" else "") for phase in ("decided", "ended", "notice"))


@pytest.mark.parametrize(
    ("leaves", "failed"),
    [
        ([NOTICE, DECIDED, ENDED], set()),
        ([NOTICE, DECIDED, ENDED, DECIDED, ENDED], set()),
        ([ENDED], {9}),
        ([DECIDED, ENDED, ENDED], {9}),
        ([DECIDED, DECIDED, ENDED], {9}),
        ([DECIDED, leaf("ended", "other")], {9}),
        ([leaf("notice", "", version=2)], {5}),
        ([b""], {5}),
        ([b"{}"], {5}),
        ([b"\xff\xfe"], {5}),
        ([NOTICE[:-1]], {5}),
        ([NOTICE.replace(b"notice", b"rumour")], {5}),
        ([NOTICE.replace(b'"time"', b'"Time"')], {5}),
        ([NOTICE.replace(b"2026-01-01T", b"2026-13-01T")], {5}),
        ([NOTICE, NOTICE.replace(b".000Z", b"Z")], {5}),
        ([NOTICE.replace(b"2026-01-01T00:00:00.000Z", b"zzz")], {5}),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_what_records_must_be(box: Any, leaves: list[bytes], failed: set[int], at_once: bool) -> None:
    box.open().close()
    forge(box, leaves, at_once)
    box.highest_path.unlink()  # A forged log can't reach the true one's highest checkpoint; look at it alone.
    assert box.failed_steps() == failed | {2}


@pytest.mark.parametrize("size_off", [-1, 1])
def test_a_signed_checkpoint_of_another_size_fails(box: Any, size_off: int) -> None:
    box.open().close()
    forge(box, [NOTICE, NOTICE], size_off=size_off)
    assert 6 in box.failed_steps()


def test_a_checkpoint_without_records_fails(small: Any) -> None:
    path = small.segments()[0]
    data = path.read_bytes()
    first = next(iter(Scan(data, HEADER_BYTES, HEADER_BYTES)))
    path.write_bytes(data[: first.end] + encode_frame(CHECKPOINT, first.note) + data[first.end :])
    assert 6 in small.failed_steps()


def test_a_history_of_equal_length_fails_against_the_highest(box: Any) -> None:
    box.open().close()
    forge(box, [NOTICE, NOTICE], at_once=False)
    assert box.failed_steps() == {8}


def test_salts_that_are_damaged_or_moved_fail(small: Any) -> None:
    path = small.folder / "salts"
    whole = path.read_bytes()
    slot = slice(2 * SLOT_BYTES, 3 * SLOT_BYTES)
    path.write_bytes(whole[: 2 * SLOT_BYTES] + bytes(20) + whole[2 * SLOT_BYTES + 20 :])
    assert small.failed_steps() == {11}
    path.write_bytes(whole.ljust(7 * SLOT_BYTES, b"\0") + whole[slot])
    assert small.verify().ok, "what stands beyond the last record is a crash's remains"
    path.write_bytes(whole[: 4 * SLOT_BYTES] + whole[slot] + whole[5 * SLOT_BYTES :])
    assert small.failed_steps() == {11}
    path.write_bytes(whole[:SLOT_BYTES])
    assert small.verify().ok
    assert small.verify().erased == 2


def test_long_lists_are_cut(box: Any) -> None:
    box.open().close()
    forge(box, [ENDED] * 100)
    assert len(box.verify().steps[8].details) == MAX_DETAILS + 1


def test_a_torn_tail_is_a_finding(small: Any) -> None:
    path = small.segments()[-1]
    path.write_bytes(path.read_bytes() + b"torn")
    report = small.verify()
    assert report.ok
    assert report.steps[3].status is Status.FINDING
    first = small.segments()[0]
    first.write_bytes(first.read_bytes() + b"torn")
    assert 4 in small.failed_steps()


def test_beside_a_running_writer(box: Any, scale: int) -> None:
    ledger = box.open(roll_bytes=20_000)
    stop = threading.Event()

    def append(name: str) -> None:
        for number in count():
            if stop.is_set():
                return
            ledger.append_blocking(box.decided(f"{name}-{number}"), TIMEOUT_S)
            ledger.append_blocking(box.ended(f"{name}-{number}"), TIMEOUT_S)
            time.sleep(0.002)

    threads = [threading.Thread(target=append, args=(f"t{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    sizes = []
    try:
        for _ in range(8 * scale):
            at_least = ledger.size
            report = box.verify()
            assert report.ok, report
            assert report.steps[7].status is Status.OK, "the gateway's next commits are no earlier copy"
            assert report.size >= at_least
            sizes.append(report.size)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    ledger.close()
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]
    assert box.verify().ok


@pytest.mark.parametrize("wrong", [Header(0, 0, 0), Header(4, 0, 0), Header(4, 1, 0), Header(5, 0, 0)])
def test_a_header_that_tells_another_story_fails(small: Any, wrong: Header) -> None:
    first, second = small.segments()
    assert second.name == f"{4:020d}.seg"
    second.write_bytes(encode_header(Header(4, 0, first.stat().st_size)) + second.read_bytes()[HEADER_BYTES:])
    assert small.verify().ok
    second.write_bytes(encode_header(wrong) + second.read_bytes()[HEADER_BYTES:])
    assert 3 in small.failed_steps()
