"""Verification of a whole log through a Reader, whichever store holds it. It only reads, and may run beside gateways.

For a log in segments there is `verify`, which also checks what is a matter of files. The steps have the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from ringfence.ledger.checkpoint import Checkpoint, Verifier, check_note, open_note, read_note
from ringfence.ledger.highest import decode_slots, newest
from ringfence.ledger.read import Entry
from ringfence.ledger.reader import Reader, Signed
from ringfence.ledger.record import is_time
from ringfence.ledger.report import Notes, Report, Seconds, Status
from ringfence.ledger.salts import NO_SALT, slot_is_whole
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt
from ringfence.vocabulary.record import Phase

STEPS = {
    1: "The public key is a ledger's key",
    2: "The newest checkpoint is signed, and its frontier leads to its root",
    3: "The records follow one another without a gap, each of a known version and shape",
    6: "Every checkpoint's size and root follow from the records before it",
    7: "Every checkpoint is signed by the key",
    8: "The log ends with the newest checkpoint, and holds what this machine's gateway saw signed",
    9: "Every ENDED record has its DECIDED one, and no open request is decided again",
    10: "Time never runs backwards",
    11: "Every salt is whole or erased",
}
_SLOTS_AT_ONCE = 4096


def verify_reader(
    reader: Reader,
    *,
    highest_path: Path,
    public_key: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Verify the log, streaming.

    `public_key` is the verifier key line that you trust; without it the log's own is used (a finding). `highest_path`
    is where this machine's gateway remembers the highest checkpoint that it saw; without such a file (a finding) a
    rolled-back log can't be told. `progress` is called with records done and records in all. Steps:

    1.  Read the public key: its key id must follow from its name and key, and the log must say the same.
    2.  Read the newest checkpoint: signature, and frontier against its root.
    3.  Read each record in order, without a gap; version, and the members that every record has.
    6.  Recompute the tree from the stored bytes: each checkpoint's size and root must follow.
    7.  Check each checkpoint's signature and log name.
    8.  The last commit must be at the newest checkpoint or beyond, and the log must hold a checkpoint of just the size
        and root that this machine's gateway saw last, or else it was rolled back, cut or rewritten.
    9.  Pair the records: an ENDED record needs a DECIDED one before it that no other has ended; a request is not
        decided again while it is open.
    10. Compare each time with the one before: a step back is a finding.
    11. Check each salt's checksum; a damaged one fails, an erased one is counted.

    Raises LedgerUnavailable where the store can't be read; nothing for what it finds.
    """
    notes = Notes(STEPS)
    run = _Run(reader, notes)
    verifier = _read_key(reader, public_key, notes)
    if verifier is not None:
        seen = _read_seen(highest_path, verifier, notes)
        newest_ = _read_newest(reader, verifier, notes)
        run.follow(verifier, {each.size: each.root for each in (seen, newest_) if each}, newest_, progress)
        run.compare_end(seen, newest_)
        run.check_salts()
    return run.report()


def _read_key(reader: Reader, public_key: str | None, notes: Notes) -> Verifier | None:
    # Step 1.
    notes.begin(1)
    try:
        verifier = Verifier.from_key_line(public_key or reader.key_line)
    except ConfigurationError as error:
        notes.fail(1, str(error))
        return None
    if public_key is None:
        notes.find(1, "No public key was given, so the copy in the log was believed.")
    elif reader.key_line != public_key:
        notes.fail(1, f"The log says that its key is {reader.key_line}.")
    return verifier


def _read_newest(reader: Reader, verifier: Verifier, notes: Notes) -> Checkpoint | None:
    # Step 2. Read before the records: the log may grow meanwhile, but never shrinks below it.
    notes.begin(2)
    try:
        return open_note(reader.checkpoint(), verifier)
    except LedgerCorrupt as error:
        notes.fail(2, str(error))
        return None


def _read_seen(path: Path, verifier: Verifier, notes: Notes) -> Checkpoint | None:
    # Step 8, its beginning: before the newest checkpoint is read, which must not be older.
    notes.begin(8)
    try:
        return newest(decode_slots(path.read_bytes()), path).checkpoint(verifier)
    except FileNotFoundError:
        notes.find(8, f"{path} is not here, so this machine can't tell whether the log was rolled back.")
    except LedgerCorrupt as error:
        notes.fail(8, str(error))
    return None


class _Run:
    """The state of steps 3 to 11."""

    def __init__(self, reader: Reader, notes: Notes) -> None:
        self.reader = reader
        self.notes = notes
        self.frontier = Frontier()
        self.unended: dict[str, int] = {}
        self.counts = dict.fromkeys(Phase, 0)
        self.checkpoints = self.erased = 0
        self.time = ""
        self.commits_to_content = bytearray()
        self.agreed: set[int] = set()

    def follow(
        self,
        verifier: Verifier,
        expected: dict[int, bytes],
        end: Checkpoint | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        """Steps 3 to 10, in one pass. Stops where the log can't be followed; `expected` are roots by size."""
        self.notes.begin(3, 6, 7, 9, 10)
        entries = self.reader.entries()
        try:
            for signed in self.reader.checkpoints():
                for entry in islice(entries, max(signed.size - self.frontier.size, 0)):
                    self._check(entry)
                if not self._check_signed(signed, verifier):
                    return
                if expected.get(signed.size) == self.frontier.root():
                    self.agreed.add(signed.size)
                if progress and end:
                    progress(min(signed.size, end.size), end.size)
            # Records that came since have checkpoints that came since; others were put there.
            beyond = next(entries, None)
            if beyond and next(self.reader.checkpoints(self.frontier.size), None) is None:
                self.notes.fail(6, f"Record {beyond.index} stands beyond the last checkpoint.")
        except LedgerCorrupt as error:
            self.notes.fail(3, str(error))

    def compare_end(self, seen: Checkpoint | None, end: Checkpoint | None) -> None:
        # Step 8.
        for what, checkpoint in (("newest", end), ("last that this machine's gateway saw", seen)):
            if checkpoint is None or not checkpoint.size or checkpoint.size in self.agreed:
                continue
            if self.frontier.size < checkpoint.size:
                self.notes.fail(
                    8,
                    f"The log can be followed up to {self.frontier.size} records; the checkpoint {what} signs "
                    f"{checkpoint.size}: it was cut or rolled back.",
                )
            else:
                self.notes.fail(
                    8, f"The log holds no checkpoint of size {checkpoint.size} with the root of the {what}."
                )

    def check_salts(self) -> None:
        # Step 11.
        self.notes.begin(11)
        for first in range(0, self.frontier.size, _SLOTS_AT_ONCE):
            count = min(_SLOTS_AT_ONCE, self.frontier.size - first)
            for index, slot in enumerate(self.reader.salts(first, count), first):
                if slot == NO_SALT:
                    self.erased += self.commits_to_content[index]
                elif not slot_is_whole(index, slot):
                    self.notes.fail(11, f"The salt of record {index} is damaged.")

    def report(self) -> Report:
        """What was found."""
        steps = self.notes.steps()
        return Report(
            ok=all(step.status in (Status.OK, Status.FINDING) for step in steps),
            steps=steps,
            size=self.frontier.size,
            root=self.frontier.root().hex(),
            segments=0,
            checkpoints=self.checkpoints,
            decided=self.counts[Phase.DECIDED],
            ended=self.counts[Phase.ENDED],
            notices=self.counts[Phase.NOTICE],
            erased=self.erased,
            unended=tuple(self.unended),
            seconds=Seconds(),
        )

    def _check(self, entry: Entry) -> None:
        index, fields = entry.index, entry.fields
        # Step 3.
        if index != self.frontier.size:
            raise LedgerCorrupt(f"Record {self.frontier.size} is missing.")
        self.frontier.append(leaf_hash(entry.leaf))
        self.commits_to_content.append(bool(fields.commitments))
        self.counts[fields.phase] += 1
        # Step 9.
        if fields.phase is Phase.DECIDED:
            if fields.request_id in self.unended:
                self.notes.fail(9, f"Record {index} decides request {fields.request_id} a second time.")
            self.unended[fields.request_id] = index
        elif fields.phase is Phase.ENDED and self.unended.pop(fields.request_id, None) is None:
            self.notes.fail(9, f"Record {index} ends request {fields.request_id}, which has no open DECIDED record.")
        # Steps 3 and 10. All records of a commit have one time.
        if fields.time != self.time and not is_time(fields.time):
            self.notes.fail(3, f"Record {index}: its time is not RFC 3339 in UTC with milliseconds.")
        if fields.time < self.time:
            self.notes.find(10, f"Record {index}: time went back from {self.time} to {fields.time}.")
        self.time = fields.time

    def _check_signed(self, signed: Signed, verifier: Verifier) -> bool:
        """Whether the log can be followed beyond this commit."""
        place = f"The checkpoint of size {signed.size}"
        self.checkpoints += 1
        try:
            note = read_note(signed.note)
        except LedgerCorrupt as error:
            self.notes.fail(6, f"{place}: {error}")
            return False
        # Step 7.
        try:
            check_note(note, verifier)
        except LedgerCorrupt as error:
            self.notes.fail(7, f"{place}: {error}")
        # Step 6.
        size, root = self.frontier.size, self.frontier.root()
        if (note.checkpoint.size, note.checkpoint.root) != (size, root) or signed.size != size:
            self.notes.fail(6, f"{place} does not follow from the {size} records before it.")
            return False
        return True
