"""The one pass over a bundle's records and checkpoints: steps 5 to 8, 10, 11 and 13 of verify.py run in it together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import msgspec

from ringfence.evidence.bundle import layout
from ringfence.evidence.bundle.approving import Approving
from ringfence.evidence.bundle.archive import Archive
from ringfence.evidence.bundle.bodies import Decided, Ended, Line, Notice, read_body, read_line
from ringfence.evidence.bundle.judging import contradictions
from ringfence.evidence.bundle.layout import Manifest, SignedAt
from ringfence.evidence.bundle.named import Named
from ringfence.evidence.bundle.observing import Observing
from ringfence.evidence.bundle.summing import Summing
from ringfence.ledger.checkpoint import Note, Verifier, check_note, read_note
from ringfence.ledger.record import MAX_LEAF_BYTES
from ringfence.ledger.report import Notes
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.vocabulary.errors import LedgerCorrupt

_NOTES_AT_ONCE = 4096
_NOTES_A_TASK = 256
_MOST_OPEN = 100

_RESTS_ON = {"decided": (5, 12, 13, 14), "ended": (5, 10), "notice": (5, 12, 14)}
"""Phase of a record whose body can't be read -> the steps that would have looked at it."""

_checkpoint = msgspec.json.Decoder(SignedAt).decode


class Following:
    """`frontier` grows with the records. After `follow`, the rest says what they held: `unended` request id -> index;
    `unclear`: why records of the period may stand outside of these. Approvals are handed to `approving` (step 14)."""

    def __init__(
        self,
        archive: Archive,
        manifest: Manifest,
        notes: Notes,
        frontier: Frontier,
        named: Named,
        approving: Approving,
    ) -> None:
        self.frontier = frontier
        self.summing = Summing()
        self.observing = Observing()
        self.unended: dict[str, int] = {}
        self.contradicted = 0
        self.unclear: list[str] = []
        self._archive, self._manifest, self._notes = archive, manifest, notes
        self._named, self._approving = named, approving
        self._exceptions_digest = ""
        self._ended_before: set[int] = set()
        self._time = ""
        self._first_time = ""

    def follow(
        self,
        verifier: Verifier,
        tile_hash: Callable[[int], bytes] | None,
        progress: Callable[[int, int], None] | None,
    ) -> bool:
        """Whether every record was followed to the period's end. `tile_hash` gives a record's hash as the tiles have
        it. Raises LedgerCorrupt where a member can't be read."""
        self._notes.begin(5, 6, 7, 10, 11, 13)
        lines = self._archive.lines(layout.RECORDS, MAX_LEAF_BYTES)
        with ThreadPoolExecutor() as pool:
            read: list[Note] = []
            for note in self._checkpoints():
                read.append(note)
                before = self.frontier.size
                for leaf in islice(lines, max(note.checkpoint.size - before, 0)):
                    self._record(self.frontier.size, leaf, tile_hash)
                if self.frontier.size == before or not self._agrees(note):
                    self._check_signatures(read, verifier, pool)
                    return False
                if len(read) == _NOTES_AT_ONCE:
                    self._check_signatures(read, verifier, pool)
                    read = []
                    if progress:
                        progress(self.frontier.size - self._manifest.first, self._manifest.records)
            self._check_signatures(read, verifier, pool)
        if next(lines, None) is not None or self.frontier.size != self._manifest.next:
            self._notes.fail(
                6, f"The checkpoints sign records up to {self.frontier.size}, the period goes to {self._manifest.next}."
            )
            return False
        for index in open_requests(self.unended):
            self._notes.find(10, f"Record {index} has no end within the period.")
        return True

    def check_dates(self, before: bytes | None, after: bytes | None) -> None:
        """Step 11, for the whole: nothing of the period can lie just outside."""
        edges = ((before, "before", self._manifest.first - 1), (after, "after", self._manifest.next))
        for leaf, side, index in edges:
            if leaf is None:
                if 0 <= index < self._manifest.size:
                    self._notes.fail(11, f"Record {index}, the one just {side} the period, is missing.")
                continue
            time = read_line(leaf).time
            if self._manifest.from_ <= time <= self._manifest.to:
                self._notes.fail(11, f"Record {index}, just {side} the period, is dated {time}: it belongs to it.")
            elif (time < self._manifest.from_) != (side == "before"):
                # Whoever picks where a period begins or ends could pick such a place.
                self.unclear.append(f"Record {index}, just {side} the period, is dated {time}: a clock was set back.")
                self._notes.find(11, self.unclear[-1])

    def _checkpoints(self) -> Iterator[Note]:
        for line in self._archive.lines(layout.CHECKPOINTS, layout.LONGEST_NOTE_BYTES):
            try:
                signed = _checkpoint(line)
                note = read_note(signed.note.encode())
            except (msgspec.MsgspecError, UnicodeError, LedgerCorrupt) as error:
                self._notes.fail(6, f"The checkpoint after record {self.frontier.size - 1} can't be read: {error}")
                return
            if note.checkpoint.size != signed.size or layout.encode(signed) != line + b"\n":
                self._notes.fail(6, f"The checkpoint of size {note.checkpoint.size} stands under another size.")
                return
            yield note

    def _agrees(self, note: Note) -> bool:
        # Step 6.
        size, root = note.checkpoint.size, note.checkpoint.root
        if (self.frontier.size, self.frontier.root()) == (size, root):
            return True
        self._notes.fail(6, f"The checkpoint of size {size} does not follow from the records before it.")
        return False

    def _check_signatures(self, read: list[Note], verifier: Verifier, pool: ThreadPoolExecutor) -> None:
        # Step 7.
        def wrong(some: list[Note]) -> list[str]:
            problems = []
            for note in some:
                try:
                    check_note(note, verifier)
                except LedgerCorrupt as error:
                    problems.append(error.message)
            return problems

        chunks = [read[at : at + _NOTES_A_TASK] for at in range(0, len(read), _NOTES_A_TASK)]
        for problems in pool.map(wrong, chunks) if len(chunks) > 1 else map(wrong, chunks):
            for problem in problems:
                self._notes.fail(7, problem)

    def _record(self, index: int, leaf: bytes, tile_hash: Callable[[int], bytes] | None) -> None:
        hash_ = leaf_hash(leaf)
        self.frontier.append(hash_)
        if tile_hash is not None and index < self._manifest.next and tile_hash(index) != hash_:
            self._notes.fail(8, f"Record {index} is not the one whose hash the tiles have.")
        # Step 5.
        try:
            line = read_line(leaf)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self._notes.fail(5, f"Record {index}: {error}.")
            return
        body = read_body(line)
        if body is None:
            for step in _RESTS_ON[line.phase]:
                self._notes.find(step, f"Record {index} has a body of a shape that this version does not know.")
            if line.phase == "decided":
                self._begin(index, line.request_id)
        self._check_time(index, line)
        self.summing.record(index, line, body)
        self.observing.record(line, body)
        if isinstance(body, Decided):
            self._begin(index, line.request_id)
            self._judge(index, line.time, body)
            if body.exceptions:
                self._approving.exceptions(index, line.time, body)
        elif isinstance(body, Ended):
            self._end(index, line.request_id, body.decided)
        elif isinstance(body, Notice):
            self._exceptions_digest = body.exceptions_digest or self._exceptions_digest
            if body.envelopes or body.approvers:
                self._approving.notice(index, line.time, msgspec.json.decode(line.body), self._exceptions_digest)

    def _begin(self, index: int, request_id: str) -> None:
        # Step 10.
        if request_id in self.unended:
            self._notes.fail(10, f"Record {index} decides request {request_id} a second time.")
        self.unended[request_id] = index

    def _end(self, index: int, request_id: str, decided: int) -> None:
        # Step 10. What was decided before the period may end in it, once.
        begun = self.unended.pop(request_id, None)
        if begun is None and 0 <= decided < self._manifest.first and decided not in self._ended_before:
            self._ended_before.add(decided)
        elif begun is None or begun != decided:
            self._notes.fail(10, f"Record {index} ends record {decided}, which is no open request of the same id.")

    def _check_time(self, index: int, line: Line) -> None:
        # Step 11.
        if line.time < self._time:
            self._notes.find(11, f"Record {index}: the clock was set back from {self._time} to {line.time}.")
        inside = self._manifest.from_ <= line.time <= self._manifest.to
        if not inside and index in (self._manifest.first, self._manifest.next - 1):
            self._notes.fail(11, f"Record {index} is dated {line.time}, outside of the period that it begins or ends.")
        elif not inside:
            self._notes.find(11, f"Record {index} is dated {line.time}, outside of the period: a clock was set back.")
        self._time = line.time

    def _judge(self, index: int, time: str, decided: Decided) -> None:
        # Steps 12 and 13.
        if not (decided.policy_digest and decided.register_digest):
            self._notes.find(12, f"Record {index} does not name its policy and its register.")
        problems = [*contradictions(decided, time), *self._named.contradictions(decided)]
        self.contradicted += bool(problems)
        for problem in problems:
            self._notes.fail(13, f"Record {index}: {problem}.")


def open_requests(unended: Mapping[str, int]) -> tuple[int, ...]:
    """The indexes of the first requests without an end."""
    return tuple(sorted(unended.values())[:_MOST_OPEN])
