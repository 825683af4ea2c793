"""A filter in the kernel that refuses system calls a reader of bytes does not need, whichever code makes them."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from typing import Final

# https://man7.org/linux/man-pages/man2/prctl.2.html
PR_SET_SECCOMP: Final = 22
SECCOMP_MODE_FILTER: Final = 2
# https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
RET_ALLOW: Final = 0x7FFF0000
RET_ERRNO: Final = 0x00050000
RET_KILL_PROCESS: Final = 0x80000000
# struct seccomp_data: nr at 0, arch at 4
NR_AT: Final = 0
ARCH_AT: Final = 4
# https://www.kernel.org/doc/Documentation/networking/filter.txt: load a word, jump if equal or greater, return
LOAD: Final = 0x20
JUMP_EQUAL: Final = 0x15
JUMP_GREATER_OR_EQUAL: Final = 0x35
RETURN: Final = 0x06
# x86-64 with this bit is the x32 ABI: the same calls under other numbers
X32_BIT: Final = 0x40000000

# By machine: its AUDIT_ARCH value, and the numbers of the calls refused. Files are opened, made, renamed, linked and
# removed, sockets made, processes and programs started, others traced or signalled, namespaces and mounts changed.
# https://github.com/torvalds/linux/blob/v6.12/arch/x86/entry/syscalls/syscall_64.tbl
_X86_64: Final = (
    2, 21, 41, 42, 49, 53, 56, 57, 58, 59, 62, 76, 82, 83, 84, 85, 86, 87, 88, 90, 92, 94, 101, 133, 155, 161, 165, 166,
    175, 200, 234, 246, 248, 250, 257, 258, 259, 260, 263, 264, 265, 266, 268, 272, 288, 298, 304, 308, 310, 311, 313,
    316, 319, 321, 322, 323, 424, 425, 426, 427, 428, 434, 435, 437, 438,
)  # fmt: skip
# https://github.com/torvalds/linux/blob/v6.12/include/uapi/asm-generic/unistd.h
_AARCH64: Final = (
    33, 34, 35, 36, 37, 38, 39, 40, 41, 45, 51, 53, 54, 56, 97, 104, 105, 117, 129, 130, 131, 198, 199, 200, 203, 217,
    219, 220, 221, 241, 242, 265, 268, 270, 271, 273, 276, 279, 280, 281, 282, 424, 425, 426, 427, 428, 434, 435, 437,
    438,
)  # fmt: skip
_MACHINES: Final = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}


class _Program(ctypes.Structure):
    """struct sock_fprog: a count of instructions, and where they stand."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def refuse_system_calls() -> str:
    """From now on the calls above fail with EPERM in this thread and all that it starts. What protects, or ""."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return ""
    code = filter_for(platform.machine())
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if ctypes.CDLL(None).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        return ""
    return "a kernel filter (seccomp) that refuses to open files, sockets and processes"


def filter_for(machine: str) -> bytes:
    """The BPF program, eight bytes for each instruction."""
    architecture, refused = _MACHINES[machine]
    steps = [
        _step(LOAD, ARCH_AT),
        _step(JUMP_EQUAL, architecture, 1, 0),
        _step(RETURN, RET_KILL_PROCESS),
        _step(LOAD, NR_AT),
    ]
    if machine == "x86_64":
        steps += [_step(JUMP_GREATER_OR_EQUAL, X32_BIT, 0, 1), _step(RETURN, RET_KILL_PROCESS)]
    for number in refused:
        steps += [_step(JUMP_EQUAL, number, 0, 1), _step(RETURN, RET_ERRNO | errno.EPERM)]
    return b"".join([*steps, _step(RETURN, RET_ALLOW)])


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
