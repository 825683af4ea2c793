"""The door of the room: bytes of a file in, text out, never an exception for what the file is."""

from __future__ import annotations

import queue
import threading
from types import TracebackType
from typing import Self

import msgspec

from ringfence.extract import wire
from ringfence.extract.limits import Limits
from ringfence.extract.process import Answers, WorkerGone, WorkerProcess
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.extracted import Extracted
from ringfence.vocabulary.text import Completeness


class Protection(msgspec.Struct, frozen=True):
    """What holds the worker. `no_network`: the kernel gives it no way to reach one. `guards`: a phrase for each."""

    no_network: bool
    guards: tuple[str, ...]


class Extractor:
    """Reads files in `workers` processes of their own, which are started when first needed and replaced when they fail.

    Thread-safe: so many files are read at once as there are workers, and further callers wait.
    """

    def __init__(self, limits: Limits = Limits(), workers: int = 1) -> None:  # noqa: B008  (frozen)
        self._limits = limits
        self._workers = workers
        self._closed = threading.Event()
        # A place for each worker: a running one, or None where the next caller starts it. The last used comes first.
        self._places: queue.LifoQueue[WorkerProcess | None] = queue.LifoQueue()
        for _ in range(workers):
            self._places.put(None)

    def extract(self, data: bytes, name: str = "", media_type: str = "", timeout_s: float | None = None) -> Extracted:
        """The text of a file. `name` and `media_type` help where the bytes don't tell what it is.

        Blocks: up to `timeout_s` (else the limits') for a free worker, and again as long for the reading. Whatever
        keeps it from being read whole makes it PARTIAL with a reason; what was read before is kept. Raises
        InternalError where the extractor is closed, or no worker process can be started at all.
        """
        if len(data) > self._limits.max_bytes:
            return _unread(
                f"the file has {len(data):,} bytes, more than {self._limits.max_bytes:,}: it was not read. Split it, "
                "or raise max_bytes"
            )
        timeout_s = self._limits.timeout_s if timeout_s is None else timeout_s
        try:
            worker = self._places.get(timeout=max(0.0, timeout_s))
        except queue.Empty:
            return _unread("all readers were busy: the file was not read. Try again, or raise the number of workers")
        answers = Answers(self._limits)
        try:
            worker = worker or self._start()
            worker.run(wire.Job(data, name, media_type, timeout_s), answers.take)
        except WorkerGone as gone:
            answers.reasons.append(gone.reason)
            worker = _without(worker)
        except BaseException:
            worker = _without(worker)
            raise
        finally:
            self._places.put(_without(worker) if worker is not None and worker.worn else worker)
        partial = Completeness.PARTIAL if answers.reasons else Completeness.COMPLETE
        return Extracted(answers.kind, tuple(answers.pieces), partial, tuple(answers.reasons))

    def protection(self) -> Protection:
        """What holds the workers on this machine. Starts one where none runs. Raises InternalError."""
        worker = self._places.get()
        try:
            worker = worker or self._start()
            return Protection(worker.ready.no_network, tuple(worker.ready.guards))
        finally:
            self._places.put(worker)

    def close(self) -> None:
        """End every worker, after the file it is reading. Does nothing the second time."""
        if self._closed.is_set():
            return
        self._closed.set()
        for _ in range(self._workers):
            _without(self._places.get())
        for _ in range(self._workers):
            self._places.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> WorkerProcess:
        if self._closed.is_set():
            raise InternalError("the extractor is closed")
        try:
            return WorkerProcess(self._limits)
        except (OSError, TimeoutError, WorkerGone) as error:
            raise InternalError(
                f"the extraction worker can't be started: {type(error).__name__}",
                remedy="Check the limits on processes and memory of this user, and memory_bytes.",
            ) from None


def _without(worker: WorkerProcess | None) -> WorkerProcess | None:
    """End it. None, for its place."""
    if worker is not None:
        worker.end()
    return None


def _unread(reason: str) -> Extracted:
    return Extracted("", (), Completeness.PARTIAL, (reason,))
