"""The content vault: a sample of requests as received, sealed to a reviewer's key. The gateway can't read them back.

`<folder>/<day>/<index, 20 digits>.sealed`. A file is written whole or not at all, and deleted when its days are over.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ringfence.sidecar.people import Opener
from ringfence.sidecar.sealing import OVERHEAD_BYTES, seal, unseal
from ringfence.vocabulary.errors import SidecarError

MAX_BODY_BYTES = 1 << 20
"""A longer request is not kept: it was drawn, and its record says that it was too long."""

MAX_FOLDER_BYTES = 2 << 30
"""Of all that is kept. Above it nothing is added until something expires."""

_COUNT_AGAIN = timedelta(minutes=10)

_MAGIC = b"RNGFCONT\x00\x00\x00\x01"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FILE = re.compile(r"(\d{20})\.sealed")
_FILE_OR_PART = re.compile(r"(\d{20})\.(?:sealed|part)")
"""A crash of the gateway leaves a part, which may be all of a request."""


class Kept(msgspec.Struct, frozen=True):
    """One request as it came, and what else its classification rested on: the interface, its own headers, and what the
    key and the client's headers declared."""

    endpoint: str
    headers: tuple[tuple[str, str], ...]
    handles: tuple[str, ...]
    sources: tuple[str, ...]
    labels: tuple[str, ...]
    body: bytes


class Full(Exception):
    """Nothing more may be kept until something expires."""


class ContentWriter:
    """Adds requests. One thread uses it. `now` gives the time in UTC."""

    def __init__(
        self,
        folder: Path,
        reviewer: Opener,
        *,
        now: Callable[[], datetime],
        max_folder_bytes: int = MAX_FOLDER_BYTES,
    ) -> None:
        self._folder, self._reviewer, self._now = folder, reviewer, now
        self._max_folder_bytes = max_folder_bytes
        self._used = self._there()
        self._counted = now()

    def write(self, index: int, kept: Kept) -> None:
        """Raises OSError or Full: then it is not kept."""
        data = _MAGIC + seal(self._reviewer.public_key, _purpose(index), msgspec.msgpack.encode(kept))
        if self._used + len(data) > self._max_folder_bytes and not self._fits_by_now(len(data)):
            raise Full
        folder = self._folder / str(self._now().astimezone(UTC).date())
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{index:020d}.sealed"
        part = path.with_suffix(".part")
        try:
            with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)  # or a full disk would fill with what is left of each
            raise
        self._used += len(data)

    def freed(self, count_bytes: int) -> None:
        """So much was deleted."""
        self._used = max(0, self._used - count_bytes)

    def _fits_by_now(self, count_bytes: int) -> bool:
        """Others delete, too: a command that forgets. Counted anew only now and then."""
        if self._now() - self._counted >= _COUNT_AGAIN:
            self._used, self._counted = self._there(), self._now()
        return self._used + count_bytes <= self._max_folder_bytes

    def _there(self) -> int:
        found = 0
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                found += path.stat().st_size
        return found


class Contents:
    """What is kept in a folder, for whoever opens, erases or expires it; beside a gateway that adds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def indexes(self) -> list[int]:
        """The records whose request is kept, in order."""
        return sorted(index for index, _ in self._files())

    def open(self, index: int, reviewer: X25519PrivateKey) -> Kept:
        """One request. Raises SidecarError: it is not there, was changed, or is sealed to another key."""
        path = next((path for each, path in self._files() if each == index), None)
        if path is None:
            raise SidecarError(f"The request of record {index} is not kept.", remedy="It expired or was never drawn.")
        data = path.read_bytes()
        if not data.startswith(_MAGIC) or len(data) < len(_MAGIC) + OVERHEAD_BYTES:
            raise SidecarError(
                f"{path} is no sealed request: it was cut or changed.",
                where=str(path),
                remedy="Restore it from a copy.",
            )
        raw = unseal(reviewer, _purpose(index), data[len(_MAGIC) :], str(path))
        try:
            return msgspec.msgpack.decode(raw, type=Kept)
        except msgspec.MsgspecError as error:
            raise SidecarError(f"{path} holds something else.", where=str(path), remedy="Report it.") from error

    def erase(self, indexes: Collection[int]) -> int:
        """Deletes what is kept of these records, and returns how many there were. A crash leaves some: erase again."""
        wanted, count = frozenset(indexes), 0
        for index, path in self._files(_FILE_OR_PART):
            if index in wanted:
                _overwrite(path)
                path.unlink(missing_ok=True)
                count += path.suffix == ".sealed"
        return count

    def purge(self, today: date, days: int, held: Callable[[Collection[int]], Collection[int]]) -> int:
        """Deletes what was kept more than `days` ago, and returns how many bytes that were. `held` gives those of some
        records that a legal hold keeps."""
        freed = 0
        for folder in sorted(self._folder.glob("*")):
            if not _DAY.fullmatch(folder.name) or date.fromisoformat(folder.name) >= today - timedelta(days=days):
                continue
            files = {int(named[1]): path for path in folder.iterdir() if (named := _FILE.fullmatch(path.name))}
            stays = {files[index] for index in held(files.keys())}
            for path in list(folder.iterdir()):
                if path not in stays:
                    freed += path.stat().st_size
                    path.unlink(missing_ok=True)
            if not stays:
                folder.rmdir()
        return freed

    def _files(self, kind: re.Pattern[str] = _FILE) -> Iterator[tuple[int, Path]]:
        for path in sorted(self._folder.glob("*/*")):
            if named := kind.fullmatch(path.name):
                yield int(named[1]), path


def _overwrite(path: Path) -> None:
    """Before a file goes: its name may outlive it in a copy of the folder, and its blocks in the disk."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, bytes(os.fstat(descriptor).st_size), 0)
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def _purpose(index: int) -> bytes:
    return f"ringfence content 1 {index}".encode()
