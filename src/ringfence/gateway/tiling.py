"""Keeps the tiles of the ledger up to date while the gateway runs, on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ringfence.ledger.reader import Reader
from ringfence.ledger.tiles import build
from ringfence.vocabulary.errors import LedgerLocked

ROUND_S = 2.0
_BREATH_S = 0.002
"""Between two tiles of a long round, for the requests: making one takes the interpreter for about a millisecond."""


def breathe() -> None:
    """For a round on a thread beside requests."""
    time.sleep(_BREATH_S)


class _Stopping(Exception):
    pass


class Tiling:
    """One task. `reader` opens the log. Whatever fails here is said once and tried again: tiles are made from the log,
    so they can wait, and requests never do."""

    def __init__(self, reader: Callable[[], Reader], folder: Path, log: Callable[[str], None]) -> None:
        self._open, self._folder, self._log = reader, folder, log
        self._reader: Reader | None = None
        self._failed = ""
        self._stop = threading.Event()

    async def run(self) -> None:
        """Until cancelled. A round under way then ends at its next tile, and leaves what a crash would."""
        try:
            while True:
                await asyncio.sleep(ROUND_S)
                await asyncio.to_thread(self.round)
        finally:
            self._stop.set()

    def round(self) -> None:
        """Bring the tiles up to the newest checkpoint. Raises nothing."""
        try:
            self._reader = self._reader or self._open()
            build(self._reader, self._folder, self._breathe)
        except (LedgerLocked, _Stopping):
            return  # a command makes them just now, or nobody needs them any more
        except Exception as error:
            why = getattr(error, "message", "") or f"{type(error).__name__}: {error}"
            if why != self._failed:
                self._failed = why
                self._log(f"the ledger's tiles can't be kept up to date: {why}")
            return
        if self._failed:
            self._failed = ""
            self._log("the ledger's tiles are kept up to date again")

    def _breathe(self) -> None:
        breathe()
        if self._stop.is_set():
            raise _Stopping
