"""The background task that keeps the tiles up to date, and never hurts."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from ledger.conftest import Box
from ringfence.gateway import tiling
from ringfence.gateway.tiling import Tiling
from ringfence.ledger.files import lock
from ringfence.ledger.fsck import fsck
from ringfence.ledger.reader import SegmentsReader
from support.gateway import GatewayProcess


@pytest.fixture
def grown(tmp_path: Path) -> Any:
    box = Box(tmp_path)
    ledger = box.open()
    for number in range(5):
        ledger.append_blocking(box.decided(f"r{number}"), 20)
    yield box, ledger
    ledger.close()


def make(box: Box, said: list[str]) -> Tiling:
    return Tiling(lambda: SegmentsReader(box.folder, box.highest_path), box.root / "tiles", said.append)


def size(box: Box) -> int:
    return int((box.root / "tiles/checkpoint").read_bytes().split(b"\n")[1])


def test_rounds_follow_the_log(grown: Any) -> None:
    box, ledger = grown
    said: list[str] = []
    task = make(box, said)
    task.round()
    assert size(box) == 6
    ledger.append_blocking(box.decided("more"), 20)
    task.round()
    assert (size(box), said) == (7, [])


def test_a_failure_is_said_once_and_its_end_too(grown: Any) -> None:
    box, _ = grown
    said: list[str] = []
    task = make(box, said)
    task.round()
    note = (box.root / "tiles/checkpoint").read_bytes()
    (box.root / "tiles/checkpoint").write_bytes(b"x")
    for _ in range(3):
        task.round()
    assert len(said) == 1
    assert "tiles can't be kept up to date" in said[0]
    (box.root / "tiles/checkpoint").write_bytes(note)
    task.round()
    task.round()
    assert said[1:] == ["the ledger's tiles are kept up to date again"]


def test_a_log_that_is_not_there_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    make(Box(tmp_path), said).round()
    assert len(said) == 1


def test_a_command_at_work_is_no_failure(grown: Any) -> None:
    box, _ = grown
    said: list[str] = []
    task = make(box, said)
    task.round()
    with (box.root / "tiles/lock").open() as held:
        lock(held.fileno(), "held")
        task.round()
    assert said == []


async def test_the_task_runs_until_cancelled(grown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    box, _ = grown
    monkeypatch.setattr(tiling, "ROUND_S", 0.01)
    said: list[str] = []
    running = asyncio.create_task(make(box, said).run())
    for _ in range(500):
        await asyncio.sleep(0.01)
        if (box.root / "tiles/checkpoint").exists() and size(box) == 6:
            break
    assert size(box) == 6
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert said == []


async def test_a_long_round_ends_with_the_task(grown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    box, ledger = grown
    for number in range(300):
        ledger.append_blocking(box.decided(f"more-{number}"), 20)
    monkeypatch.setattr(tiling, "ROUND_S", 0.0)
    monkeypatch.setattr(tiling, "_BREATH_S", 0.2)
    said: list[str] = []
    running = asyncio.create_task(make(box, said).run())
    await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0.3)
    assert not (box.root / "tiles/checkpoint").exists()
    assert said == []
    make(box, said).round()
    assert size(box) == 306


def test_a_gateway_keeps_tiles(tmp_path: Path) -> None:
    (tmp_path / "ringfence.toml").write_text('[private]\nengine = "none"\n')
    with GatewayProcess(tmp_path) as running:
        deadline = time.monotonic() + 30
        while not (tmp_path / "ledger-tiles/checkpoint").exists():
            assert time.monotonic() < deadline, running.log.read_text()
            time.sleep(0.1)
    assert "up to date" not in running.log.read_text()
    found = fsck(SegmentsReader(tmp_path / "ledger", tmp_path / "ledger-highest"), tmp_path / "ledger-tiles")
    assert (found.ok, found.wrong) == (True, ())
    assert found.size > 0
