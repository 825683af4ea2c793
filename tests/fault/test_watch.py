"""The watch over the register fails in a way that nobody thought of: vendors close until it works again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from ringfence.gateway import boot, running
from ringfence.gateway import home as homes
from ringfence.gateway.keys import KeyStore
from ringfence.gateway.running import Running
from ringfence.gateway.state import Watched
from support import home


async def test_what_can_not_be_watched_closes_the_vendors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_REFRESH_S", 0.005)
    home.write(tmp_path, 9)
    found = homes.find(tmp_path)
    logged: list[str] = []
    gateway = Running(found, KeyStore(tmp_path), None, None, logged.append)  # type: ignore[arg-type]
    gateway.watched = Watched(lambda: boot.load_state(found, lambda service: True), [found.register])
    look, broken = gateway.watched._look, [True]

    def failing() -> tuple[tuple[str, int, int, int], ...]:
        if broken:
            raise MemoryError
        return look()

    async def no_record(*_: object) -> None:
        return None

    gateway.changes = SimpleNamespace(look=no_record, exceptions=no_record)  # type: ignore[assignment]
    monkeypatch.setattr(gateway.watched, "_look", failing)
    watching = asyncio.ensure_future(gateway._refresh())
    await asyncio.sleep(0.1)
    covered = gateway.watched.state.register.services[home.COVERED]
    assert not gateway.watched.state.configured(covered)
    assert logged == ["vendors are closed: the files can't be watched (MemoryError)"]
    broken.clear()
    await asyncio.sleep(0.3)
    assert gateway.watched.state.configured(covered)
    assert not watching.done()
    watching.cancel()
