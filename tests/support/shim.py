"""Builds shim.c, and says how a process is started with it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from support.needs import need

CALLS = ("pwrite", "fdatasync", "fsync", "rename", "ftruncate", "unlink")
LOST = ("lost-eio", "lost-enospc")
"""The call is not made, and fails."""
KEPT = ("kept-eio",)
"""The call is made, and fails all the same."""
KILLS = ("kill-before", "kill-after")


def build(folder: Path) -> Path:
    """The shared object, made in `folder`."""
    need(shutil.which("gcc"), "gcc is not installed: nothing can be put between the ledger and its disk")
    made = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    done = subprocess.run(
        ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"],
        capture_output=True,
        text=True,
    )
    need("cannot find -l" not in done.stderr and "No such file" not in done.stderr, f"no C library: {done.stderr}")
    assert done.returncode == 0, done.stderr
    return made


def environment(made: Path, call: str, when: int, fault: str, path: str = "", seconds: int = 0) -> dict[str, str]:
    """What a process needs in its environment for the `when`-th `call` (counted from 1) on a file whose path holds
    `path` to meet `fault`. "hang" sleeps `seconds` at that call and all later ones."""
    return {
        "LD_PRELOAD": str(made),
        "SHIM_CALL": call,
        "SHIM_WHEN": str(when),
        "SHIM_FAULT": fault,
        "SHIM_PATH": path,
        "SHIM_SECONDS": str(seconds),
    }
