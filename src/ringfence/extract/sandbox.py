"""The worker shuts itself in: no network, no new files, no processes, bounded memory. Linux gives all of it; elsewhere
what can be had is had, and `shut_in` says which.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ringfence.extract.syscalls import refuse_system_calls

# https://man7.org/linux/man-pages/man2/unshare.2.html
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000
# https://man7.org/linux/man-pages/man2/prctl.2.html
PR_SET_NO_NEW_PRIVS: Final = 38
PR_SET_DUMPABLE: Final = 4
# https://man7.org/linux/man-pages/man2/capget.2.html
CAPABILITY_VERSION_3: Final = 0x20080522

# The three standard ones, the two pipes, and a few for what the interpreter holds open.
_MAX_OPEN_FILES: Final = 16

# https://docs.python.org/3/library/audit_events.html: files, sockets, processes, libraries, signals to others.
FORBIDDEN: Final = (
    "open", "socket.", "subprocess.", "os.", "shutil.", "glob.", "pathlib.", "tempfile.", "sqlite3.", "urllib.",
    "http.", "ftplib.", "smtplib.", "ctypes.dlopen", "fcntl.", "mmap.", "pty.", "signal.pthread_kill", "resource.",
)  # fmt: skip


def shut_in(memory_bytes: int) -> tuple[bool, list[str]]:
    """Give up all that reading a file does not need. (Is it cut off from the network?, what protects.)

    To be called once, in a process of one thread, after every module that will be needed is loaded.
    """
    guards = []
    isolated, how = leave_network()
    if isolated:
        guards.append(how)
    if _give_up_privileges():
        guards.append("no new privileges, no capabilities")
    _limit(memory_bytes)
    guards.append(f"{memory_bytes >> 20} MiB of memory, no file can grow, no core file")
    refused = refuse_system_calls()
    if refused:
        guards.append(refused)
    sys.addaudithook(_refuse)
    guards.append("an audit hook that refuses files, sockets and processes to Python code")
    return isolated or bool(refused), guards if isolated else [*guards, how]


def leave_network() -> tuple[bool, str]:
    """Move this process into a network namespace of its own, with no interface that is up. (Done?, how or why not.)

    As an unprivileged user this needs a user namespace as well.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare"):
        return False, "no network namespace: this system has none"
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        how = "a network namespace of its own, by way of a user namespace"
        _map_user(uid, gid)
    elif libc.unshare(CLONE_NEWNET) == 0:  # root, where user namespaces are switched off
        how = "a network namespace of its own"
    else:
        return False, f"no network namespace: {os.strerror(ctypes.get_errno()).lower()}"
    if _interfaces() != ["lo"]:
        return False, "no network namespace: the new one has interfaces"
    return True, how


def _give_up_privileges() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "prctl"):
        return False
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    done = (
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0),
        libc.capset(header, (ctypes.c_uint32 * 6)()),
    )
    return done == (0, 0, 0)


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the file's text
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MAX_OPEN_FILES, _MAX_OPEN_FILES))
    with contextlib.suppress(ValueError, OSError):  # macOS knows no RLIMIT_AS that holds
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def cpu_limiter() -> Callable[[float], None]:
    """A function that gives this process so many seconds more of processor time, after which the system ends it.

    It is the guard of last resort: the parent's clock is the first, but a parent may be killed.
    """
    setrlimit, getrusage = resource.setrlimit, resource.getrusage

    def allow(seconds: float) -> None:
        usage = getrusage(resource.RUSAGE_SELF)
        until_s = int(usage.ru_utime + usage.ru_stime + seconds) + 2
        setrlimit(resource.RLIMIT_CPU, (until_s, resource.RLIM_INFINITY))

    return allow


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    # The worker's own raising of its processor time is the one use of `resource` that stays.
    if event.startswith(FORBIDDEN) and not (event == "resource.setrlimit" and arguments[0] == resource.RLIMIT_CPU):
        raise PermissionError("the extraction worker opens no file, socket or process")


def _map_user(uid: int, gid: int) -> None:
    """Stay the same user inside. Ubuntu's AppArmor rule may refuse: the process then works on as the overflow user."""
    with contextlib.suppress(OSError):
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", "ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", "ascii")


def _interfaces() -> list[str]:
    lines = Path("/proc/self/net/dev").read_text("ascii").splitlines()
    return sorted(line.split(":")[0].strip() for line in lines[2:])
