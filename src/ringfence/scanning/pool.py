"""Searchers in processes of their own, one for each core, fed in batches; a file that kills one costs only itself."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice

from ringfence.scanning.results import Searched, Unit
from ringfence.scanning.searcher import Searcher
from ringfence.vocabulary.errors import InternalError

BATCH_BYTES = 1 << 20
BATCH_UNITS = 64
_AHEAD = 2
"""Batches handed out for each process, so that none waits for its next one."""
_MOST_DEATHS = 16
"""In a row: twice what it takes to find the one file in a batch that kills."""
KILLED = "the process that searched it ended: it may need more memory than there is"

MakeSearcher = Callable[[], Searcher]
"""Can be pickled, and is called once in each process."""


def batches(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Units in groups that are worth handing over."""
    batch: list[Unit] = []
    size = 0
    for unit in units:
        batch.append(unit)
        size += unit.bytes
        if size >= BATCH_BYTES or len(batch) >= BATCH_UNITS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def search(make: MakeSearcher, units: Iterable[Unit], workers: int) -> Generator[Searched, None, None]:
    """All units, as they are done: in so many processes, or here where there is but one, or but one batch. Closing the
    iterator ends them at once. Raises InternalError where the processes do not start."""
    groups = batches(units)
    first = list(islice(groups, 2 if workers > 1 else 0))
    groups = chain(first, groups)
    if len(first) < 2:
        with make() as searcher:
            for batch in groups:
                yield from searcher.search(batch)
        return
    pool = _Pool(make, workers)
    try:
        yield from pool.run(groups)
    except BaseException:
        pool.end()
        raise
    pool.close()


class _Pool:
    """INVARIANT: each unit is in one group: not yet read from `groups`, under way, suspected, or answered."""

    def __init__(self, make: MakeSearcher, workers: int) -> None:
        self._make, self._workers = make, workers
        self._under_way: dict[Future[list[Searched]], list[Unit]] = {}
        self._suspects: list[list[Unit]] = []
        self._deaths = 0
        self._start()

    def run(self, groups: Iterator[list[Unit]]) -> Iterator[Searched]:
        while self._fill(groups):
            done, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            killed = []
            for future in done:
                group = self._under_way.pop(future)
                try:
                    yield from future.result()
                    self._deaths = 0
                except BrokenProcessPool:
                    killed.append(group)
            if killed:
                yield from self._after_death([*killed, *self._under_way.values()])

    def close(self) -> None:
        """Waits until the processes, which have nothing left to do, are gone."""
        self._executor.shutdown()

    def end(self) -> None:
        """Ends the processes, whatever they are at."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - self._others:
            process.terminate()

    def _start(self) -> None:
        self._others = set(multiprocessing.active_children())
        # spawn: a fork of a process with threads can hang, and would hold copies of what the parent has open.
        self._executor = ProcessPoolExecutor(
            self._workers, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(self._make,)
        )

    def _fill(self, groups: Iterator[list[Unit]]) -> bool:
        """Hands groups out; suspects one at a time. False where nothing is left."""
        while len(self._under_way) < (1 if self._suspects else self._workers * _AHEAD):
            group = self._suspects.pop() if self._suspects else next(groups, None)
            if group is None:
                break
            try:
                self._under_way[self._executor.submit(_search, group)] = group
            except BrokenProcessPool:  # since the last answer
                self._suspects.append(group)
                self._restart()
        return bool(self._under_way)

    def _after_death(self, groups: list[list[Unit]]) -> Iterator[Searched]:
        """One process died, and all groups under way are lost with it: each is searched again, alone, and the one that
        kills again in halves, until its file is known."""
        self._under_way.clear()
        self._restart()
        if len(groups) > 1:
            self._suspects += groups
        elif len(groups[0]) > 1:
            middle = len(groups[0]) // 2
            self._suspects += [groups[0][:middle], groups[0][middle:]]
        else:
            yield Searched(groups[0][0], reasons=(KILLED,))

    def _restart(self) -> None:
        self.end()
        self._deaths += 1
        if self._deaths > _MOST_DEATHS:
            raise InternalError(
                "the processes that search end at once", remedy="Check the memory of this machine, or use --workers 1."
            )
        self._start()


_here: list[Searcher] = []
"""In a process of the pool: its searcher."""


def _begin(make: MakeSearcher) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _here.append(make())
    gc.freeze()  # what is loaded stays, and need not be looked through again and again


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _search(units: list[Unit]) -> list[Searched]:
    return _here[0].search(units)
