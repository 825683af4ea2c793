"""Questions to the database from any thread, one at a time, over a connection that is made again when it was lost."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ringfence.ledger.postgres.session import Session
from ringfence.vocabulary.errors import LedgerUnavailable

TIMEOUT_S = 60.0
"""For one answer."""


class Client:
    """Its own connection, on its own thread, because whoever asks may run a loop. Only for statements that may be
    repeated: one whose connection broke is sent again, once, on a new one."""

    def __init__(self, url: str) -> None:
        """Nothing is connected yet."""
        self._url = url
        self._held: list[Session] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ringfence-ledger-reader")
        self._end = weakref.finalize(self, _end, self._thread, self._held)

    def fetch(self, query: str, *arguments: Any, timeout_s: float = TIMEOUT_S) -> Sequence[Any]:
        """The rows. Raises LedgerUnavailable, ConfigurationError."""
        return self._thread.submit(_fetch, self._url, self._held, query, arguments, timeout_s).result()

    def close(self) -> None:
        """Let go of the connection. Nothing can be asked afterwards."""
        self._end()


def _fetch(url: str, held: list[Session], query: str, arguments: tuple[Any, ...], timeout_s: float) -> Sequence[Any]:
    for again in (True, False):
        if not held:
            held.append(Session(url, "ringfence reader"))
        try:
            return held[0].run(held[0].connection.fetch(query, *arguments), timeout_s)
        except LedgerUnavailable:
            lost = held[0].lost
            held.pop().close()
            if not (again and lost):
                raise
    raise AssertionError("unreachable")


def _end(thread: ThreadPoolExecutor, held: list[Session]) -> None:
    """Not on the client itself, which is gone by then."""
    for session in held:
        try:
            thread.submit(session.close)
        except RuntimeError:  # The interpreter ends, and the thread did already.
            session.close()
    thread.shutdown(wait=True)
