"""Where anchors are kept: `<size, 20 digits>/checkpoint`, and what was got for it beside it.

The checkpoint is the signed note, each cosignature a further line of it. `timestamp-<n>.tsr` is an authority's whole
answer, `worm-<n>.json` says where a locked copy lies. Every file is replaced whole: a crash leaves the one before.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ringfence.ledger.anchors.cosignature import CosignerKey, time_cosigned
from ringfence.ledger.anchors.worm import Copy
from ringfence.ledger.checkpoint import read_note
from ringfence.ledger.files import make_folder, replace_file
from ringfence.vocabulary.errors import LedgerCorrupt

CHECKPOINT = "checkpoint"
_SIZE = re.compile(r"[0-9]{20}")
_MODE = 0o600
_LOOK = 50


class AnchorStore:
    """The folder of one log's anchors. Several processes may add to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add_timestamp(self, note: bytes, answer: bytes) -> None:
        """Raises OSError, as the others do."""
        with self._of(note) as folder:
            replace_file(folder / _free(folder, "timestamp-", ".tsr"), answer, _MODE)

    def add_cosignature(self, note: bytes, line: bytes) -> None:
        with self._of(note) as folder:
            kept = (folder / CHECKPOINT).read_bytes()
            if line not in kept:
                replace_file(folder / CHECKPOINT, kept + line, _MODE)

    def add_copy(self, note: bytes, copy: Copy) -> None:
        with self._of(note) as folder:
            replace_file(folder / _free(folder, "worm-", ".json"), msgspec.json.encode(copy), _MODE)

    def last_cosigned(self, witness: CosignerKey) -> int:
        """The largest size with a cosignature by `witness` among the newest anchors, or 0. The witness says itself
        what it has where that is another."""
        for size in self.sizes()[: -_LOOK - 1 : -1]:
            try:
                if time_cosigned(read_note((self._folder / f"{size:020d}" / CHECKPOINT).read_bytes()), witness):
                    return size
            except (FileNotFoundError, LedgerCorrupt):
                continue
        return 0

    def sizes(self) -> list[int]:
        """The sizes of the checkpoints that are kept, ascending."""
        if not self._folder.is_dir():
            return []
        return sorted(int(path.name) for path in self._folder.iterdir() if is_size(path.name))

    @contextmanager
    def _of(self, note: bytes) -> Iterator[Path]:
        """The folder of a checkpoint, with the note in it, while nobody else adds to any.

        Another note of the same size and another root can't be kept in one place: it is refused as LedgerCorrupt.
        """
        read = read_note(note)
        make_folder(self._folder)
        fd = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, _MODE)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            folder = self._folder / f"{read.checkpoint.size:020d}"
            make_folder(folder)
            path = folder / CHECKPOINT
            if not path.exists():
                replace_file(path, note, _MODE)
            elif read_note(path.read_bytes()).text != read.text:
                raise LedgerCorrupt(
                    f"{path} anchors another tree of {read.checkpoint.size} records than the ledger's: one of the two "
                    "was rewritten.",
                    where=str(path),
                )
            yield folder
        finally:
            os.close(fd)


def is_size(name: str) -> bool:
    """Whether a folder of this name is one of a checkpoint's anchors."""
    return _SIZE.fullmatch(name) is not None


def anchors_of(folder: Path) -> dict[str, bytes]:
    """Every file of the anchors in `folder`, by its name relative to it, for `check` and for an evidence bundle.
    A file that a crash left half-written is not among them."""
    found = {}
    for path in sorted(folder.glob("*/*")):
        if is_size(path.parent.name) and path.suffix != ".new" and path.is_file():
            found[f"{path.parent.name}/{path.name}"] = path.read_bytes()
    return found


def _free(folder: Path, before: str, after: str) -> str:
    number = 0
    while (folder / f"{before}{number}{after}").exists():
        number += 1
    return f"{before}{number}{after}"
