"""The store: one commit is one transaction, and only one is under way among all gateways.

A commit, and what a crash, of this process or of the server, leaves behind at each point:

1. the sequence lock, the head read   nothing; the server lets go of the lock with the connection
2. rows, head moved (compare-and-     nothing: the transaction is rolled back, and a checkpoint that was signed for it
   swap on its size)                  was seen by nobody
3. COMMIT                             nothing or all of it; who asked does not know, and was not acknowledged
4. the local highest slot, fdatasync  the slot before or this one: the head is at or beyond either
5. acknowledgements                   nothing more

INVARIANT: whatever was acknowledged is at or below the head, and at or below this gateway's highest checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ringfence.ledger.checkpoint import Checkpoint, Signer
from ringfence.ledger.highest import Head, Highest
from ringfence.ledger.postgres.head import read_head
from ringfence.ledger.postgres.schema import BEGIN
from ringfence.ledger.postgres.session import WHERE, Session
from ringfence.ledger.record import Draft, is_time, rfc3339
from ringfence.ledger.salts import encode_slot
from ringfence.ledger.store import Admitted, Outcome, admit, pair
from ringfence.ledger.tree import Frontier, leaf_hash
from ringfence.vocabulary.errors import LedgerCorrupt, LedgerError, LedgerUnavailable

COMMIT_TIMEOUT_S = 20.0
"""For one commit, waiting for the other gateways' included. Then this gateway gives up, and stops."""

MOST_AHEAD = timedelta(minutes=5)
"""By which another gateway's clock may be ahead of this one's."""


# $1: the requests of this commit, whose open ones are wanted.
_READ = """
SELECT size, note, peaks, time, pg_backend_pid() AS process,
    ARRAY(SELECT request_id FROM ringfence.open_requests WHERE request_id = ANY($1::text[])) AS open
FROM ringfence.head
"""

_WRITE = """
WITH leaf AS (INSERT INTO ringfence.leaves SELECT * FROM unnest($1::bigint[], $2::bytea[]) RETURNING 1),
    salt AS (INSERT INTO ringfence.salts SELECT * FROM unnest($3::bigint[], $4::bytea[])),
    signed AS (INSERT INTO ringfence.checkpoints VALUES ($5, $6)),
    ended AS (DELETE FROM ringfence.open_requests WHERE request_id = ANY($7::text[])),
    decided AS (INSERT INTO ringfence.open_requests SELECT *, $10 FROM unnest($8::text[], $9::bigint[])
        ON CONFLICT (request_id) DO UPDATE SET index = excluded.index, instance = excluded.instance)
UPDATE ringfence.head SET size = $5, note = $6, peaks = $11, time = $12
    WHERE size = $13 AND (SELECT count(*) FROM leaf) = $5::bigint - $13::bigint
"""


class Written(msgspec.Struct, frozen=True):
    """As whom a gateway writes: its name, and the process on the server that holds the lock on it."""

    instance: str
    holder: int


class PostgresStore:
    """The log in a database, as one gateway writes it. `highest` is where this gateway remembers the highest
    checkpoint that it saw (None: it remembers nothing, as a command); `seen` is that checkpoint's head."""

    def __init__(
        self,
        session: Session,
        seen: tuple[Head, Checkpoint],
        highest: Highest | None,
        signer: Signer,
        *,
        written_as: Written,
        clock: Callable[[], float],
    ) -> None:
        self._session = session
        self._head, self._seen = seen
        self._highest = highest
        self._signer = signer
        self._written_as = written_as
        self._clock = clock

    @property
    def size(self) -> int:
        """As far as this gateway saw: others may have appended since."""
        return self._seen.size

    def commit(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """See `Store`. Raises LedgerUnavailable, LedgerCorrupt, OSError."""
        outcomes = self._session.run(self._commit(drafts), COMMIT_TIMEOUT_S)
        if self._highest and self._highest.head.note != self._head.note:
            self._highest.swap(remembered(self._head, self._highest.head.sequence + 1))
        return outcomes

    def close(self) -> None:
        """See `Store`. The instance's name is free once the server noticed."""
        self._session.close()
        if self._highest:
            self._highest.close()

    async def _commit(self, drafts: Sequence[Draft]) -> list[Outcome]:
        connection = self._session.connection
        # 1.
        await connection.execute(BEGIN)
        row = await connection.fetchrow(_READ, [draft.request_id for draft in drafts if _sound(draft)])
        if row is not None and row["process"] != self._written_as.holder:
            raise LedgerUnavailable(
                "The connection is lent by a pooler by transaction: locks and settings of this session are elsewhere.",
                where=WHERE,
                remedy="Connect straight to the server, or through a pooler in session mode.",
            )
        self._learn(row)
        first = self._seen.size
        before = dict.fromkeys(row["open"], -1)
        after = dict(before)
        time = _time(self._clock(), row["time"])
        taken = admit(drafts, time, lambda draft, place: _follow(after, draft, first + place))
        if not taken.leaves:
            await connection.execute("ROLLBACK")
            return taken.outcomes(first)
        # 2.
        frontier = Frontier(first, self._head.peaks)
        for leaf in taken.leaves:
            frontier.append(leaf_hash(leaf))
        checkpoint = Checkpoint(self._signer.verifier.name, frontier.size, frontier.root())
        note, peaks = self._signer.sign(checkpoint), tuple(frontier.peaks)
        rows = _rows(taken, first, before, after)
        moved = await connection.execute(
            _WRITE,
            *rows[:4],
            frontier.size,
            note,
            *rows[4:],
            self._written_as.instance,
            b"".join(peaks),
            time,
            first,
        )
        if moved != "UPDATE 1":
            raise LedgerCorrupt(
                "Another hand moved the log's head past its lock, or kept rows from being written.", where=WHERE
            )
        # 3.
        if await connection.execute("COMMIT") != "COMMIT":
            raise LedgerCorrupt("PostgreSQL rolled a commit back without an error.", where=WHERE)
        self._head, self._seen = Head(0, note, peaks, 0, 0, 0, 0), checkpoint
        return taken.outcomes(first)

    def _learn(self, row: Any) -> None:
        """Take in what other gateways appended. Raises LedgerCorrupt where it is not a later part of the same log."""
        mine = (self._seen.size, self._head.note, b"".join(self._head.peaks))
        if row is not None and (row["size"], row["note"], row["peaks"]) == mine:
            return
        head, checkpoint = read_head(row, self._signer.verifier)
        if checkpoint.size <= self._seen.size:
            raise LedgerCorrupt(
                f"The log's head went from {self._seen.size} records to {checkpoint.size}, or to another tree of that "
                "size: it was rolled back, or has two histories.",
                where=WHERE,
            )
        self._head, self._seen = head, checkpoint


def _time(now_s: float, last: str) -> str:
    """A gateway whose clock is behind another's says the later time of the `last` commit, so that time does not run
    backwards. But no key signed where the database keeps it: what is far ahead, or no time, is not taken over."""
    now = rfc3339(now_s)
    try:
        ahead = datetime.fromisoformat(last) - datetime.fromtimestamp(now_s, UTC)
        sound = is_time(last) and ahead <= MOST_AHEAD
    except (ValueError, TypeError):
        return now
    return max(now, last) if sound else now


def remembered(head: Head, sequence: int) -> Head:
    """What the highest file's slot `sequence` says. There are no segments, so positions are 0."""
    return Head(sequence, head.note, head.peaks, 0, 0, 0, 0)


def _sound(draft: Draft) -> bool:
    """PostgreSQL's text can't hold a NUL: https://www.postgresql.org/docs/current/datatype-character.html"""
    return "\0" not in draft.request_id


def _follow(open_requests: dict[str, int], draft: Draft, index: int) -> None:
    if not _sound(draft):
        raise LedgerError("A request's id holds a NUL character, which the store can't keep.")
    pair(open_requests, draft, index)


def _rows(taken: Admitted, first: int, before: dict[str, int], after: dict[str, int]) -> tuple[list[Any], ...]:
    """The parameters $1 to $4 and $7 to $9 of _WRITE. A request that began and ended in this commit leaves no trace
    among the open ones."""
    indexes = list(range(first, first + len(taken.leaves)))
    salted = [(index, encode_slot(index, salt)) for index, salt in zip(indexes, taken.salts, strict=True) if salt]
    began = [(request_id, index) for request_id, index in after.items() if before.get(request_id) != index]
    return (
        indexes,
        taken.leaves,
        [index for index, _ in salted],
        [slot for _, slot in salted],
        [request_id for request_id in before if request_id not in after],
        [request_id for request_id, _ in began],
        [index for _, index in began],
    )
