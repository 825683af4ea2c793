"""Processes that search: all units answered once, a file that kills costs only itself, and an end at once."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest

from ringfence.scanning import pool
from ringfence.scanning.pool import batches, search
from ringfence.scanning.results import Unit
from ringfence.vocabulary.errors import InternalError
from support.killing import killing, stillborn


def units(*names: str) -> list[Unit]:
    return [Unit(name, 1) for name in names]


def test_batches_are_bounded_by_bytes_and_by_count():
    assert [len(batch) for batch in batches([Unit("a", 1)] * 150)] == [64, 64, 22]
    assert [len(batch) for batch in batches([Unit("a", 400_000)] * 7)] == [3, 3, 1]
    assert list(batches([])) == []


def test_one_worker_searches_here():
    assert {result.kind for result in search(killing, units("a", "b"), 1)} == {str(os.getpid())}


def test_one_batch_is_searched_here():
    assert {result.kind for result in search(killing, units("a", "b"), 2)} == {str(os.getpid())}


def test_all_units_are_answered_once_by_several_processes():
    names = [f"f{number}" for number in range(300)]
    results = list(search(killing, units(*names), 2))
    assert sorted(result.unit.path for result in results) == sorted(names)
    assert str(os.getpid()) not in {result.kind for result in results}


def test_a_file_that_kills_costs_only_itself(monkeypatch):
    monkeypatch.setattr(pool, "BATCH_UNITS", 4)
    names = [f"f{number}" for number in range(17)]
    names[5] = "kill"
    results = {result.unit.path: result.reasons for result in search(killing, units(*names), 2)}
    assert sorted(results) == sorted(names)
    assert results.pop("kill") == ("the process that searched it ended: it may need more memory than there is",)
    assert set(results.values()) == {()}


def test_processes_that_never_start_are_an_error(monkeypatch):
    monkeypatch.setattr(pool, "_MOST_DEATHS", 1)
    with pytest.raises(InternalError, match="end at once") as caught:
        list(search(stillborn, [Unit("a", 1 << 20)] * 3, 2))
    assert "--workers 1" in caught.value.remedy


def test_closing_ends_the_processes_at_once(tmp_path: Path):
    names = [str(tmp_path / "hang1"), str(tmp_path / "hang2")]
    found = search(killing, [Unit("a", 1 << 20), *(Unit(name, 1 << 20) for name in names)], 2)
    with contextlib.closing(found):
        assert next(found).unit.path == "a"
        deadline = time.monotonic() + 20
        while not (pids := [int(text) for name in names if Path(name).exists() and (text := Path(name).read_text())]):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        started = time.monotonic()
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() - started < 10
        time.sleep(0.02)
