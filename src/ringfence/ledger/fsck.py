"""Checks what stands beside the log and is derived from it or needed to read it: tiles, checkpoint, public line,
snapshots, salts. `verify` checks the log itself."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import msgspec

from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.reader import Reader
from ringfence.ledger.report import Notes, Status, Step
from ringfence.ledger.salts import slot_is_whole
from ringfence.ledger.tiles.build import published
from ringfence.ledger.tiles.hashes import folder_tiles
from ringfence.ledger.tiles.partials import leftovers, standing
from ringfence.ledger.tiles.tiler import Tiler
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt

STEPS = {
    1: "The public line beside the log is a ledger's key, and the one that you trust",
    2: "The log's newest checkpoint is signed by it",
    3: "The tiles' checkpoint is signed by it, and the log leads to its root",
    4: "Every tile of hashes is there and follows from the log",
    5: "Every bundle of entries is there and follows from the log",
    6: "Older partial tiles are beginnings of their tiles, and nothing else stands there",
    7: "What the digests in records stand for is kept, and is what was kept",
    8: "Every salt is whole or erased",
}
_SLOTS_AT_ONCE = 4096


class Checked(msgspec.Struct, frozen=True):
    """What was found. `size` is how many records the tiles cover, `log_size` how many the log has. `wrong` are the
    paths of tiles that are missing or differ; `repairable`: the log is sound enough to make the tiles again from it.
    """

    ok: bool
    steps: tuple[Step, ...]
    size: int
    log_size: int
    wrong: tuple[str, ...]
    repairable: bool


class _Digests(msgspec.Struct):
    policy_digest: str = ""
    register_digest: str = ""


_body = msgspec.json.Decoder(_Digests)


def fsck(
    reader: Reader, folder: Path, *, public_key: str | None = None, progress: Callable[[int, int], None] | None = None
) -> Checked:
    """Compare the tiles in `folder` with the log. Only reads, streaming, also beside a running gateway.

    1. Read the public line that stands beside the log; compare it with `public_key`, if that is given.
    2. Read the log's newest checkpoint and check its signature.
    3. Read the tiles' checkpoint; the log must not be shorter, and its records must lead to the same root. A log that
       is shorter or leads elsewhere was rolled back or rewritten, so the tiles are the better evidence.
    4. Make each tile of hashes from the records, and compare. 5. So with each bundle of entries.
    6. Compare what partial tiles older readers may still ask for with the tiles that they became part of.
    7. Look up each policy and register that a record names. One that only a notice names may never have decided
       anything, so its absence is a finding.
    8. Check each salt's checksum, of the whole log.

    Raises nothing for what it finds; OSError where the disk can't be read.
    """
    notes = Notes(STEPS)
    run = _Run(reader, folder, notes)
    verifier = run.key(public_key)
    # The tiles' checkpoint first: beside a running gateway both grow, and the log is never behind.
    tiles = run.tiles_checkpoint(verifier) if verifier else None
    log = run.newest(verifier) if verifier else None
    if log:
        run.compare(tiles or log, log, progress)
        run.salts(log.size)
    steps = notes.steps()
    return Checked(
        ok=all(step.status in (Status.OK, Status.FINDING) for step in steps),
        steps=steps,
        size=tiles.size if tiles else 0,
        log_size=log.size if log else 0,
        wrong=tuple(run.wrong),
        repairable=log is not None and run.repairable,
    )


class _Run:
    def __init__(self, reader: Reader, folder: Path, notes: Notes) -> None:
        self.reader, self.folder, self.notes = reader, folder, notes
        self.read = folder_tiles(folder)
        self.wrong: list[str] = []
        self.repairable = True
        self._named: dict[tuple[str, str], tuple[int, bool]] = {}

    def key(self, public_key: str | None) -> Verifier | None:
        # Step 1.
        self.notes.begin(1)
        if public_key is None:
            self.notes.find(1, "No public key was given, so the copy beside the log was believed.")
        elif public_key != self.reader.key_line:
            self.notes.fail(1, f"{self.reader.key_line} stands beside the log, not {public_key}.")
        try:
            return Verifier.from_key_line(public_key or self.reader.key_line)
        except ConfigurationError as error:
            self.notes.fail(1, error.message)
            return None

    def newest(self, verifier: Verifier) -> Checkpoint | None:
        # Step 2.
        self.notes.begin(2)
        try:
            return open_note(self.reader.checkpoint(), verifier)
        except (LedgerCorrupt, ConfigurationError) as error:
            self.notes.fail(2, error.message)
            return None

    def tiles_checkpoint(self, verifier: Verifier) -> Checkpoint | None:
        # Step 3, the half that needs no record.
        self.notes.begin(3)
        try:
            tiles = published(self.read, verifier)
        except LedgerCorrupt as error:
            self.notes.fail(3, error.message)
            return None
        if tiles is None:
            self.notes.fail(3, "There are no tiles with a checkpoint yet.")
        return tiles

    def compare(self, tiles: Checkpoint, log: Checkpoint, progress: Callable[[int, int], None] | None) -> None:
        """Steps 3 to 6 against `tiles`, and the digests of step 7 of the whole log."""
        self.notes.begin(4, 5, 6, 7)
        tiler = Tiler(self._compare, 0)
        try:
            for entry in islice(self.reader.entries(), max(tiles.size, log.size)):
                if entry.index < tiles.size:
                    tiler.add(entry.leaf)
                    if tiler.size == tiles.size:
                        tiler.finish()
                self._name(entry.index, entry.fields.phase == "decided", entry.fields.body)
                if progress and entry.index % 4096 == 0:
                    progress(entry.index, log.size)
        except LedgerCorrupt as error:
            self._beyond_repair(f"The log can't be read: {error.message}")
        if tiles.size > log.size:
            self._beyond_repair(f"The tiles have {tiles.size} signed records, the log {log.size}: it was rolled back.")
        elif (tiler.size, tiler.root()) != (tiles.size, tiles.root):
            self._beyond_repair(f"The log does not lead to the root that was signed for {tiles.size} records.")
        for place, problem in leftovers(self.folder, self.read, tiles.size):
            if problem:
                self.wrong.append(place)
                self.notes.fail(6, problem)
            else:
                self.notes.find(6, f"{place} is no file of the tiles.")
        self._snapshots()

    def salts(self, size: int) -> None:
        # Step 8.
        self.notes.begin(8)
        for first in range(0, size, _SLOTS_AT_ONCE):
            count = min(_SLOTS_AT_ONCE, size - first)
            try:
                slots = self.reader.salts(first, count)
            except FileNotFoundError as error:
                return self.notes.fail(8, f"{error.filename} is missing: no content can be checked any more.")
            for index, slot in enumerate(slots, first):
                if not slot_is_whole(index, slot):
                    self.notes.fail(8, f"The salt of record {index} is damaged, or its erasure was cut short.")
        return None

    def _beyond_repair(self, why: str) -> None:
        self.repairable = False
        self.notes.fail(3, why)

    def _compare(self, path: str, data: bytes) -> None:
        # Steps 4 and 5.
        found = standing(self.read, path)
        if found == data:
            return
        self.wrong.append(path)
        step = 5 if path.startswith("tile/entries/") else 4
        self.notes.fail(step, f"{path} is missing." if found is None else f"{path} is not what the log says.")

    def _name(self, index: int, decided: bool, body: msgspec.Raw) -> None:
        """Remember what a record names, with the first record that decided by it, else the first that named it."""
        try:
            digests = _body.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return self.notes.fail(7, f"Record {index} names a digest that is none.")
        for kind, digest in (("policy", digests.policy_digest), ("register", digests.register_digest)):
            known = self._named.get((kind, digest))
            if digest and (known is None or decided > known[1]):
                self._named[kind, digest] = (index, decided)
        return None

    def _snapshots(self) -> None:
        # Step 7.
        for (kind, digest), (index, decided) in self._named.items():
            try:
                kept = self.reader.snapshots.read(kind, digest)
            except LedgerCorrupt as error:
                self.notes.fail(7, f"Record {index}: {error.message}")
                continue
            if kept is None:
                say = self.notes.fail if decided else self.notes.find
                say(7, f"The {kind} {digest} that record {index} names was not kept, or is lost.")
