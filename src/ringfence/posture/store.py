"""Accounts, drifts and incidents as files. Each is written whole or not at all, and one process writes at a time."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from ringfence.register.posture import ACCOUNTS, DRIFTS
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.posture import AccountState, Drift, Incident

T = TypeVar("T")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


class Store:
    """`folder` is the posture folder, which the gateway watches; `incidents` the folder of incidents."""

    def __init__(self, folder: Path, incidents: Path) -> None:
        self.folder, self.incidents = folder, incidents

    @contextmanager
    def locked(self) -> Iterator[None]:
        """For reading, comparing and writing as one step: the gateway and a command may probe at once."""
        for each in (self.folder / ACCOUNTS, self.folder / DRIFTS, self.incidents):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Beside the folder, not in it: its own change is no change of what was found.
        with (self.incidents / ".lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def account(self, vendor: str) -> AccountState | None:
        """The last state of an account. Raises ConfigurationError where its file can't be read."""
        path = self.folder / ACCOUNTS / f"{vendor}.json"
        return _read(path, AccountState) if path.exists() else None

    def drifts(self) -> list[Drift]:
        """Every drift, in the order in which they began. Raises ConfigurationError."""
        return sorted(_all(self.folder / DRIFTS, Drift), key=lambda each: (each.opened_at, each.id))

    def all_incidents(self) -> list[Incident]:
        """Every incident, oldest first. Raises ConfigurationError."""
        return sorted(_all(self.incidents, Incident), key=lambda each: (each.opened_at, each.id))

    def keep(self, value: AccountState | Drift | Incident) -> None:
        """Writes one, in place of an older one."""
        path = {
            AccountState: lambda: self.folder / ACCOUNTS / f"{_safe(value.vendor)}.json",  # type: ignore[union-attr]
            Drift: lambda: self.folder / DRIFTS / f"{_safe(value.id)}.json",  # type: ignore[union-attr]
            Incident: lambda: self.incidents / f"{_safe(value.id)}.json",  # type: ignore[union-attr]
        }[type(value)]()
        write(path, msgspec.json.format(msgspec.json.encode(value), indent=1))


def write(path: Path, data: bytes) -> None:
    """Writes a file that only its owner can read, whole or not at all: a crash leaves the one of before."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _safe(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} is no name of a file of findings", remedy="Report it.")
    return name


def _all(folder: Path, kind: type[T]) -> list[T]:
    return [_read(path, kind) for path in sorted(folder.glob("[!.]*.json"))]


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path}: can't be read ({type(error).__name__})", remedy="Restore it from a copy.", where=str(path)
        ) from error
