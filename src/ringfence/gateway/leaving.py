"""Whether the client of a request goes away while the gateway waits for something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class ClientLeft(Exception):
    """The client closed its connection."""


class Leaving:
    """Watches one client, from the first time that somebody asks. `left` returns when the client has gone away."""

    def __init__(self, left: Callable[[], Awaitable[None]]) -> None:
        self._left = left
        self._watch: asyncio.Future[None] | None = None

    @property
    def gone(self) -> asyncio.Future[None]:
        if self._watch is None:
            self._watch = asyncio.ensure_future(self._left())
        return self._watch

    async def outlasts(self, work: asyncio.Future[Any], timeout_s: float) -> None:
        """Waits for `work`, at most `timeout_s`. Raises ClientLeft where the client is gone before."""
        await asyncio.wait((work, self.gone), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if not work.done() and self.gone.done():
            raise ClientLeft

    def close(self) -> None:
        """The client need not be watched any longer."""
        if self._watch is not None:
            self._watch.cancel()
