"""Runs the taggers beside the event loop, for all requests at a time: what waits together is asked with one call.

Nobody waits for company: a request that comes alone is asked alone, at once. While a call runs the next requests
gather, and of each that waits some texts go into the next call, so that a long one does not hold up the short ones.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from ringfence.classify import Answers, Tagger, tag
from ringfence.classify.names import Hits

log = logging.getLogger("ringfence")

_STUCK_FACTOR = 5
"""A call that takes so many deadlines is taken to hang."""


class Job:
    """The texts of one request and the answers so far. `done` is set when all of them are there, or none will come."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.hits: list[Hits | None] = [None] * len(texts)
        self.next = 0
        self.done: Future[None] = Future()
        self.done.set_running_or_notify_cancel()  # nobody who waits can cancel it for the thread that sets it
        self._left = len(texts)
        self._failed = False
        self._lock = threading.Lock()
        if not texts:
            self.done.set_result(None)

    def answers(self) -> Answers:
        """What is known by now."""
        with self._lock:
            return Answers(tuple(self.hits), self._failed)

    def put(self, index: int, hits: Hits) -> None:
        with self._lock:
            self.hits[index] = hits
            self._left -= 1
            whole = not self._left
        if whole:
            self.end()

    def fail(self) -> None:
        with self._lock:
            self._failed = True
        self.end()

    def end(self) -> None:
        """No further answer is wanted, or none will come."""
        with self._lock:
            if not self.done.done():
                self.done.set_result(None)


class Serving:
    """`taggers` in `threads` threads. Each call gets about `batch_chars` code points at most.

    INVARIANT: a call that hangs costs one thread, never the gateway: its requests run into their deadlines, another
    thread takes its place, and when that has happened too often, requests are told at once that no answer will come.
    The threads are daemons, so that none of them keeps the process from ending.
    """

    def __init__(
        self,
        taggers: Sequence[Tagger],
        *,
        deadline_s: float,
        threads: int = 1,
        batch_chars: int = 8_192,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.deadline_s = deadline_s
        self.entities = frozenset[str]().union(*(tagger.entities for tagger in taggers))
        self._taggers = tuple(taggers)
        self._batch_chars = batch_chars
        self._clock = clock
        self._waiting: deque[Job] = deque()
        self._wake = threading.Condition()
        self._closed = False
        self._spare = threads  # how many hanging threads may still be replaced
        self._workers: list[_Worker] = []
        for _ in range(threads):
            self._start()

    @property
    def stuck(self) -> bool:
        """Every thread hangs, and none is left to take a place."""
        return not self._workers

    def submit(self, texts: Sequence[str]) -> Job:
        """Has the texts asked about. The caller waits for `done`, at most `deadline_s`, and ends the job."""
        job = Job(texts)
        with self._wake:
            self._look_after()
            if self._closed or not self._workers:
                job.end()
            elif texts:
                self._waiting.append(job)
                self._wake.notify()
        return job

    def close(self) -> None:
        """Stops the threads after the call that they are in; one that hangs is left behind."""
        with self._wake:
            self._closed = True
            for job in self._waiting:
                job.end()
            self._waiting.clear()
            self._wake.notify_all()

    def _start(self) -> None:
        worker = _Worker(self)
        self._workers.append(worker)
        worker.start()

    def _look_after(self) -> None:
        """Replaces threads that hang. The lock is held."""
        limit = self._clock() - _STUCK_FACTOR * self.deadline_s
        for worker in [each for each in self._workers if each.since is not None and each.since < limit]:
            self._workers.remove(worker)
            log.error("a search for names hangs, its thread is left behind")
            if self._spare:
                self._spare -= 1
                self._start()
        if not self._workers:
            for job in self._waiting:
                job.end()
            self._waiting.clear()

    def take(self, worker: _Worker) -> list[tuple[Job, int]] | None:
        """What the next call is to be about: a text of each job in turn. None where the worker is to end."""
        with self._wake:
            worker.since = None
            while worker in self._workers:  # one that hung and was replaced is not
                if batch := self._next():
                    worker.since = self._clock()
                    return batch
                if self._closed:
                    return None
                self._wake.wait()
            self._wake.notify()
            return None

    def _next(self) -> list[tuple[Job, int]]:
        batch: list[tuple[Job, int]] = []
        size = 0
        while self._waiting and size < self._batch_chars:
            job = self._waiting.popleft()
            if job.done.done():
                continue
            batch.append((job, job.next))
            size += len(job.texts[job.next])
            job.next += 1
            if job.next < len(job.texts):
                self._waiting.append(job)
        return batch

    def ask(self, batch: Sequence[tuple[Job, int]]) -> None:
        """One call for all; where it fails, one for each request, so that only the one that breaks it fails."""
        try:
            answers = tag(self._taggers, [job.texts[index] for job, index in batch])
        except Exception as error:
            jobs = list(dict.fromkeys(job for job, _ in batch))
            if len(jobs) > 1:
                for job in jobs:
                    self.ask([pair for pair in batch if pair[0] is job])
                return
            # The type only: an error's text may quote a request.
            log.error("the search for names failed: %s", type(error).__name__)
            jobs[0].fail()
            return
        for (job, index), hits in zip(batch, answers, strict=True):
            job.put(index, hits)


class _Worker(threading.Thread):
    """One thread. `since` is when its call began, None where it waits."""

    def __init__(self, serving: Serving) -> None:
        super().__init__(name="ringfence-names", daemon=True)
        self.since: float | None = None
        self._serving = serving

    def run(self) -> None:
        while (batch := self._serving.take(self)) is not None:
            self._serving.ask(batch)
