"""Offline verification of a whole log. It only reads, takes no lock, and may run beside the gateway."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from ringfence.ledger.checkpoint import Checkpoint, Note, Verifier, check_note, read_note
from ringfence.ledger.highest import decode_slots, newest
from ringfence.ledger.record import is_time
from ringfence.ledger.report import Notes, Report, Seconds, Status
from ringfence.ledger.salts import NO_SALT, header_is_whole, read_slots, slot_is_whole
from ringfence.ledger.segments import (
    HEADER_BYTES,
    Commit,
    Header,
    Scan,
    decode_header,
    segment_firsts,
    segment_path,
)
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt

STEPS = {
    1: "The public key is a ledger's key",
    2: "The highest checkpoint is signed, and its frontier leads to its root",
    3: "The segments follow one another without a gap",
    4: "Every frame's checksum holds",
    5: "Every record has a known version and shape",
    6: "Every checkpoint's size and root follow from the records before it",
    7: "Every checkpoint is signed by the key",
    8: "The log reaches the highest checkpoint and agrees with it",
    9: "Every ENDED record has its DECIDED one, and no open request is decided again",
    10: "Time never runs backwards",
    11: "Every salt is whole or erased",
}
_SLOTS_AT_ONCE = 4096
_NOTES_AT_ONCE = 256
_LEAVES_AT_ONCE = 4096
"""Few enough that the records between two steps stay in the processor's cache."""
_READ_TRIES = 5


class _Fields(msgspec.Struct, gc=False):
    """The members of a leaf that are looked at; the others are skipped without being built."""

    version: Literal[1]
    time: str
    request_id: str
    phase: Literal["decided", "ended", "notice"]
    commitments: msgspec.Raw


def verify(
    folder: Path,
    *,
    highest_path: Path,
    public_key: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Report:
    """Verify the log in `folder`, streaming, one segment in memory at a time.

    `public_key` is the verifier key line (`name+key id+key`) that you trust; without it the copy in the folder is
    used, which whoever wrote the log could have replaced (a finding). `progress` is called with bytes done and bytes
    in all; `clock` gives seconds, for the report's `seconds`. Steps:

    1.  Read the public key: its key id must follow from its name and key. A copy beside the log that differs from the
        one given is a finding: it would lead others to check another log.
    2.  Read the highest checkpoint from its own file: signature, and frontier against its root. One unreadable slot
        of two is what a crash may leave (a finding); no readable slot is a failure.
    3.  Check each segment's header: version, first index, and the segment before it with its full length.
    4.  Check each frame's checksum. What stands after the last whole commit and beyond the highest checkpoint is a
        commit under way or a crash's remains (a finding).
    5.  Read each record: version, and the members that every record has.
    6.  Recompute the tree from the stored bytes: each checkpoint's size and root must follow.
    7.  Check each checkpoint's signature and log name.
    8.  Compare with the highest checkpoint: the log must hold a checkpoint of just its size and root, or else it was
        rolled back, cut or rewritten. More than one commit beyond it is a finding: the file is older than the log.
    9.  Pair the records: an ENDED record needs a DECIDED one before it that no other has ended; a request is not
        decided again while it is open.
    10. Compare each time with the one before: a clock set back is a finding.
    11. Check each salt's checksum; a half-erased or damaged one fails, an erased one is counted.

    Raises nothing for what it finds; OSError where the disk can't be read.
    """
    notes = Notes(STEPS)
    run = _Run(folder, notes, clock)
    verifier = _read_key(folder, public_key, notes)
    if verifier is not None:
        highest = _read_highest(highest_path, verifier, notes)
        run.read_segments(verifier, highest, progress)
        run.compare_end(highest, highest_path, verifier)
        run.check_salts()
    return run.report()


def _read_key(folder: Path, public_key: str | None, notes: Notes) -> Verifier | None:
    # Step 1.
    notes.begin(1)
    try:
        beside = (folder / "log.vkey").read_text().removesuffix("\n")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        if public_key is None:
            notes.fail(1, f"No public key was given, and the copy beside the log can't be read: {error}.")
            return None
        beside = ""
    if public_key is None:
        notes.find(1, "No public key was given, so the copy beside the log was believed.")
    elif public_key != beside:
        notes.find(1, f"{folder / 'log.vkey'} is not the key that was given: who believes it checks another log.")
    try:
        return Verifier.from_key_line(beside if public_key is None else public_key)
    except ConfigurationError as error:
        notes.fail(1, str(error))
        return None


def _read_highest(path: Path, verifier: Verifier, notes: Notes) -> Checkpoint | None:
    # Step 2. Read before the segments: the log may grow meanwhile, but never shrinks below it.
    notes.begin(2)
    try:
        # A slot that the gateway is writing reads as torn; it is whole a moment later.
        for _ in range(_READ_TRIES):
            slots = decode_slots(path.read_bytes())
            if None not in slots:
                break
        else:
            notes.find(2, f"A slot of {path} can't be read, as after a crash while it was written.")
        return newest(slots, path).checkpoint(verifier)
    except FileNotFoundError:
        notes.fail(2, f"{path} is missing: what was signed last is not known.")
    except LedgerCorrupt as error:
        notes.fail(2, str(error))
    return None


class _Run:
    """The state of steps 3 to 11. `records` are those looked at, `before_last` the size of the last commit but one."""

    def __init__(self, folder: Path, notes: Notes, clock: Callable[[], float]) -> None:
        self.folder = folder
        self.notes = notes
        self.frontier = Frontier()
        self.unended: dict[str, int] = {}
        self.counts = {"decided": 0, "ended": 0, "notice": 0}
        self.segments = self.checkpoints = self.records = self.erased = 0
        self.last = self.before_last = 0
        self.time = ""
        self.commits_to_content = bytearray()
        self.agreed = False
        self.seconds = Seconds()
        self._clock = clock
        self._mark = clock()

    def read_segments(
        self, verifier: Verifier, highest: Checkpoint | None, progress: Callable[[int, int], None] | None
    ) -> None:
        """Steps 3 to 10, in one pass. Stops at the first segment that can't be followed."""
        self.notes.begin(3, 4, 5, 6, 7, 9, 10)
        try:
            firsts = segment_firsts(self.folder)
        except FileNotFoundError:
            return self.notes.fail(3, f"{self.folder / 'segments'} is missing.")
        except LedgerCorrupt as error:
            return self.notes.fail(3, str(error))
        paths = [segment_path(self.folder, first) for first in firsts]
        done, total = 0, sum(path.stat().st_size for path in paths)
        expected = Header(0, 0, 0)
        with ThreadPoolExecutor() as pool:
            for path in paths:
                data = path.read_bytes()
                if not self._follow_segment(path, data, expected, path is paths[-1], highest, verifier, pool):
                    return None
                expected = Header(self.frontier.size, expected.first, len(data))
                done += len(data)
                if progress:
                    progress(done, total)
        return None

    def compare_end(self, highest: Checkpoint | None, path: Path, verifier: Verifier) -> None:
        # Step 8.
        if highest is None:
            return
        self.notes.begin(8)
        if self.frontier.size < highest.size:
            self.notes.fail(
                8,
                f"The log can be followed up to {self.frontier.size} of {highest.size} signed records: it was cut, "
                "rolled back to an earlier copy, or damaged as the other steps say.",
            )
        elif not self.agreed and highest.size:
            self.notes.fail(
                8,
                f"The log holds no checkpoint of size {highest.size} with the highest one's root: it is another "
                "history than the one that was signed (a fork), or the highest checkpoint is of another log.",
            )
        elif self.before_last > highest.size and self.before_last > self._size_by_now(path, verifier):
            # Read again: a gateway may have written commits meanwhile, and each is in this file before the next begins.
            self.notes.find(
                8,
                f"The log goes on to {self.frontier.size}, by more than the one commit that a crash can leave beyond "
                f"the highest checkpoint of size {highest.size}: {path} was put back from an earlier copy.",
            )

    def check_salts(self) -> None:
        # Step 11.
        self.notes.begin(11)
        path = self.folder / "salts"
        try:
            fd = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return self.notes.fail(11, f"{path} is missing: no content can be compared with its commitment any more.")
        try:
            if not header_is_whole(fd):
                self.notes.fail(11, f"{path} does not begin as a salts file of version 1.")
            for first in range(0, self.records, _SLOTS_AT_ONCE):
                count = min(_SLOTS_AT_ONCE, self.records - first)
                for index, slot in enumerate(read_slots(fd, first, count), first):
                    if slot == NO_SALT:
                        self.erased += self.commits_to_content[index]
                    elif not slot_is_whole(index, slot):
                        self.notes.fail(11, f"The salt of record {index} is damaged, or its erasure was cut short.")
        finally:
            os.close(fd)
        self.seconds.salts = self._spent()
        return None

    def report(self) -> Report:
        """What was found."""
        steps = self.notes.steps()
        return Report(
            ok=all(step.status in (Status.OK, Status.FINDING) for step in steps),
            steps=steps,
            size=self.frontier.size,
            root=self.frontier.root().hex(),
            segments=self.segments,
            checkpoints=self.checkpoints,
            decided=self.counts["decided"],
            ended=self.counts["ended"],
            notices=self.counts["notice"],
            erased=self.erased,
            unended=tuple(self.unended),
            seconds=self.seconds,
        )

    def _follow_segment(
        self,
        path: Path,
        data: bytes,
        expected: Header,
        last: bool,
        highest: Checkpoint | None,
        verifier: Verifier,
        pool: ThreadPoolExecutor,
    ) -> bool:
        """Whether the log can be followed beyond this file."""
        signed = highest.size if highest else 0
        if not self._check_header(path, data, expected, unfinished_is_fine=last and self.frontier.size >= signed):
            return False
        self.segments += 1
        scan = Scan(data, HEADER_BYTES, HEADER_BYTES)
        for commits in _groups(scan):
            self.seconds.reading += self._spent()
            read: list[tuple[str, Note]] = []
            followed = all(self._check_commit(path, commit, highest, read) for commit in commits)
            self.seconds.tree += self._spent()
            self._check_signatures(read, verifier, pool)
            self.seconds.signatures += self._spent()
            self._check_leaves([leaf for commit in commits[: len(read)] for leaf in commit.leaves])
            self.seconds.records += self._spent()
            if not followed:
                return False
        self.seconds.reading += self._spent()
        # Step 4.
        if scan.problem:
            where = f"{path} has {scan.problem} at offset {scan.problem_offset}"
            if not (last and self.frontier.size >= signed):
                self.notes.fail(4, f"{where}; what follows record {self.frontier.size} can't be read.")
                return False
            self.notes.find(4, f"{where}: a commit under way or cut by a crash; nothing was acknowledged.")
        return True

    def _check_header(self, path: Path, data: bytes, expected: Header, *, unfinished_is_fine: bool) -> bool:
        # Step 3.
        header = decode_header(data)
        if header is None and unfinished_is_fine:
            self.notes.find(3, f"{path} has no whole header: a crash cut its making; nothing was acknowledged in it.")
            return False
        if header is None:
            self.notes.fail(3, f"{path} has a damaged header, or one of an unknown version.")
        elif path != segment_path(self.folder, header.first):
            self.notes.fail(3, f"{path} begins at index {header.first} by its header: it was renamed or copied.")
        elif header.first != expected.first:
            self.notes.fail(
                3, f"{path} begins at index {header.first}, but the log goes on at {expected.first}: a file is missing."
            )
        elif header != expected:
            self.notes.fail(
                3,
                f"{path} follows {header.previous_length} bytes of segment {header.previous_first}, but what stands "
                f"there is {expected.previous_length} bytes of segment {expected.previous_first}: a file was cut, "
                "lengthened or exchanged.",
            )
        return header == expected

    def _check_commit(
        self, path: Path, commit: Commit, highest: Checkpoint | None, read: list[tuple[str, Note]]
    ) -> bool:
        """Whether the log can be followed beyond this commit. Its note is added to `read` for step 7."""
        # Step 6.
        first, append = self.frontier.size, self.frontier.append
        for leaf in commit.leaves:
            append(leaf_hash(leaf))
        self.checkpoints += 1
        place = f"{path}@{commit.begin}"
        try:
            note = read_note(commit.note)
        except LedgerCorrupt as error:
            self.notes.fail(6, f"{place}: {error}")
            return False
        read.append((place, note))
        size, root = self.frontier.size, self.frontier.root()
        if note.checkpoint.size != size or not commit.leaves:
            self.notes.fail(
                6,
                f"{place}: the checkpoint after records {first} to {size - 1} says that there are "
                f"{note.checkpoint.size}: one was removed, added or put in its place.",
            )
            return False
        if note.checkpoint.root != root:
            self.notes.fail(
                6,
                f"{place}: the checkpoint of size {size} does not follow from the records: one of {first} to "
                f"{size - 1}, their order, or the checkpoint was changed.",
            )
            return False
        if highest and highest.size == size:
            self.agreed = highest.root == root
        self.last, self.before_last = size, self.last
        return True

    def _check_signatures(self, read: list[tuple[str, Note]], verifier: Verifier, pool: ThreadPoolExecutor) -> None:
        # Step 7. A third of the time where commits are small, and the only part that can use several cores.
        chunks = [read[at : at + _NOTES_AT_ONCE] for at in range(0, len(read), _NOTES_AT_ONCE)]
        for problems in pool.map(partial(_wrong_signatures, verifier), chunks):
            for problem in problems:
                self.notes.fail(7, problem)

    def _check_leaves(self, leaves: list[bytes]) -> None:
        notes, unended = self.notes, self.unended
        for index, leaf in enumerate(leaves, self.records):
            # Step 5.
            try:
                fields = _decode(leaf)
                if not leaf.isascii():
                    leaf.decode()  # members that are skipped were not looked at
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                self.commits_to_content.append(0)
                notes.fail(5, f"Record {index}: {error}.")
                continue
            self.commits_to_content.append(len(fields.commitments) > 2)
            # Step 9.
            phase, request_id = fields.phase, fields.request_id
            self.counts[phase] += 1
            if phase == "decided":
                if request_id in unended:
                    notes.fail(9, f"Record {index} decides request {request_id} a second time.")
                unended[request_id] = index
            elif phase == "ended" and unended.pop(request_id, None) is None:
                notes.fail(9, f"Record {index} ends request {request_id}, which has no open DECIDED record.")
            # Steps 5 and 10. All records of a commit have one time.
            if fields.time != self.time and not is_time(fields.time):
                notes.fail(5, f"Record {index}: its time is not RFC 3339 in UTC with milliseconds.")
            if fields.time < self.time:
                notes.find(10, f"Record {index}: the clock was set back from {self.time} to {fields.time}.")
            self.time = fields.time
        self.records += len(leaves)

    def _spent(self) -> float:
        """Seconds since the last call."""
        before, self._mark = self._mark, self._clock()
        return self._mark - before

    def _size_by_now(self, path: Path, verifier: Verifier) -> int:
        try:
            return newest(decode_slots(path.read_bytes()), path).checkpoint(verifier).size
        except (LedgerCorrupt, FileNotFoundError):  # taken away meanwhile: step 2 read it
            return 0


def _groups(scan: Scan) -> Iterator[list[Commit]]:
    """The commits, several at a time, so that each step's time can be told without asking the clock for every one."""
    group: list[Commit] = []
    leaves = 0
    for commit in scan:
        group.append(commit)
        leaves += len(commit.leaves)
        if leaves >= _LEAVES_AT_ONCE:
            yield group
            group, leaves = [], 0
    if group:
        yield group


def _wrong_signatures(verifier: Verifier, read: Sequence[tuple[str, Note]]) -> list[str]:
    problems = []
    for place, note in read:
        try:
            check_note(note, verifier)
        except LedgerCorrupt as error:
            problems.append(f"{place}: {error}")
    return problems


_decode = msgspec.json.Decoder(_Fields).decode
