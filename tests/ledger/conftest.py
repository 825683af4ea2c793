"""A ledger in a temporary place, and a disk that forgets what was never synchronised."""

from __future__ import annotations

import errno
import os
import random
import stat
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger.ledger import Ledger
from ringfence.ledger.report import Report
from ringfence.ledger.verify import verify
from ringfence.vocabulary.record import Phase, Record

TIMEOUT_S = 20.0
SECTOR_BYTES = 512


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here takes the power from the real disk, so that waiting for it would only cost time."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda fd: None)


class Box:
    """The three places of one ledger, and records for it. The clock starts at a fixed moment and moves by 1 ms."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "log"
        self.key_path = root / "key" / "ledger.pem"
        self.highest_path = root / "elsewhere" / "highest"
        self.clock: Callable[[], float] = (1_700_000_000 + n / 1000 for n in count()).__next__

    def open(self, **options: Any) -> Ledger:
        return Ledger.open(
            self.folder,
            **{
                "key_path": self.key_path,
                "highest_path": self.highest_path,
                "origin": "test.example/ringfence",
                "clock": self.clock,
                **options,
            },
        )

    def verify(self, **options: Any) -> Report:
        key_line = self.key_path.with_suffix(".vkey").read_text().strip()
        return verify(self.folder, **{"highest_path": self.highest_path, "public_key": key_line, **options})

    def segments(self) -> list[Path]:
        return sorted((self.folder / "segments").iterdir())

    def failed_steps(self, **options: Any) -> set[int]:
        return {step.number for step in self.verify(**options).steps if step.status == "failed"}

    @staticmethod
    def decided(request_id: str, **body: Any) -> Record:
        return Record(request_id, Phase.DECIDED, {"effect": "ALLOW", **body}, {"received": request_id.encode()})

    @staticmethod
    def ended(request_id: str) -> Record:
        return Record(request_id, Phase.ENDED, {"outcome": "completed"})


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


class Disk:
    """Stands between the ledger and the real files, and knows what a power cut would leave of them.

    Bytes written are only in the cache until their file is synchronised; a cut keeps any of the sectors written
    since, and any of the names that were made since their folder was synchronised. `plan(call)` may name a fault for
    the call of that number: "lost" (an error, and the cached bytes will never reach the disk though later reads show
    them), "kept" (an error, though all was done), "cut" (the power goes: nothing works any more).
    """

    CALLS = ("pwrite", "fdatasync", "fsync", "ftruncate", "rename", "unlink")

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.plan: Callable[[int, str], str] = lambda call, name: ""
        self.calls = 0
        self.dead = False
        self.images: dict[int, bytearray] = {}
        self.dirty: dict[int, list[tuple[int, bytes] | int]] = {}
        self.names: set[Path] = set()
        for name in self.CALLS:
            real = (lambda fd: None) if "sync" in name else getattr(os, name)
            monkeypatch.setattr(os, name, self._wrap(name, real))

    def _wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            if self.dead:
                raise OSError(errno.EIO, "no power")
            number, self.calls = self.calls, self.calls + 1
            fault = self.plan(number, name)
            if fault == "cut":
                self.dead = True
            if fault in ("cut", "lost"):
                if fault == "lost" and name in ("fdatasync", "fsync"):
                    self.dirty.pop(os.fstat(arguments[0]).st_ino, None)
                raise OSError(self.random.choice([errno.EIO, errno.ENOSPC]), f"injected at {name}")
            if name == "unlink":
                self._forget(Path(arguments[0]).stat().st_ino)
            result = real(*arguments, **more)
            self._note(name, arguments)
            if fault == "kept":
                raise OSError(errno.EIO, f"injected after {name}")
            return result

        return call

    def _note(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in ("rename", "unlink"):
            return
        fd = arguments[0]
        status = os.fstat(fd)
        if stat.S_ISDIR(status.st_mode):
            self.names |= set(Path(os.readlink(f"/proc/self/fd/{fd}")).iterdir())
            return
        waiting = self.dirty.setdefault(status.st_ino, [])
        if name == "pwrite":
            waiting.append((arguments[2], bytes(arguments[1])))
        elif name == "ftruncate":
            waiting.append(arguments[1])
        else:
            image = self.images.setdefault(status.st_ino, bytearray())
            for change in self.dirty.pop(status.st_ino):
                self._apply(image, change)

    def _forget(self, inode: int) -> None:
        self.images.pop(inode, None)
        self.dirty.pop(inode, None)

    def _apply(self, image: bytearray, change: tuple[int, bytes] | int) -> None:
        if isinstance(change, int):
            del image[change:]
            return
        offset, data = change
        image.extend(bytes(max(0, offset + len(data) - len(image))))
        image[offset : offset + len(data)] = data

    def power_cut(self) -> None:
        """Leave on the real disk what a power cut may leave, and let it work again."""
        self.restart()
        for path in [path for path in self.root.rglob("*") if path.is_file()]:
            inode = path.stat().st_ino
            image = self.images.setdefault(inode, bytearray())
            for change in self.dirty.get(inode, []):
                if isinstance(change, int):
                    if self.random.random() < 0.5:
                        del image[change:]
                    continue
                for part in _by_sector(*change):
                    if self.random.random() < 0.5:
                        self._apply(image, part)
            folders = [folder for folder in path.parents if self.root in folder.parents]
            if path.name == "lock" or not self.names.issuperset([path, *folders]):
                path.unlink()
            else:
                path.write_bytes(image)
                self.images[inode] = image
        self.dirty.clear()
        self.calls = 0

    def restart(self) -> None:
        """The process starts again on the same cache."""
        self.dead = False
        self.plan = lambda call, name: ""
        self.calls = 0


def _by_sector(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The parts of a write that reach the disk one by one."""
    while data:
        length = SECTOR_BYTES - offset % SECTOR_BYTES
        yield offset, data[:length]
        offset, data = offset + length, data[length:]


@pytest.fixture
def disks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[int], tuple[Box, Disk]]]:
    """Makes boxes on simulated disks, by seed."""
    numbers = count()

    def make(seed: int) -> tuple[Box, Disk]:
        monkeypatch.undo()
        root = tmp_path / str(next(numbers))
        root.mkdir()
        return Box(root), Disk(root, monkeypatch, seed)

    yield make
    monkeypatch.undo()
