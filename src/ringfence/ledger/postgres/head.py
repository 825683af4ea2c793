"""The one row that says where the log stands. It is believed only as far as its signature reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringfence.ledger.checkpoint import Checkpoint, Verifier, open_note
from ringfence.ledger.highest import Head
from ringfence.ledger.postgres.session import WHERE
from ringfence.vocabulary.errors import LedgerCorrupt

READ = "SELECT size, note, peaks, time FROM ringfence.head"
_HASH_BYTES = 32


def read_head(row: Mapping[str, Any] | None, verifier: Verifier) -> tuple[Head, Checkpoint]:
    """The head and its checkpoint, once the signature holds, the frontier leads to the signed root, and the row's
    size is the signed one. Raises LedgerCorrupt.

    INVARIANT: no gateway signs on top of what the log's key did not sign, or it would sign a forgery on.
    """
    if row is None:
        raise LedgerCorrupt("The database has no head of the log.", where=WHERE)
    peaks = split(row["peaks"])
    head = Head(0, row["note"], peaks, 0, 0, 0, 0)
    checkpoint = head.checkpoint(verifier)
    if checkpoint.size != row["size"]:
        raise LedgerCorrupt(
            f"The head says {row['size']} records, but its checkpoint signs {checkpoint.size}.", where=WHERE
        )
    return head, checkpoint


def split(peaks: bytes) -> tuple[bytes, ...]:
    """The frontier's hashes, as they stand one after another."""
    return tuple(peaks[at : at + _HASH_BYTES] for at in range(0, len(peaks), _HASH_BYTES))


def must_extend(seen: Checkpoint, now: Checkpoint, there: bytes | None, verifier: Verifier) -> None:
    """Raises LedgerCorrupt unless the log that ends at `now` goes on from `seen`, the highest checkpoint that this
    gateway saw. `there` is the note that the database has of that size."""
    if now.size < seen.size:
        raise LedgerCorrupt(
            f"The database holds {now.size} records, but this gateway saw {seen.size} signed: it was rolled back.",
            where=WHERE,
            remedy="Restore the newest copy of the database, or promote the standby that has all of it.",
        )
    if seen.size and (there is None or open_note(there, verifier) != seen):
        raise LedgerCorrupt(
            f"The database does not hold the checkpoint of size {seen.size} that this gateway saw signed: the log "
            "was rolled back and went on differently, or it is another one.",
            where=WHERE,
            remedy="Restore the copy of the database that holds it; `ringfence ledger verify` names what is wrong.",
        )
