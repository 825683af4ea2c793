"""What the digests in records stand for: each register and policy that was ever in force, kept under its SHA-256."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Protocol

from ringfence.ledger.files import make_folder, replace_file, sync_folder
from ringfence.vocabulary.errors import LedgerCorrupt

KINDS = ("policy", "register", "keys", "exceptions")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Snapshots(Protocol):
    """A content-addressed store. A kind is one of KINDS."""

    def keep(self, kind: str, data: bytes) -> str:
        """Make `data` durable and return its SHA-256 in hex; what is there already stays. Raises OSError."""
        ...

    def read(self, kind: str, digest: str) -> bytes | None:
        """The data behind a digest, or None where it was never kept. Raises LedgerCorrupt where it is not what was
        kept."""
        ...


class FolderSnapshots:
    """`<folder>/<kind>/<digest>.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, kind: str, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(kind, digest)
        if path.exists():
            sync_folder(path.parent)  # an earlier call may have failed at just that
        else:
            make_folder(path.parent)
            replace_file(path, data, 0o600)  # a crash leaves a `.new` file, which the next call overwrites
        return digest

    def read(self, kind: str, digest: str) -> bytes | None:
        path = self._path(kind, digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        return checked(data, digest, str(path))

    def _path(self, kind: str, digest: str) -> Path:
        if kind not in KINDS or not _DIGEST.fullmatch(digest):
            raise LedgerCorrupt(f"{digest[:80]!r} is no digest of a {kind}.")
        return self._folder / kind / f"{digest}.json"


def checked(data: bytes, digest: str, where: str) -> bytes:
    """`data`, if it is what `digest` says. Raises LedgerCorrupt."""
    if hashlib.sha256(data).hexdigest() != digest:
        raise LedgerCorrupt(f"{where} is not what was kept under its digest.", where=where)
    return data
