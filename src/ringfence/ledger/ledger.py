"""The ledger's door: open, append, close."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from queue import Empty
from typing import Any, Self

from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.files import lock, make_folder, sync_folder
from ringfence.ledger.highest import Head, Highest
from ringfence.ledger.keys import create_key, load_key, publish_key_line
from ringfence.ledger.log import Log
from ringfence.ledger.record import draft
from ringfence.ledger.recovery import Recovered, recover
from ringfence.ledger.salts import open_salts
from ringfence.ledger.segments import HEADER_BYTES, ROLL_BYTES, segment_firsts
from ringfence.ledger.store import Store
from ringfence.ledger.tree import EMPTY_ROOT
from ringfence.ledger.writer import AsyncTicket, BlockingTicket, Writer
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError, LedgerUnavailable
from ringfence.vocabulary.record import Outcome, Phase, Receipt, Record

CLOSE_TIMEOUT_S = 30.0
"""How long `close` waits for the disk."""


def _ignore(failure: LedgerUnavailable) -> None:
    """Whoever hands in no `on_fatal` meets the failure at the next append."""


class Ledger:
    """An append-only, signed, crash-safe log of records, in a folder that one process has open at a time (`open`), or
    in another store (postgres/opening.py).

    `recovered` says what the start found; `verifier_key` is the public line that `verify` takes.
    """

    def __init__(
        self,
        log: Store,
        recovered: Recovered,
        *,
        verifier_key: str,
        random_bytes: Callable[[int], bytes],
        on_fatal: Callable[[LedgerUnavailable], None],
    ) -> None:
        """For `open`, and for the stores that open themselves: `log` is theirs and announced."""
        self.recovered = recovered
        self.verifier_key = verifier_key
        self._log = log
        self._random_bytes = random_bytes
        self._closed = False
        self._writer = Writer(log, on_fatal)
        self._writer.start()

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        key_path: Path,
        highest_path: Path,
        origin: str,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes] = os.urandom,
        on_fatal: Callable[[LedgerUnavailable], None] = _ignore,
        start_body: Mapping[str, Any] | None = None,
        roll_bytes: int = ROLL_BYTES,
    ) -> Self:
        """Open or make the ledger in `folder`, recover it, and append a start NOTICE and then ENDED(unknown) for each
        request that was open when it last stopped. Blocks.

        `key_path` is the Ed25519 key (made on the first open), `highest_path` the highest checkpoint's own file, which
        belongs on another disk or at least in another folder than the log; `origin` names the log in its checkpoints.
        `clock` gives Unix seconds. `on_fatal` is called once, from the writer's thread, when a commit failed: the
        process must stop, because nothing can be recorded any more. `start_body` is added to the NOTICE.

        Raises LedgerLocked, LedgerCorrupt, LedgerUnavailable (the disk refused) and ConfigurationError (key, origin).
        """
        try:
            with ExitStack() as undo:
                lock_fd = _lock_folder(folder)
                undo.callback(os.close, lock_fd)
                signer = _signer(folder, key_path, highest_path, origin)
                highest = Highest(highest_path)
                undo.callback(highest.close)
                salts_fd = open_salts(folder)
                undo.callback(os.close, salts_fd)
                tail, recovered = recover(folder, highest.head, signer.verifier)
                undo.callback(lambda: os.close(tail.fd))
                log = Log(
                    folder,
                    tail,
                    highest,
                    signer,
                    lock_fd=lock_fd,
                    salts_fd=salts_fd,
                    clock=clock,
                    roll_bytes=roll_bytes,
                )
                announce(log, recovered, start_body or {}, random_bytes)
                undo.pop_all()
        except OSError as error:
            raise LedgerUnavailable(f"The ledger in {folder} can't be opened: {error}.", where=str(folder)) from error
        return cls(
            log,
            recovered,
            verifier_key=signer.verifier.key_line,
            random_bytes=random_bytes,
            on_fatal=on_fatal,
        )

    @property
    def failed(self) -> LedgerUnavailable | None:
        """Why nothing can be appended any more, or None."""
        return self._writer.failed

    @property
    def size(self) -> int:
        """How many records are durable."""
        return self._log.size

    async def append(self, record: Record, timeout_s: float) -> Receipt:
        """Wait until `record` is durable. For any asyncio loop.

        Raises LedgerUnavailable where that fails or outlasts `timeout_s`. A record whose waiter gave up (time-out or
        cancellation) is withdrawn if the writer has not begun it; else it may still become durable. Either way its
        request must be denied: a DECIDED record that landed without its request is ended as unknown at the next start.
        Raises LedgerError where this record alone is refused: its body is no JSON or too long, an ENDED record
        without its DECIDED one, or a second DECIDED one.
        """
        loop = asyncio.get_running_loop()
        ticket = AsyncTicket(draft(record, self._random_bytes), loop)
        self._writer.put(ticket)
        timer = loop.call_later(timeout_s, ticket.expire, timeout_s)
        try:
            return await ticket.future
        finally:
            timer.cancel()
            ticket.claim()

    def append_blocking(self, record: Record, timeout_s: float) -> Receipt:
        """`append` for a thread without a loop. Raises as it does."""
        ticket = BlockingTicket(draft(record, self._random_bytes))
        self._writer.put(ticket)
        try:
            outcome = ticket.reply.get(timeout=timeout_s)
        except Empty:
            raise ticket.late(timeout_s) from None
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    def close(self, stop_body: Mapping[str, Any] | None = None) -> None:
        """Commit what is queued, append a stop NOTICE (not after a failure), and let go of the folder. Blocks.

        Raises LedgerUnavailable where the stop could not be recorded; the folder is let go of all the same, unless the
        disk still hangs after CLOSE_TIMEOUT_S: then only the end of the process does that.
        """
        if self._closed:
            return
        self._closed = True
        try:
            if self.failed is None:
                stop = Record("", Phase.NOTICE, {**(stop_body or {}), "event": "stop"})
                self.append_blocking(stop, CLOSE_TIMEOUT_S)
        finally:
            if self._writer.stop(CLOSE_TIMEOUT_S):
                self._log.close()


def announce(
    log: Store, recovered: Recovered, start_body: Mapping[str, Any], random_bytes: Callable[[int], bytes]
) -> None:
    """The first commit: this start, and the end of what the last run left open. A crash before it is durable leaves
    the same requests open for the next start. An end that is refused was put on record by another gateway's start."""
    records = [Record("", Phase.NOTICE, {**start_body, "event": "start"})]
    for request_id, index in recovered.unended.items():
        records.append(Record(request_id, Phase.ENDED, {"outcome": Outcome.UNKNOWN, "decided": index}))
    started, *_ = log.commit([draft(record, random_bytes) for record in records])
    if isinstance(started, LedgerError):
        raise started


def _lock_folder(folder: Path) -> int:
    """Make the folder where it is absent, and take its lock."""
    make_folder(folder / "segments")
    lock_fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        lock(lock_fd, str(folder))
    except BaseException:
        os.close(lock_fd)
        raise
    return lock_fd


def _signer(folder: Path, key_path: Path, highest_path: Path, origin: str) -> Signer:
    """The signer, after the files that a new ledger needs are there: the key, its public line, and the highest
    checkpoint, of size 0. In this order, so that a crash between them leaves a ledger that still counts as new.

    INVARIANT: a key is made only where nothing was ever signed. The folders are synchronised also where the files were
    found: an earlier start may have made them and then failed at just that.
    """
    new = not highest_path.exists()
    if new and segment_firsts(folder):
        raise LedgerCorrupt(
            f"{highest_path} is missing, but {folder} holds a log: whether it is whole can't be known.",
            where=str(highest_path),
            remedy="Put the file back from a copy.",
        )
    key = create_key(key_path) if new and not key_path.exists() else load_key(key_path)
    sync_folder(key_path.parent)
    signer = Signer(origin, key)
    publish_key_line(folder / "log.vkey", signer.verifier.key_line)
    publish_key_line(key_path.with_suffix(".vkey"), signer.verifier.key_line)
    if new:
        note = signer.sign(Checkpoint(origin, 0, EMPTY_ROOT))
        Highest.create(highest_path, Head(0, note, (), 0, HEADER_BYTES, 0, HEADER_BYTES))
    sync_folder(highest_path.parent)
    return signer
