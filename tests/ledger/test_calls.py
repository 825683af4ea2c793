"""Every write, synchronisation, rename and truncation of a ledger's life fails in turn, in a process of its own: not
done and failed, done and failed, cut short, and the process killed before and after it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.conftest import Box
from ringfence.ledger.checkpoint import read_note
from ringfence.ledger.read import entries
from ringfence.ledger.reader import SegmentsReader
from support import session, shim, strace
from support.needs import need

SCRIPT = session.__file__ or ""
Live = Callable[..., tuple[int, int, list[str]]]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Lives once in a folder with the N-th call of a kind failing; (exit code, calls seen, lines said)."""
    made = shim.build(tmp_path_factory.mktemp("shim"))
    command, environment = (
        [sys.executable, SCRIPT, "--many"],
        {**os.environ, **shim.environment(made, "any", 0, "none")},
    )
    with subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdin and process.stdout

        def once(folder: Path, run: str, call: str = "any", when: int = 0, fault: str = "none") -> Any:
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps([str(folder), run, call, when, fault]) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield once
        process.stdin.close()


def acknowledged(lines: list[str]) -> list[tuple[int, str, str]]:
    told = [line.split() for line in lines if line[0].isdigit()]
    return [(int(index), request_id, phase) for index, request_id, phase in told]


def check(box: Box, told: list[tuple[int, str, str]], where: str) -> None:
    """Nothing acknowledged is lost or moved, or above the highest checkpoint, and the log is sound, before the next
    start and after it."""
    if told:
        note = SegmentsReader(box.folder, box.highest_path).checkpoint()
        assert read_note(note).checkpoint.size > max(index for index, _, _ in told), where
        report = box.verify()
        assert report.ok, (where, report)
    box.open(roll_bytes=session.ROLL_BYTES).close()
    report = box.verify()
    assert report.ok, (where, report)
    assert report.unended == ()
    stored = {entry.index: entry.fields for entry in entries(box.folder)}
    for index, request_id, phase in told:
        assert (stored[index].request_id, stored[index].phase) == (request_id, phase), where


def prepared(root: Path, live: Live, used: bool) -> tuple[Box, list[tuple[int, str, str]]]:
    root.mkdir(parents=True)
    return Box(root), acknowledged(live(root, "old")[2]) if used else []


@pytest.mark.parametrize("used", [False, True], ids=["new", "used"])
@pytest.mark.parametrize("fault", [*shim.LOST, *shim.KEPT, *shim.KILLS, "short"])
def test_a_fault_at_every_call_loses_nothing(
    live: Live, tmp_path: Path, fault: str, used: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    points = 0
    for call in ("pwrite",) if fault == "short" else shim.CALLS:
        box, _ = prepared(tmp_path / f"count-{call}", live, used)
        calls = live(box.root, "first", call)[1]
        for when in range(1, calls + 1):
            box, told = prepared(tmp_path / f"{call}-{when}", live, used)
            code, _, said = live(box.root, "first", call, when, fault)
            where = f"{fault} at {call} {when}"
            if fault in shim.KILLS:
                assert code == -signal.SIGKILL, where
            else:
                assert code == 0, (where, said)
                assert said[-1] == ("closed" if fault == "short" else "refused LedgerUnavailable"), (where, said)
            check(box, told + acknowledged(said), where)
            points += 1
    assert points > (10 if fault == "short" else 40)
    with capsys.disabled():
        print(f"\n{fault}, {'used' if used else 'new'} ledger: {points} calls failed one by one, nothing lost")


STRACE_FAULTS = ("error=EIO", "error=ENOSPC", "signal=KILL")
STRACE_CALLS = ("pwrite64", "fdatasync", "fsync", "rename", "ftruncate")


def traced(root: Path, call: str, inject: str) -> tuple[int, list[str]]:
    """One life under strace, which makes a call fail in the kernel instead of making it. Its `when` counts each
    thread's own calls: the start is the main thread's, the appends and the stop are the writer's."""
    before = strace.command(root.parent / f"{root.name}.trace", [call], "-e", f"inject={call}:{inject}")
    done = subprocess.run(
        [*before, sys.executable, SCRIPT, str(root), "first"], capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout.splitlines()


def test_a_call_that_the_kernel_fails_or_kills_loses_nothing(
    tmp_path: Path, scale: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same without the shim, so that both say it. Scale 1 takes each call and fault at a few places, 5 at all."""
    need(strace.works(), "strace is not installed, or may not trace")
    points = 0
    for call in STRACE_CALLS:
        for fault in STRACE_FAULTS:
            for when in range(1, 100) if scale >= 5 else (2, 7):
                box = Box(tmp_path / f"{call}-{fault}-{when}")
                box.root.mkdir()
                code, said = traced(box.root, call, f"{fault}:when={when}")
                if said and said[-1] == "closed":
                    break  # no thread has so many
                where = f"{fault} at {call} {when}"
                if fault == "signal=KILL":
                    assert code == -signal.SIGKILL, where
                else:
                    assert said[-1] == "refused LedgerUnavailable", (where, said)
                check(box, acknowledged(said), where)
                points += 1
    assert points >= 15
    with capsys.disabled():
        print(f"\nstrace: {points} calls failed one by one, nothing lost")
