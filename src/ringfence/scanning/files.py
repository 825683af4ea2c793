"""Reads files of unknown origin: regular ones only, as bytes, never waiting for one."""

from __future__ import annotations

import os
import stat


class Unreadable(Exception):
    """A file that was not read; `why` says why, without its name or content."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read(path: str, start: int = 0, end: int | None = None) -> bytes:
    """The bytes [start, end) of a regular file. Raises Unreadable.

    A FIFO or device would block or have effects; which it is can change after it was listed, so the open file is asked.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Unreadable("no regular file any more")
            return _read(descriptor, start, end)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unreadable((error.strerror or "can't be read").lower()) from None


def _read(descriptor: int, start: int, end: int | None) -> bytes:
    parts = []
    while end is None or start < end:
        part = os.pread(descriptor, 1 << 22 if end is None else min(1 << 22, end - start), start)
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)
