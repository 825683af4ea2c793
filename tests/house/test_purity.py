"""vocabulary, dialects, classify, policy and masking (its vault aside) touch nothing outside: no file, socket or clock.

Their work runs in a process of its own, under an audit hook, which can't be taken off again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("pure_work.py")


def run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, PROGRAM, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_whole_request_in_the_pure_rooms_touches_nothing() -> None:
    assert run() == ""


def test_a_clock_and_a_file_would_be_seen() -> None:
    assert [line.split(" ")[0] for line in run("--break").splitlines()] == ["time.time", "open"]
