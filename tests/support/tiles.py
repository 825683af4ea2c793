"""The server of tiles in this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ringfence.gateway.tile_server import serve
from support.gateway import free_port


@contextmanager
def served(folder: Path, *, entries: bool = False) -> Iterator[str]:
    """Serves `folder` on a free port of this machine, on a thread; yields the URL."""
    ready, urls = threading.Event(), list[str]()
    loop = asyncio.new_event_loop()

    def told(url: str) -> None:
        urls.append(url)
        ready.set()

    async def run() -> None:
        await serve(folder, "127.0.0.1", free_port(), entries=entries, ready=told)

    task = loop.create_task(run())

    def work() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(10)
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(15)
