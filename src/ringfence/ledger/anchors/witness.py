"""A witness: remembers for each log the last tree that it cosigned, and cosigns only what extends it.

https://c2sp.org/tlog-witness and https://c2sp.org/tlog-cosignature. It belongs on a machine that the log's operator
does not hold: what it cosigned can't be rewritten without it.
"""

from __future__ import annotations

import base64
import os
import re
import threading
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

import msgspec

from ringfence.ledger.anchors.cosign import SIZE_TYPE
from ringfence.ledger.anchors.cosignature import Cosigner, time_cosigned
from ringfence.ledger.checkpoint import Checkpoint, Note, Verifier, check_note, read_note
from ringfence.ledger.files import lock, make_folder, replace_file
from ringfence.ledger.proof import consistency_holds
from ringfence.ledger.tree import EMPTY_ROOT
from ringfence.vocabulary.errors import LedgerCorrupt

MOST_BYTES = 131_072
"""Of one request: 63 hashes, and a note with 16 signatures of nearly 5,000 bytes (https://c2sp.org/signed-note)."""
MOST_HASHES = 63
_MOST_KEPT = 1_000  # files of a log in each folder; whoever has its key could fill the disk otherwise
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")
_TEXT, _NOTE = "text/plain; charset=utf-8", "note"


class Answer(msgspec.Struct, frozen=True):
    """Status, content type and body of an HTTP response."""

    status: int
    body: bytes
    content_type: str = _TEXT


class Seen(msgspec.Struct, frozen=True):
    """The last checkpoint of a log that was cosigned, and when (Unix seconds). `note` is as the log signed it, with
    the cosignature: whoever holds it can show what the log had signed then."""

    checkpoint: Checkpoint
    note: bytes
    time_s: int


class _Refused(Exception):
    def __init__(self, status: int, says: str, content_type: str = _TEXT) -> None:
        self.answer = Answer(status, says.encode(), content_type)


class Witness:
    """Use it from any thread. `now` gives Unix seconds. Its folder holds `logs/<digest of the origin>/note` for each
    log; in `evidence/` second trees of one size that a log signed, which convict it by themselves; in `unproven/` what
    it signed and whoever sent it could not prove to extend the first, which anybody may send who has a checkpoint."""

    def __init__(self, folder: Path, cosigner: Cosigner, logs: Iterable[Verifier], now: Callable[[], float]) -> None:
        """Raises LedgerLocked where another witness uses the folder, LedgerCorrupt where what it kept is damaged: a
        witness that forgot would cosign a second history. OSError."""
        make_folder(folder)
        self._folder, self._cosigner, self._now = folder, cosigner, now
        self._logs = {log.name: log for log in logs}
        self._guard = threading.Lock()
        self._lock_fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock(self._lock_fd, str(folder))
            self._seen = {name: self._read(log) for name, log in self._logs.items()}
        except BaseException:
            os.close(self._lock_fd)
            raise

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._lock_fd)

    def add_checkpoint(self, body: bytes) -> Answer:
        """What to answer to `POST /add-checkpoint`. Raises OSError where the state can't be kept: nothing was
        cosigned then."""
        try:
            old, path, note, read = _parse(body)
            log = self._known(read)
            with self._guard:  # INVARIANT: nothing comes between looking at what was cosigned last and replacing it
                self._check(log, old, path, read, note)
                return self._cosign(log, note, read)
        except _Refused as refused:
            return refused.answer

    def _known(self, read: Note) -> Verifier:
        log = self._logs.get(read.checkpoint.origin)
        if log is None:
            raise _Refused(404, "this log is not known here\n")
        try:
            check_note(read, log)
        except LedgerCorrupt:
            raise _Refused(403, "not signed by the key that is known for this log\n") from None
        return log

    def _check(self, log: Verifier, old: int, path: list[bytes], read: Note, note: bytes) -> None:
        new, seen = read.checkpoint, self._seen[log.name]
        last = seen.checkpoint if seen else Checkpoint(log.name, 0, EMPTY_ROOT)
        if old > new.size:
            raise _Refused(400, "the old size is above the checkpoint's\n")
        if old != last.size:
            raise _Refused(409, f"{last.size}\n", SIZE_TYPE)
        if new.size == last.size:
            if new.root != last.root:
                self._keep_apart("evidence", new, note)
                raise _Refused(409, f"{last.size}\n", SIZE_TYPE)
            holds = not path
        else:
            holds = consistency_holds(old, last.root, new.size, new.root, path) if old else not path
        if not holds:
            self._keep_apart("unproven", new, note)
            raise _Refused(422, "the consistency proof does not hold\n")

    def _cosign(self, log: Verifier, note: bytes, read: Note) -> Answer:
        """INVARIANT: the checkpoint is durable before its cosignature leaves. A crash in between leaves it kept and
        nobody told: the log asks again, with the old size that a 409 names."""
        time_s = int(self._now())
        line = self._cosigner.line(read.text, time_s)
        folder = self._log_folder(log)
        make_folder(folder)
        replace_file(folder / _NOTE, note + line, 0o600)
        self._seen[log.name] = Seen(read.checkpoint, note + line, time_s)
        return Answer(200, line)

    def _keep_apart(self, where: str, checkpoint: Checkpoint, note: bytes) -> None:
        """A note that does not follow from the one that was cosigned, so that people can ask. Bounded for each log."""
        folder = self._folder / where
        make_folder(folder)
        digest = sha256(checkpoint.origin.encode()).hexdigest()[:16]
        path = folder / f"{digest}-{checkpoint.size:020d}-{checkpoint.root.hex()[:16]}"
        if not path.exists() and len(list(folder.glob(f"{digest}-*"))) < _MOST_KEPT:
            replace_file(path, note, 0o600)

    def _log_folder(self, log: Verifier) -> Path:
        return self._folder / "logs" / sha256(log.name.encode()).hexdigest()

    def _read(self, log: Verifier) -> Seen | None:
        path = self._log_folder(log) / _NOTE
        if not path.exists():
            return None
        note = path.read_bytes()
        try:
            read = read_note(note)
            check_note(read, log)
            time_s = time_cosigned(read, self._cosigner.public)
        except LedgerCorrupt as error:
            raise LedgerCorrupt(f"{path}: {error.message}", where=str(path)) from None
        if time_s is None:
            raise LedgerCorrupt(f"{path} was cosigned with another key than this witness's.", where=str(path))
        return Seen(read.checkpoint, note, time_s)


def kept(folder: Path) -> list[bytes]:
    """The notes that the witness in `folder` cosigned last, one of each log; beside a running one too."""
    return [path.read_bytes() for path in sorted((folder / "logs").glob(f"*/{_NOTE}"))]


def _parse(body: bytes) -> tuple[int, list[bytes], bytes, Note]:
    """Old size, proof, note, and the note read."""
    head, blank, note = body.partition(b"\n\n")
    first, *hashes = head.split(b"\n")
    found = _OLD.fullmatch(first)
    try:
        path = [base64.b64decode(each, validate=True) for each in hashes]
        spelled = all(base64.b64encode(raw) == each for raw, each in zip(path, hashes, strict=True))
        read = read_note(note)
    except (ValueError, LedgerCorrupt):
        raise _Refused(400, "not an add-checkpoint request\n") from None
    if not found or not blank or not spelled or len(path) > MOST_HASHES or any(len(each) != 32 for each in path):
        raise _Refused(400, "not an add-checkpoint request\n")
    return int(found[1]), path, note, read
