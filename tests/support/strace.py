"""Running a process under strace, and reading what it wrote: which call began and returned when.

https://man7.org/linux/man-pages/man1/strace.1.html
"""

from __future__ import annotations

import ast
import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"(?P<pid>\d+) +\d+\.\d+ (?P<rest>.*)")
_BEGUN = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)")
_RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>(?P<arguments>.*)")
_RESULT = re.compile(r"\) += (?P<result>-?\d+)(?: [^\"]*)?$")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LONGEST = 65536
"""Characters of each string that strace keeps: more than any request of these tests."""


@functools.cache
def works() -> bool:
    """Whether there is an strace, and it may trace: a container may forbid ptrace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-D", "-f", "-o", os.devnull, "true"], capture_output=True).returncode == 0


def command(trace: Path, calls: Iterable[str], *options: str) -> list[str]:
    """What to put before a command. With -D the tracer is the grandchild, so that signals and the exit code are the
    traced process's own."""
    chosen = f"trace={','.join(calls)}"
    return ["strace", "-D", "-f", "-yy", "-ttt", "-s", str(_LONGEST), "-e", chosen, *options, "-o", str(trace)]


@dataclass
class Call:
    """One system call. `began` and `returned` are line numbers, which order all calls of all threads: strace writes a
    call as two lines where another one comes between. `returned` is infinite where it never did."""

    pid: int
    name: str
    arguments: str
    began: float
    returned: float = float("inf")
    result: int | None = None

    @property
    def data(self) -> bytes:
        """The bytes of its buffers, joined."""
        return b"".join(ast.literal_eval(f'b"{text}"') for text in _STRING.findall(self.arguments))


def read(lines: Sequence[str]) -> list[Call]:
    """The calls in the order in which they began."""
    calls: list[Call] = []
    pending: dict[int, Call] = {}
    for number, line in enumerate(lines):
        match = _LINE.match(line)
        if match is None:
            continue
        pid, rest = int(match["pid"]), match["rest"]
        if resumed := _RESUMED.match(rest):
            call = pending.pop(pid, None)
            if call is not None:
                call.arguments += resumed["arguments"]
                _end(call, number)
        elif begun := _BEGUN.match(rest):
            call = Call(pid, begun["name"], begun["arguments"].removesuffix(" <unfinished ...>"), number)
            calls.append(call)
            if rest.endswith("<unfinished ...>"):
                pending[pid] = call
            else:
                _end(call, number)
    return calls


def _end(call: Call, number: int) -> None:
    result = _RESULT.search(call.arguments)
    call.returned = number
    call.result = int(result["result"]) if result else None
