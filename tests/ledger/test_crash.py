"""A child process appends under load and is killed at random moments of its start, its recovery and its work, new
segments included; what it was told must be there afterwards, and the log sound after every kill."""

from __future__ import annotations

import asyncio
import os
import posix
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ledger.conftest import Box
from ringfence.ledger.read import entries
from ringfence.vocabulary.record import Phase, Receipt

TIMEOUT_S = 20.0
HANGS_S = 60.0
SETTLES_S = 0.5
THREADS = 2 if "PYTEST_XDIST_WORKER" in os.environ else 1
CLIENTS = 64
KILLS = 40
"""At scale 1; the bar of the issue is 200, which scale 5 reaches."""
KILLS_OF_ONE_LOG = 20
ROLL_BYTES = 60_000
Told = list[tuple[int, str, str]]


def child(box: Any, run: int, told: int) -> None:
    """Append until killed; each acknowledgement goes to the parent as one line, before the client's next append."""
    if run % 2:  # every other run waits for the real disk, so that kills fall into its synchronisation too
        os.fsync, os.fdatasync = posix.fsync, posix.fdatasync

    async def client(ledger: Any, name: str) -> None:
        for turn in range(1_000_000):
            for record in (box.decided(f"{name}-{turn}"), box.ended(f"{name}-{turn}")):
                receipt: Receipt = await ledger.append(record, TIMEOUT_S)
                os.write(told, b"%d %s %s\n" % (receipt.index, record.request_id.encode(), record.phase.encode()))

    async def clients() -> None:
        ledger = box.open(roll_bytes=ROLL_BYTES)
        await asyncio.gather(*(client(ledger, f"{run}-{number}") for number in range(CLIENTS)))

    asyncio.run(clients())


def killed_after(box: Any, run: int, seconds: float, from_birth: bool) -> Told:
    """What the child was told before it was killed, `seconds` after its birth or after its first acknowledgement."""
    reading, writing = os.pipe()
    # A thread of `verify` that is just ending may hold a lock of OpenSSL's, which the child would then wait for.
    deadline = time.monotonic() + SETTLES_S
    while len(os.listdir("/proc/self/task")) > THREADS and time.monotonic() < deadline:
        time.sleep(0.001)
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            child(box, run, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as lines:
        if not from_birth and not select.select([reading], [], [], HANGS_S)[0]:
            where = Path(f"/proc/{pid}/wchan").read_text()
            os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"a child acknowledged nothing for {HANGS_S:g} s; it waits in {where}")
        before = [] if from_birth else [lines.readline()]
        # The pipe holds a few thousand lines; a child that fills it waits there, between two appends, to be killed.
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        whole = [line for line in [*before, *lines] if line.endswith(b"\n")]
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    told = [line.decode().split() for line in whole]
    return [(int(index), request_id, phase) for index, request_id, phase in told]


def check(box: Box, told: Told) -> None:
    """Everything told is there, in its place; every request has ended."""
    box.open().close()
    report = box.verify()
    assert report.ok, report
    assert report.unended == ()
    stored = {each.index: each.fields for each in entries(box.folder)}
    lost = [each for each in told if (stored[each[0]].request_id, stored[each[0]].phase) != each[1:]]
    assert not lost, f"{len(lost)} of {len(told)} acknowledged records are lost"
    assert report.ended == sum(each.phase is Phase.DECIDED for each in stored.values())
    assert len(box.segments()) > 3, "kills fell between segments too"


def test_a_killed_writer_loses_nothing_it_acknowledged(
    tmp_path: Path, scale: int, capsys: pytest.CaptureFixture[str]
) -> None:
    choose = random.Random(7)
    acknowledged = starts = 0
    for log in range(KILLS * scale // KILLS_OF_ONE_LOG):
        box, told = Box(tmp_path / str(log)), []
        box.root.mkdir()
        for run in range(KILLS_OF_ONE_LOG):
            from_birth = run % 4 == 3
            more = killed_after(box, run, choose.random() ** 2 * (0.03 if from_birth else 0.1), from_birth)
            starts += from_birth and not more
            told += more
            assert box.verify().ok, "a kill left a log that its next start must not repair in secret"
        check(box, told)
        acknowledged += len(told)
    kills = KILLS * scale
    with capsys.disabled():
        print(f"\n{kills} kills ({starts} before the first acknowledgement) of {CLIENTS} writers, ", end="")
        print(f"{acknowledged} acknowledged records: 0 lost, 0 inconsistent logs")
    assert acknowledged > 500 * scale
    assert starts > 0


def test_a_process_that_the_gateway_started_holds_no_lock(box: Box) -> None:
    """An engine or a worker may outlive a killed gateway; the next start must not wait for it."""
    ledger = box.open()
    with subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"], stdin=-1, stdout=-1, close_fds=False
    ) as other:
        assert other.stdin and other.stdout
        other.stdout.readline()
        held = [os.readlink(path) for path in Path(f"/proc/{other.pid}/fd").iterdir()]
        ledger.close()
        box.open().close()
        other.stdin.close()
    assert not [path for path in held if path.startswith(str(box.root))]
