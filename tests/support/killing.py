"""A searcher that some files kill. Here, so that the processes of a pool can import it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from ringfence.scanning.results import Searched, Unit
from ringfence.scanning.searcher import Searcher


class _Killing(Searcher):
    def __init__(self) -> None:
        """Without the parts of a real one."""

    def __exit__(self, *_: object) -> None:
        """There is nothing to close."""

    def search(self, units: Sequence[Unit]) -> list[Searched]:
        for unit in units:
            if "kill" in unit.path:
                os.kill(os.getpid(), signal.SIGKILL)
            if "hang" in unit.path:
                Path(unit.path).write_text(str(os.getpid()))
                time.sleep(60)
        return [Searched(unit, kind=str(os.getpid())) for unit in units]


def killing() -> Searcher:
    """What a pool calls in each of its processes."""
    return _Killing()


def stillborn() -> Searcher:
    """One whose process ends before it is made."""
    os._exit(3)
