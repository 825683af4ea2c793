"""Registers and policies by their digests, kept in the database, so that every gateway finds those of all."""

from __future__ import annotations

import errno
import hashlib

from ringfence.ledger.postgres.client import Client
from ringfence.ledger.snapshots import KINDS, checked
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerUnavailable

_KEEP_TIMEOUT_S = 5.0
"""A gateway keeps one where it noticed a change, and waits for it."""

_KEEP = "INSERT INTO ringfence.snapshots VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_KEPT = "SELECT FROM ringfence.snapshots WHERE kind = $1 AND digest = $2 AND data = $3"
_READ = "SELECT data FROM ringfence.snapshots WHERE kind = $1 AND digest = $2"


class PostgresSnapshots:
    """See `Snapshots`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kept: set[tuple[str, str]] = set()

    def keep(self, kind: str, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        if (kind, digest) not in self._kept:
            _check(kind)
            try:
                self._client.fetch(_KEEP, kind, digest, data, timeout_s=_KEEP_TIMEOUT_S)
                kept = self._client.fetch(_KEPT, kind, digest, data, timeout_s=_KEEP_TIMEOUT_S)
            except LedgerUnavailable as error:
                raise OSError(errno.EIO, error.message) from None
            if not kept:
                raise OSError(errno.EIO, f"The database holds something else as the {kind} {digest}.")
            self._kept.add((kind, digest))
        return digest

    def read(self, kind: str, digest: str) -> bytes | None:
        _check(kind)
        rows = self._client.fetch(_READ, kind, digest)
        return checked(rows[0]["data"], digest, f"The {kind} in the database") if rows else None


def _check(kind: str) -> None:
    if kind not in KINDS:
        raise LedgerCorrupt(f"{kind[:80]!r} is no kind of snapshot.")
