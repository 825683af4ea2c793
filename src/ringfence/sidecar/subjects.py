"""Whose data was in a request: identifiers by record, sealed so that only two custodians together read them.

`<folder>/<day>-<epoch>.sub`, a new one for each start and each day. A file is only added to; erasing an entry (frames)
overwrites it in place, beside a running gateway too. A crash leaves part of an entry at the end of a file to which
nobody adds any more. What can't be read is named, and is never taken for "nobody".
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ringfence.sidecar.epoch import begin, decode_head, encode_head, entry_purpose, open_epoch
from ringfence.sidecar.frames import Frame, Lost, encode, scan
from ringfence.sidecar.people import Opener
from ringfence.sidecar.sealing import seal, unseal
from ringfence.vocabulary.errors import SidecarError

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-([0-9a-f]{16})\.sub")


class Identifier(msgspec.Struct, frozen=True, order=True):
    """One identifier as it stood in a request: its kind (vocabulary/entities.py) and the text."""

    entity: str
    value: str


class Named(msgspec.Struct, frozen=True):
    """The identifiers of one request. `left_out`: how many more there were than an entry holds."""

    identifiers: tuple[Identifier, ...]
    left_out: int = 0


class Opened(msgspec.Struct, frozen=True):
    """What two custodians read: the entries by record's index, and what can't be read, one sentence each."""

    entries: dict[int, Named]
    problems: tuple[str, ...]


class SubjectWriter:
    """Adds entries. One thread uses it. `new_key` makes an epoch's key, `now` gives the time in UTC."""

    def __init__(
        self,
        folder: Path,
        custodians: Sequence[Opener],
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        new_key: Callable[[], X25519PrivateKey] = X25519PrivateKey.generate,
    ) -> None:
        self._folder, self._custodians = folder, tuple(custodians)
        self._now, self._random_bytes, self._new_key = now, random_bytes, new_key
        self._fd = -1
        self._day: date | None = None
        self._epoch, self._public_key = "", b""

    def write(self, entries: Sequence[tuple[int, Named]]) -> None:
        """Makes entries durable. Raises OSError: then none of them counts as kept, and the next call begins a new
        file, because nobody knows how this one ends."""
        try:
            if self._fd < 0 or self._now().date() != self._day:
                self._begin()
            data = b"".join(encode(index, self._sealed(index, named)) for index, named in entries)
            written = os.write(self._fd, data)
            if written != len(data):
                raise OSError(f"{written} of {len(data)} bytes were written")
            os.fdatasync(self._fd)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1

    def _sealed(self, index: int, named: Named) -> bytes:
        return seal(self._public_key, entry_purpose(self._epoch, index), msgspec.json.encode(named))

    def _begin(self) -> None:
        self.close()
        now = self._now().astimezone(UTC)
        self._epoch = self._random_bytes(8).hex()
        began = now.isoformat(timespec="seconds")
        epoch, self._public_key = begin(self._epoch, began, self._custodians, self._new_key)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{now.date()}-{self._epoch}.sub"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._fd, self._day = os.open(path, flags, 0o600), now.date()
        head = encode_head(epoch)
        try:
            if os.write(self._fd, head) != len(head):
                raise OSError("the head was not written whole")
            os.fdatasync(self._fd)
            _sync_folder(self._folder)
        except OSError:
            path.unlink(missing_ok=True)  # or a full disk would fill with beginnings, each a problem for years
            raise


class Subjects:
    """The entries in a folder, for whoever opens, erases or expires them; beside a gateway that adds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def indexes(self) -> set[int]:
        """The records that have an entry which can be followed and was not erased. Needs no key."""
        return {
            frame.index
            for path in self._paths()
            for frame in self._frames(path)
            if isinstance(frame, Frame) and not frame.erased and not frame.problem
        }

    def problems(self) -> tuple[str, ...]:
        """What can't be read, whatever the keys: file, offset and why."""
        return tuple(_says(path, found) for path in self._paths() for found in self._frames(path) if _says(path, found))

    def open(self, first: X25519PrivateKey, second: X25519PrivateKey) -> Opened:
        """All entries. A file that does not open is a problem, not an error: custodians change over the years.

        Raises SidecarError where there are files and not one of them opens.
        """
        entries: dict[int, Named] = {}
        problems: list[str] = []
        refused: SidecarError | None = None
        opened = False
        for path in self._paths():
            try:
                epoch, _ = decode_head(path.read_bytes(), path.name)
                key = open_epoch(epoch, first, second, path.name)
            except SidecarError as error:
                problems.append(error.message)
                refused = error
                continue
            opened = True
            for found in self._frames(path):
                said = _says(path, found)
                if not said and isinstance(found, Frame) and not found.erased:
                    try:
                        raw = unseal(key, entry_purpose(epoch.id, found.index), found.payload, path.name)
                        entries[found.index] = msgspec.json.decode(raw, type=Named)
                    except (SidecarError, msgspec.MsgspecError):
                        said = f"{path.name}@{found.offset}: the entry of record {found.index} was changed."
                if said:
                    problems.append(said)
        if refused and not opened:
            raise refused
        return Opened(entries, tuple(problems))

    def erase(self, indexes: Collection[int]) -> int:
        """Overwrites the entries of these records, durably, and returns how many there were. A crash leaves some of
        them: erase again. Raises OSError."""
        count, wanted = 0, frozenset(indexes)
        for path in self._paths():
            gone = [
                found
                for found in self._frames(path)
                if isinstance(found, Frame) and found.index in wanted and not found.erased
            ]
            if not gone:
                continue
            descriptor = os.open(path, os.O_WRONLY)
            try:
                for frame in gone:
                    os.pwrite(descriptor, bytes(len(frame.payload)), frame.offset)
                os.fdatasync(descriptor)
            finally:
                os.close(descriptor)
            count += len(gone)
        return count

    def purge(self, today: date, days: int, held: Callable[[Collection[int]], Collection[int]]) -> int:
        """Deletes the files of days that are more than `days` ago, and returns how many. `held` gives those of some
        records that a legal hold keeps: a file with one of them stays."""
        count = 0
        for path in self._paths():
            named = _NAME.fullmatch(path.name)
            if named is None or date.fromisoformat(named[1]) >= today - timedelta(days=days):
                continue
            if not held({found.index for found in self._frames(path) if isinstance(found, Frame)}):
                path.unlink(missing_ok=True)
                count += 1
        return count

    def _paths(self) -> list[Path]:
        return [path for path in sorted(self._folder.glob("*.sub")) if _NAME.fullmatch(path.name)]

    def _frames(self, path: Path) -> Iterator[Frame | Lost]:
        data = path.read_bytes()
        try:
            _, start = decode_head(data, path.name)
        except SidecarError as error:
            yield Lost(0, error.message)
            return
        yield from scan(data, start)


def _says(path: Path, found: Frame | Lost) -> str:
    if isinstance(found, Lost):
        return f"{path.name}@{found.offset}: {found.says}."
    return f"{path.name}@{found.offset}: the entry of record {found.index}: {found.problem}." if found.problem else ""


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
