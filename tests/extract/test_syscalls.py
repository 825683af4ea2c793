"""The kernel filter, run here instruction by instruction: what it says to each call."""

from __future__ import annotations

import errno
import struct

import pytest

from ringfence.extract.syscalls import filter_for

ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# By hand from the man pages of each call, not from the filter's own table.
REFUSED = {
    "x86_64": {
        "open": 2, "socket": 41, "connect": 42, "bind": 49, "clone": 56, "fork": 57, "vfork": 58, "execve": 59,
        "kill": 62, "rename": 82, "creat": 85, "unlink": 87, "ptrace": 101, "mount": 165, "openat": 257, "unshare": 272,
        "setns": 308, "execveat": 322, "io_uring_setup": 425, "clone3": 435, "openat2": 437,
    },
    "aarch64": {
        "openat": 56, "unlinkat": 35, "mount": 40, "kill": 129, "socket": 198, "connect": 203, "clone": 220,
        "execve": 221, "ptrace": 117, "unshare": 97, "setns": 268, "execveat": 281, "io_uring_setup": 425,
        "clone3": 435, "openat2": 437,
    },
}  # fmt: skip
NEEDED = {
    "x86_64": {
        "read": 0,
        "write": 1,
        "mmap": 9,
        "munmap": 11,
        "brk": 12,
        "rt_sigreturn": 15,
        "futex": 202,
        "exit": 231,
    },
    "aarch64": {"read": 63, "write": 64, "mmap": 222, "munmap": 215, "brk": 214, "rt_sigreturn": 139, "exit": 94},
}


def verdict(machine: str, architecture: int, number: int) -> int:
    steps = list(struct.iter_unpack("=HBBI", filter_for(machine)))
    at, held = 0, 0
    while True:
        code, if_true, if_false, value = steps[at]
        at += 1
        match code:
            case 0x20:
                held = {0: number, 4: architecture}[value]
            case 0x15:
                at += if_true if held == value else if_false
            case 0x35:
                at += if_true if held >= value else if_false
            case 0x06:
                return int(value)
            case _:
                pytest.fail(f"an instruction of no use here: {code:#x}")


@pytest.mark.parametrize("machine", ARCH)
def test_each_call_that_opens_starts_or_sends_is_refused(machine: str) -> None:
    for name, number in REFUSED[machine].items():
        assert verdict(machine, ARCH[machine], number) == REFUSE, name
    for name, number in NEEDED[machine].items():
        assert verdict(machine, ARCH[machine], number) == ALLOW, name


def test_the_same_calls_under_other_numbers_end_the_process() -> None:
    assert verdict("x86_64", 0x40000003, 5) == KILL  # 32-bit open
    assert verdict("x86_64", ARCH["x86_64"], 0x40000000 | 2) == KILL  # x32 open
    assert verdict("aarch64", ARCH["x86_64"], 2) == KILL
