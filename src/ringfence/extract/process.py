"""One worker process, seen from its parent: started, given a file, heard out within its time, and ended."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Final

import msgspec

import ringfence
from ringfence.extract import wire
from ringfence.extract.limits import Limits
from ringfence.vocabulary.extracted import Piece

START_TIMEOUT_S: Final = 30.0
# The worker ends its work by itself when its time is up. Where it hangs in a library, it is killed this much later.
GRACE_S: Final = 0.75
_READ_BYTES: Final = 1 << 20
# Names of the dynamic linker, without which some Python builds do not start. Everything else stays behind.
KEPT_ENVIRONMENT: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# -I keeps the working folder and the user's own packages out; where Ringfence was found is then said by hand.
_PROGRAM: Final = (
    "import sys; root = sys.argv.pop(1); root in sys.path or sys.path.insert(0, root); "
    "from ringfence.extract.worker import main; main(sys.argv[1:])"
)


class WorkerGone(Exception):
    """The worker crashed, hung past its time or spoke nonsense. `reason` is a plain sentence with its remedy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Answers:
    """What a worker has said of one file so far. Kept when it is killed."""

    def __init__(self, limits: Limits) -> None:
        self.kind = ""
        self.pieces: list[Piece] = []
        self.reasons: list[str] = []
        self._characters = 0
        self._limits = limits

    def take(self, answer: wire.Answer) -> None:
        match answer:
            case wire.Batch(wheres, texts, contexts, lines):
                self.pieces.extend(map(Piece, wheres, texts, contexts, lines))
                self._count(sum(map(len, texts)))
            case wire.Rows(wheres, contexts, lines, rows):
                for line, row in zip(lines, rows, strict=True):
                    cells = map(Piece, wheres, row, contexts, repeat(line))
                    self.pieces.extend([cell for cell in cells if cell.text] if "" in row else cells)
                self._count(sum(len(cell) for row in rows for cell in row))
            case wire.Reason(reason):
                self.reasons.append(reason)
            case wire.Kind(kind):
                self.kind = kind
            case _:
                raise WorkerGone(BROKEN)

    def _count(self, characters: int) -> None:
        # The worker keeps the bounds itself; one that a file has taken over may not.
        self._characters += characters
        if self._characters > self._limits.max_characters or len(self.pieces) > self._limits.max_pieces:
            raise WorkerGone(BROKEN)


CRASHED: Final = "the reader crashed on this file, and was replaced: the rest was not read. Repair or convert the file"
BROKEN: Final = "the reader spoke nonsense, and was replaced: the rest was not read. Repair or convert the file"
HUNG: Final = (
    "the time of {:g} s was over, and the reader was replaced: the rest was not read. Split the file, or raise "
    "timeout_s"
)


class WorkerProcess:
    """Used by one thread at a time. Raises OSError where no process can be started, WorkerGone where it fails."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = bytearray()
        root = str(Path(ringfence.__file__).parents[1])
        environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and program)
            [sys.executable, "-I", "-c", _PROGRAM, root, msgspec.json.encode(limits).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could quote the file
            bufsize=0,
            cwd="/",
            env=environment | {"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},  # no threads in the sandbox
            close_fds=True,
            start_new_session=True,  # Ctrl-C reaches the parent only
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._jobs, self._answers = self._process.stdin, self._process.stdout
        os.set_blocking(self._jobs.fileno(), False)
        try:
            ready = self._answer(time.monotonic() + START_TIMEOUT_S)
        except BaseException:
            self.end()
            raise
        if not isinstance(ready, wire.Ready):
            self.end()
            raise WorkerGone(BROKEN)
        self.ready = ready
        self.worn = False

    @property
    def pid(self) -> int:
        return self._process.pid

    def run(self, job: wire.Job, take: Callable[[wire.Answer], None]) -> None:
        """Hand the file over and each answer on. Raises WorkerGone where it can't be heard out."""
        deadline_s = time.monotonic() + job.timeout_s + GRACE_S
        try:
            self._give(wire.encode(job), deadline_s)
            while not isinstance(answer := self._answer(deadline_s), wire.Done):
                take(answer)
            self.worn = answer.worn
        except TimeoutError:
            raise WorkerGone(HUNG.format(job.timeout_s)) from None

    def end(self) -> None:
        """Kill it, whatever it does, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._jobs.close()
        self._answers.close()

    def _give(self, frame: bytes, deadline_s: float) -> None:
        view = memoryview(frame)
        descriptor = self._jobs.fileno()
        while view:
            self._wait(descriptor, select.POLLOUT, deadline_s)
            try:
                view = view[os.write(descriptor, view[:_READ_BYTES]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise WorkerGone(CRASHED) from None

    def _answer(self, deadline_s: float) -> wire.Answer:
        size = wire.LENGTH.unpack(self._exactly(wire.LENGTH.size, deadline_s))[0]
        if size > wire.MAX_ANSWER_BYTES:
            raise WorkerGone(BROKEN)
        try:
            answer: wire.Answer = wire.answers.decode(self._exactly(size, deadline_s))
            return answer
        except msgspec.MsgspecError:
            raise WorkerGone(BROKEN) from None

    def _exactly(self, count: int, deadline_s: float) -> bytes:
        held, descriptor = self._held, self._answers.fileno()
        while len(held) < count:
            self._wait(descriptor, select.POLLIN, deadline_s)
            part = os.read(descriptor, _READ_BYTES)
            if not part:
                raise WorkerGone(CRASHED)
            held += part
        taken = bytes(memoryview(held)[:count])
        del held[:count]
        return taken

    def _wait(self, descriptor: int, event: int, deadline_s: float) -> None:
        """Until the pipe is ready. Raises TimeoutError."""
        poll = select.poll()
        poll.register(descriptor, event)
        left_s = deadline_s - time.monotonic()
        if left_s <= 0 or not poll.poll(left_s * 1000):
            raise TimeoutError
