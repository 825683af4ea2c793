"""The worker process: reads one file after the other, handed over as bytes, and opens nothing.

Started by `process.py`. stdin carries jobs, stdout answers (`wire.py`). It ends when stdin does, so with its parent.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

import msgspec

from ringfence.extract import wire
from ringfence.extract.limits import Limits
from ringfence.extract.output import Enough, Ledger, Out, OutOfTime
from ringfence.extract.preload import preload
from ringfence.extract.reading import read
from ringfence.extract.sandbox import cpu_limiter, shut_in

# A library may swallow the first signal that the time is up; it comes again after this.
_ALARM_AGAIN_S: Final = 0.05
_READ_BYTES: Final = 1 << 20


def main(arguments: list[str]) -> None:
    limits = msgspec.json.decode(arguments[0], type=Limits)
    preload()
    # What is loaded stays for good; what a file makes is freed soon, nearly all of it without the collector's help.
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    jobs, reports = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # what a library prints must not reach the pipe
        os.dup2(nowhere, standard)
    os.close(nowhere)
    alarm = Alarm()
    send = _sender(reports, alarm)
    allow_cpu = cpu_limiter()
    no_network, guards = shut_in(limits.memory_bytes)
    send(wire.Ready(no_network, guards))
    # Linux keeps the highest mark of the process that forked it, also over exec: a large parent's is no sign of wear.
    tired_bytes = max(limits.memory_bytes // 2, _highest_resident_bytes())
    while (job := _next(jobs)) is not None:
        allow_cpu(job.timeout_s)
        worn = _work(job, limits, alarm, send)
        del job  # else it would be held beside the next one
        send(wire.Done(worn or _highest_resident_bytes() > tired_bytes))


class Alarm:
    """Raises OutOfTime in the midst of the reading when its time is up."""

    def __init__(self) -> None:
        self._armed = False
        self.sending = False
        signal.signal(signal.SIGALRM, self._ring)

    def set(self, seconds: float) -> None:
        self._armed = True
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), _ALARM_AGAIN_S)

    def off(self) -> None:
        self._armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, _signal: int, _frame: FrameType | None) -> None:
        # INVARIANT: a frame is sent whole; the alarm comes again.
        if self._armed and not self.sending:
            raise OutOfTime


def _work(job: wire.Job, limits: Limits, alarm: Alarm, send: Callable[[wire.Answer], None]) -> bool:
    """Read the file, and send all that was read whatever happens to it. Is the worker worn by it?"""
    ledger = Ledger(limits, send, read)
    try:
        try:
            alarm.set(job.timeout_s)
            read(job.data, job.name, job.media_type, Out(ledger))
        finally:
            alarm.off()
    except OutOfTime:
        ledger.reason(
            f"the time of {job.timeout_s:g} s was over: the rest was not read. Split the file, or raise timeout_s"
        )
    except Enough:
        pass  # the reason is noted
    ledger.flush()
    return ledger.worn


def _next(jobs: int) -> wire.Job | None:
    head = _exactly(jobs, wire.LENGTH.size)
    if head is None:
        return None
    body = _exactly(jobs, wire.LENGTH.unpack(head)[0])
    return None if body is None else wire.jobs.decode(body)


def _exactly(descriptor: int, count: int) -> bytes | None:
    """So many bytes, or None where the other side is gone."""
    parts, missing = [], count
    while missing:
        part = os.read(descriptor, min(missing, _READ_BYTES))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _sender(reports: int, alarm: Alarm) -> Callable[[wire.Answer], None]:
    def send(answer: wire.Answer) -> None:
        alarm.sending = True
        frame = memoryview(wire.encode(answer))
        while frame:
            frame = frame[os.write(reports, frame) :]
        alarm.sending = False

    return send


def _highest_resident_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
