"""Paths -> the files to search, without following links, and what was passed over with the reason why."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import msgspec

from ringfence.scanning import files
from ringfence.scanning.files import Unreadable
from ringfence.scanning.plain import HEAD_BYTES, is_plain, is_text
from ringfence.scanning.results import Passed, Unit

PART_BYTES = 2 << 20
"""A plain text of more than four of these is searched in parts, on all cores."""
LARGEST_BYTES = 64 << 20
"""What the readers of formats take (`extract.Limits.max_bytes`); larger files are read as plain text, or not at all."""


class Choice(msgspec.Struct, frozen=True):
    """Which files. `exclude`: globs, on a file's or folder's name or, with a slash, on its path from the start of the
    walk. `max_bytes`: larger files are passed over; 0 for no bound."""

    exclude: tuple[str, ...] = ()
    max_bytes: int = 0


def units(paths: Sequence[str], choice: Choice) -> Iterator[Unit | Passed]:
    """Every file under `paths`, folders in the order of their names, each file once."""
    seen: set[tuple[int, int]] = set()
    for path in _outermost(paths):
        try:
            stated = os.stat(path)  # noqa: PTH116 - a path named by hand may be a link
        except OSError as error:
            yield Passed(path, _said(error))
            continue
        if stat.S_ISDIR(stated.st_mode):
            yield from _folder(path, choice, seen)
        elif stat.S_ISREG(stated.st_mode):
            yield from _file(path, stated, choice, seen)
        else:
            yield Passed(path, f"{_special(stated.st_mode)}, no file")


def _outermost(paths: Sequence[str]) -> list[str]:
    """Without those that lie within another one, and each once. What is not there stays, to be told."""
    whole = {os.path.realpath(path): path for path in reversed(paths)}
    return [
        path
        for real, path in reversed(whole.items())
        if not os.path.lexists(path) or not any(parent in whole for parent in _parents(real))
    ]


def _parents(path: str) -> Iterator[str]:
    return map(str, PurePath(path).parents)


def _folder(top: str, choice: Choice, seen: set[tuple[int, int]]) -> Iterator[Unit | Passed]:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Passed(folder, _said(error))
            continue
        below = []
        for entry in found:
            if _excluded(entry.path, top, choice):
                yield Passed(entry.path, "excluded", left_out=True)
                continue
            try:
                stated = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield Passed(entry.path, _said(error))
                continue
            if stat.S_ISLNK(stated.st_mode):
                yield Passed(entry.path, "a link, which is not followed", left_out=True)
            elif stat.S_ISDIR(stated.st_mode):
                below.append(entry.path)
            else:
                yield from _file(entry.path, stated, choice, seen)
        waiting.extend(reversed(below))


def _excluded(path: str, top: str, choice: Choice) -> bool:
    inside = os.path.relpath(path, top)
    name = PurePath(path).name
    return any(fnmatch.fnmatchcase(inside if "/" in glob else name, glob) for glob in choice.exclude)


def _file(path: str, stated: os.stat_result, choice: Choice, seen: set[tuple[int, int]]) -> Iterator[Unit | Passed]:
    size = stated.st_size
    if not stat.S_ISREG(stated.st_mode):
        yield Passed(path, f"{_special(stated.st_mode)}, no file", left_out=True)
    elif (stated.st_dev, stated.st_ino) in seen:
        yield Passed(path, "the same file as one before, by another name", left_out=True)
    elif choice.max_bytes and size > choice.max_bytes:
        yield Passed(path, f"larger than --max-size ({size:,} bytes)", left_out=True)
    else:
        if stated.st_nlink > 1:
            seen.add((stated.st_dev, stated.st_ino))
        yield from _parts(path, size)


def _parts(path: str, size: int) -> Iterator[Unit | Passed]:
    """The file as a whole, or a long plain text in parts."""
    if size <= 4 * PART_BYTES:
        yield Unit(path, size)
        return
    try:
        head = files.read(path, 0, HEAD_BYTES)
    except Unreadable as error:
        yield Passed(path, error.why)
        return
    if is_plain(head, path) or (size > LARGEST_BYTES and is_text(head)):
        for start in range(0, size, PART_BYTES):
            yield Unit(path, size, start, min(start + PART_BYTES, size))
    elif size > LARGEST_BYTES:
        yield Passed(path, f"larger than {LARGEST_BYTES >> 20} MiB, and no plain text")
    else:
        yield Unit(path, size)


def _special(mode: int) -> str:
    kinds = (
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((says for is_, says in kinds if is_(mode)), "something special")


def _said(error: OSError) -> str:
    return (error.strerror or "can't be read").lower()
