"""What an operator or an intruder may do to a log, each found and named at its step; and what only an anchor shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.conftest import Box
from ringfence.ledger.anchors.contradictions import How, contradictions, trees
from ringfence.ledger.checkpoint import Checkpoint, Signer, read_note
from ringfence.ledger.keys import create_key, load_key
from ringfence.ledger.reader import SegmentsReader, check_content
from ringfence.ledger.report import Status
from ringfence.ledger.salts import SLOT_BYTES, encode_slot
from ringfence.ledger.segments import CHECKPOINT, ENTRY, HEADER_BYTES, Commit, Scan, encode_frame, segment_path
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt, LedgerLocked, LedgerUnavailable

TIMEOUT_S = 20.0
ORIGIN = "test.example/ringfence"
ROLL_BYTES = 1500


def use(box: Box, *requests: str, end: bool = True) -> Box:
    ledger = box.open(roll_bytes=ROLL_BYTES)
    for request_id in requests:
        ledger.append_blocking(box.decided(request_id), TIMEOUT_S)
        if end:
            ledger.append_blocking(box.ended(request_id), TIMEOUT_S)
    ledger.close()
    return box


@pytest.fixture
def log(box: Box) -> Box:
    """Three segments. The second start ends two requests in its first commit, of three records."""
    use(box, "open-1", "open-2", end=False)
    use(box, "a", "b", "c")
    assert len(box.segments()) == 3
    assert box.verify().ok
    return box


def commits(path: Path) -> list[Commit]:
    return list(Scan(path.read_bytes(), HEADER_BYTES, HEADER_BYTES))


def rewrite(path: Path, change: Callable[[list[tuple[list[bytes], bytes]]], None]) -> None:
    """Change the commits of a file, and make every checksum right again."""
    story = [(list(commit.leaves), commit.note) for commit in commits(path)]
    change(story)
    data = path.read_bytes()[:HEADER_BYTES]
    for leaves, note in story:
        data += b"".join(encode_frame(ENTRY, leaf) for leaf in leaves) + encode_frame(CHECKPOINT, note)
    path.write_bytes(data)


def segment_with_three(box: Box) -> tuple[Path, int]:
    """The commit of three records: its file, and its place in it."""
    return next(
        (path, at) for path in box.segments() for at, commit in enumerate(commits(path)) if len(commit.leaves) == 3
    )


def in_commit(change: Callable[[list[bytes]], None]) -> Callable[[Box], None]:
    def tamper(box: Box) -> None:
        path, at = segment_with_three(box)
        rewrite(path, lambda story: change(story[at][0]))

    return tamper


def replace_record(leaves: list[bytes]) -> None:
    leaves[1] = leaves[1].replace(b"unknown", b"changed")


def swap_records(leaves: list[bytes]) -> None:
    leaves[1], leaves[2] = leaves[2], leaves[1]


def older_checkpoint(box: Box) -> None:
    path, at = segment_with_three(box)
    rewrite(path, lambda story: story.__setitem__(at, (story[at][0], commits(box.segments()[0])[0].note)))


def foreign_signature(box: Box) -> None:
    """The right size and root, signed with a key of one's own."""
    other = Signer(ORIGIN, create_key(box.root / "other.pem"))

    def sign(story: list[tuple[list[bytes], bytes]]) -> None:
        story[0] = (story[0][0], other.sign(read_note(story[0][1]).checkpoint))

    rewrite(box.segments()[0], sign)


def signature_of_another_note(box: Box) -> None:
    def move(story: list[tuple[list[bytes], bytes]]) -> None:
        text = story[0][1].rpartition(b"\n\n")[0]
        story[0] = (story[0][0], text + b"\n\n" + story[1][1].rpartition(b"\n\n")[2])

    rewrite(box.segments()[0], move)


def remove(number: int) -> Callable[[Box], None]:
    return lambda box: box.segments()[number].unlink()


def double(box: Box) -> None:
    first = box.segments()[0]
    shutil.copy(first, segment_path(box.folder, len(commits(first)) + 1))


def exchange_names(box: Box) -> None:
    first, second, _ = box.segments()
    first.rename(box.root / "aside")
    second.rename(first)
    (box.root / "aside").rename(second)


def lengthen(box: Box) -> None:
    """A commit of the third file once more, at the end of the first."""
    first, _, third = box.segments()
    first.write_bytes(first.read_bytes() + third.read_bytes()[HEADER_BYTES:])


def shorten_between_commits(box: Box) -> None:
    path = box.segments()[1]
    path.write_bytes(path.read_bytes()[: commits(path)[-1].begin])


def exchange_key(box: Box) -> None:
    """The whole log anew, under another key, which stands beside it and is what its own tools believe."""
    for path in (box.folder, box.key_path.parent, box.highest_path.parent):
        shutil.rmtree(path)
    use(box, "a")


FAILURES: dict[str, tuple[Callable[[Box], Any], int, str]] = {
    "a record replaced, checksum right": (in_commit(replace_record), 6, "does not follow from the records: one of 4"),
    "two records exchanged": (in_commit(swap_records), 6, "their order, or the checkpoint was changed"),
    "a record removed": (in_commit(lambda leaves: leaves.pop()), 6, "one was removed, added"),
    "a record added": (in_commit(lambda leaves: leaves.append(leaves[0])), 6, "one was removed, added"),
    "a checkpoint replaced by an older one": (older_checkpoint, 6, "says that there are 1: one was removed"),
    "a checkpoint signed by another key": (foreign_signature, 7, "is not signed by"),
    "a signature of another checkpoint": (signature_of_another_note, 7, "has a wrong signature"),
    "the first segment removed": (remove(0), 3, "a file is missing"),
    "a middle segment removed": (remove(1), 3, "a file is missing"),
    "the last segment removed": (remove(2), 8, "it was cut"),
    "a segment doubled": (double, 3, "it was renamed or copied"),
    "segments renamed": (exchange_names, 3, "it was renamed or copied"),
    "a segment lengthened": (lengthen, 6, "one was removed, added"),
    "a segment cut between two commits": (shorten_between_commits, 3, "a file is missing"),
    "a stranger's file": (lambda box: (box.folder / "segments" / "x").touch(), 3, "is no segment"),
    "the key exchanged": (exchange_key, 2, "is not signed by"),
    "the salts removed": (lambda box: (box.folder / "salts").unlink(), 11, "no content can be compared"),
    "the highest checkpoint removed": (lambda box: box.highest_path.unlink(), 2, "is missing"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_is_found_and_named(log: Box, name: str) -> None:
    tamper, number, text = FAILURES[name]
    key_line = log.key_path.with_suffix(".vkey").read_text().strip()
    tamper(log)
    report = log.verify(public_key=key_line)
    step = report.steps[number - 1]
    assert not report.ok
    assert step.status is Status.FAILED, report
    assert any(text in detail for detail in step.details), step.details


def test_an_exchanged_key_is_named_beside_the_log_too(log: Box) -> None:
    key_line = log.key_path.with_suffix(".vkey").read_text().strip()
    exchange_key(log)
    assert "is not the key that was given" in log.verify(public_key=key_line).steps[0].details[0]
    assert log.verify(public_key=None).steps[0].details == (
        "No public key was given, so the copy beside the log was believed.",
    )


def test_a_key_exchanged_for_another_stops_the_next_start(log: Box) -> None:
    log.key_path.unlink()
    create_key(log.key_path)
    with pytest.raises(ConfigurationError, match="another public key"):
        log.open()


def copied(box: Box, name: str) -> Box:
    """The same log once more, at another place."""
    copy = Box(box.root.parent / f"{box.root.name}-{name}")
    shutil.copytree(box.root, copy.root)
    copy.clock = box.clock
    return copy


def test_a_rollback_of_the_log_is_found_by_verify_and_by_the_start(log: Box) -> None:
    before = copied(log, "before")
    use(log, "d")
    shutil.rmtree(log.folder)
    shutil.copytree(before.folder, log.folder)
    assert "rolled back to an earlier copy" in log.verify().steps[7].details[0]
    with pytest.raises(LedgerCorrupt, match=r"was cut, rolled back or damaged|is missing, but"):
        log.open()


def test_a_rollback_of_the_highest_checkpoint_is_a_finding(log: Box) -> None:
    before = log.highest_path.read_bytes()
    use(log, "d")
    log.highest_path.write_bytes(before)
    report = log.verify()
    assert report.ok, "nothing is lost: it stands in the log"
    assert report.steps[7].status is Status.FINDING
    assert "was put back from an earlier copy" in report.steps[7].details[0]
    log.open().close()
    assert log.verify().steps[7].status is Status.OK, "a start takes the log's own"


def test_one_commit_beyond_the_highest_checkpoint_is_what_a_crash_leaves(log: Box) -> None:
    ledger = log.open()
    before = log.highest_path.read_bytes()
    ledger.close()  # one commit: the stop
    log.highest_path.write_bytes(before)
    assert log.verify().steps[7].status is Status.OK


def test_a_fork_is_found_where_the_highest_checkpoint_is_of_the_other_branch(log: Box) -> None:
    branch = copied(log, "branch")
    use(log, "d", "e")
    use(branch, "x", "y")
    shutil.copy(log.highest_path, branch.highest_path)
    step = branch.verify().steps[7]
    assert step.status is Status.FAILED
    assert "another history than the one that was signed (a fork)" in step.details[0]
    with pytest.raises(LedgerCorrupt):
        branch.open()


def test_two_writers_are_kept_apart(log: Box) -> None:
    ledger = log.open()
    with pytest.raises(LedgerLocked, match="in use"):
        log.open()
    (log.folder / "lock").unlink()  # a lock that was taken away does not let a second one in: the other file is locked
    with pytest.raises(LedgerLocked, match="highest"):
        log.open()
    branch = copied(log, "branch")
    with pytest.raises(LedgerLocked, match="highest"):
        branch.open(highest_path=log.highest_path)
    ledger.close()
    assert log.verify().ok


def test_a_second_writer_that_took_no_lock_stops_the_first(log: Box) -> None:
    failures: list[LedgerUnavailable] = []
    ledger = log.open(on_fatal=failures.append)
    changed = bytearray(log.highest_path.read_bytes())
    changed[100] ^= 1
    changed[4096 + 100] ^= 1
    log.highest_path.write_bytes(changed)
    with pytest.raises(LedgerUnavailable, match="two writers"):
        ledger.append_blocking(log.decided("d"), TIMEOUT_S)
    assert len(failures) == 1


def test_a_clock_that_steps_back_is_a_finding(log: Box) -> None:
    use(log, "d")
    log.clock = lambda: 1_600_000_000.0
    use(log, "e")
    report = log.verify()
    assert report.ok
    assert report.steps[9].status is Status.FINDING
    assert "the clock was set back from 2023-11-14" in report.steps[9].details[0]


def anchor(box: Box) -> Checkpoint:
    """What an outsider keeps: the newest checkpoint of one day."""
    return read_note(commits(box.segments()[-1])[-1].note).checkpoint


def roll_back_both(log: Box) -> Box:
    before = copied(log, "before")
    use(log, "d")
    return before


def clone(log: Box) -> Box:
    branch = copied(log, "branch")
    use(log, "d", "e")
    return use(branch, "x", "y", "z")


def rewrite_with_the_key(log: Box) -> Box:
    """By whoever holds the key and the highest file: the same log without one request."""
    key = load_key(log.key_path).private_bytes_raw()
    other = Box(log.root.parent / f"{log.root.name}-rewritten")
    shutil.copytree(log.key_path.parent, other.key_path.parent)
    assert load_key(other.key_path).private_bytes_raw() == key
    return use(other, "open-2", "a", "b", "c", "and", "more")


@pytest.mark.parametrize(
    ("tamper", "how"),
    [(roll_back_both, How.ROLLED_BACK), (clone, How.REWRITTEN), (rewrite_with_the_key, How.REWRITTEN)],
)
def test_what_only_an_anchor_shows(log: Box, tamper: Callable[[Box], Box], how: How) -> None:
    """Each of these verifies: docs/reference/ledger-format.md says so. A checkpoint that was kept elsewhere names
    it."""
    shown = tamper(log)
    report = shown.verify()
    assert report.ok
    assert {step.status for step in report.steps} == {Status.OK}
    kept = trees([anchor(log)])
    assert contradictions(SegmentsReader(log.folder, log.highest_path), kept) == []
    [found] = contradictions(SegmentsReader(shown.folder, shown.highest_path), kept)
    assert found.how is how


def test_salts_are_not_signed(log: Box) -> None:
    """Another whole salt in a slot is not found here: it is as good as erasing, and comparing the content shows it."""

    slots = bytearray((log.folder / "salts").read_bytes())
    slots[2 * SLOT_BYTES : 3 * SLOT_BYTES] = encode_slot(1, b"\7" * 32)
    reader = SegmentsReader(log.folder, log.highest_path)
    assert check_content(reader, 1, "received", b"open-1") == "same"
    (log.folder / "salts").write_bytes(slots)
    assert log.verify().ok
    assert check_content(reader, 1, "received", b"open-1") == "different"
