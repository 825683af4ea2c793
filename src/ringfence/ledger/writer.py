"""The writer's thread: group commit without a timer. A commit takes whatever queued during the one before it.

INVARIANT: the first failure is the last thing that the log does. After a failed write or fdatasync nobody can know
what is on the disk, so every waiting and later record is refused, and the gateway is told to stop; the next start
finds out (recovery.py).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue

from ringfence.ledger.record import Draft
from ringfence.ledger.store import Outcome, Store
from ringfence.vocabulary.errors import LedgerError, LedgerUnavailable
from ringfence.vocabulary.record import Receipt

MAX_BATCH = 1024
"""Records in one commit, so that a commit's time is bounded (64 KiB a record at most)."""

MAX_QUEUED = 16_384
"""Records that wait. More means a disk that hangs: refusing at once keeps memory bounded."""


class Ticket:
    """One record that waits. The claim decides a race: whoever takes it first, the writer to begin the record or the
    waiter to withdraw it, has it."""

    __slots__ = ("_claim", "draft")

    loop: asyncio.AbstractEventLoop | None = None

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._claim = threading.Lock()

    def claim(self) -> bool:
        """True for the first caller, from whichever thread."""
        return self._claim.acquire(blocking=False)

    def settle(self, outcome: Outcome) -> None:
        """Tell the waiter; called on `loop` where there is one, else on the writer's thread."""
        raise NotImplementedError

    def late(self, timeout_s: float) -> LedgerUnavailable:
        """The error of a waiter whose time is up. The record is withdrawn if the writer has not begun it; if it has,
        the record may still become durable, and its request has then no ENDED record until the next start."""
        fate = "it was withdrawn" if self.claim() else "it may still be written"
        return LedgerUnavailable(f"The record was not durable within {timeout_s:g} s; {fate}.")


class AsyncTicket(Ticket):
    """A record that a coroutine waits for."""

    __slots__ = ("future", "loop")

    def __init__(self, draft: Draft, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(draft)
        self.loop = loop
        self.future: asyncio.Future[Receipt] = loop.create_future()

    def settle(self, outcome: Outcome) -> None:
        if self.future.done():
            return
        if isinstance(outcome, LedgerError):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)

    def expire(self, timeout_s: float) -> None:
        """Called by the loop's timer."""
        if not self.future.done():
            self.future.set_exception(self.late(timeout_s))


class BlockingTicket(Ticket):
    """A record that a thread waits for."""

    __slots__ = ("reply",)

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self.reply: SimpleQueue[Outcome] = SimpleQueue()

    def settle(self, outcome: Outcome) -> None:
        self.reply.put(outcome)


class Writer:
    """Owns the log between `start` and `stop`. `failed` is set once and for ever; `on_fatal` is called once, on the
    writer's thread, after every record of the failed commit has been refused. `_refusal` is what every record is
    told once none can be taken, "" before."""

    def __init__(self, log: Store, on_fatal: Callable[[LedgerUnavailable], None]) -> None:
        self.failed: LedgerUnavailable | None = None
        self._refusal = ""
        self._log = log
        self._on_fatal = on_fatal
        self._queue: SimpleQueue[Ticket | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ringfence-ledger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, ticket: Ticket) -> None:
        """Queue a record. Raises LedgerUnavailable after a failure, after `stop`, or where too many wait."""
        if self._refusal:
            raise LedgerUnavailable(self._refusal)
        if self._queue.qsize() >= MAX_QUEUED:
            raise LedgerUnavailable(f"{MAX_QUEUED} records wait for the disk under the ledger.")
        self._queue.put(ticket)

    def stop(self, timeout_s: float) -> bool:
        """Commit what is queued, refuse what comes later, and wait for the thread; whether it ended in time."""
        self._queue.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            tickets, stopping = self._take()
            self._commit([ticket for ticket in tickets if ticket.claim()])
        self._refusal = self._refusal or "The ledger is closed."
        while not self._queue.empty():
            tickets, _ = self._take()
            self._commit(tickets)

    def _take(self) -> tuple[list[Ticket], bool]:
        """Wait for one record and take all that queued, up to MAX_BATCH; and whether `stop` was called."""
        tickets: list[Ticket] = []
        ticket = self._queue.get()
        while ticket is not None:
            tickets.append(ticket)
            # This thread is the only one that takes, so a queue that is not empty stays so.
            if len(tickets) == MAX_BATCH or self._queue.empty():
                return tickets, False
            ticket = self._queue.get()
        return tickets, True

    def _commit(self, tickets: Sequence[Ticket]) -> None:
        failure: LedgerUnavailable | None = None
        outcomes: Sequence[Outcome] = ()
        if not self._refusal and tickets:
            try:
                outcomes = self._log.commit([ticket.draft for ticket in tickets])
            except Exception as error:  # The boundary of the writer: whatever it is, it denies.
                self._refusal = f"The ledger failed and stopped: {type(error).__name__}: {error}."
                self.failed = failure = LedgerUnavailable(self._refusal)
        if self._refusal:
            # One exception for each waiter: a shared one would gather every waiter's traceback.
            outcomes = [LedgerUnavailable(self._refusal) for _ in tickets]
        _deliver(tickets, outcomes)
        if failure is not None:
            self._on_fatal(failure)


def _deliver(tickets: Sequence[Ticket], outcomes: Sequence[Outcome]) -> None:
    """Tell all waiters, waking each event loop once for the whole commit."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[tuple[Ticket, Outcome]]] = {}
    for ticket, outcome in zip(tickets, outcomes, strict=True):
        by_loop.setdefault(ticket.loop, []).append((ticket, outcome))
    for loop, settled in by_loop.items():
        if loop is None:
            _settle(settled)
        else:
            with suppress(RuntimeError):  # A closed loop: nobody waits there any more.
                loop.call_soon_threadsafe(_settle, settled)


def _settle(settled: Sequence[tuple[Ticket, Outcome]]) -> None:
    for ticket, outcome in settled:
        ticket.settle(outcome)
