"""The few ways in which the ledger touches a disk. Offsets are explicit: nothing depends on a file position."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ringfence.vocabulary.errors import LedgerLocked


def write_all(fd: int, data: bytes, offset: int) -> None:
    """Write all of `data` at `offset` (bytes). Not durable until `os.fdatasync` returns. Raises OSError."""
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, offset)
        view = view[written:]
        offset += written


def read_at(fd: int, length: int, offset: int) -> bytes:
    """Up to `length` bytes from `offset`: fewer only where the file ends."""
    parts = []
    while length > 0:
        part = os.pread(fd, length, offset)
        if not part:
            break
        parts.append(part)
        length -= len(part)
        offset += len(part)
    return b"".join(parts)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable: a new or renamed file can vanish in a power cut until this returns."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, for the owner only, with durable names."""
    if not folder.parent.is_dir():
        make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def replace_file(path: Path, data: bytes, mode: int) -> None:
    """Put a whole file at `path`, durable when this returns. A crash leaves either no file or all of it at `path`,
    and perhaps a `.new` file beside it, which the next call overwrites."""
    new = path.with_name(path.name + ".new")
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.fchmod(fd, mode)
        write_all(fd, data, 0)
        os.fsync(fd)
    finally:
        os.close(fd)
    new.rename(path)
    sync_folder(path.parent)


def lock(fd: int, what: str) -> None:
    """Take the exclusive lock that the kernel drops when this process ends, however it ends. Raises LedgerLocked."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LedgerLocked(f"{what} is in use by another process or another ledger.", where=what) from None
