"""Reading the log in PostgreSQL, beside running gateways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Self

from ringfence.ledger.checkpoint import Verifier
from ringfence.ledger.postgres.client import Client
from ringfence.ledger.postgres.head import READ, read_head
from ringfence.ledger.postgres.schema import VERSION
from ringfence.ledger.postgres.session import WHERE
from ringfence.ledger.postgres.snapshots import PostgresSnapshots
from ringfence.ledger.read import Entry, decode_leaf
from ringfence.ledger.reader import Signed
from ringfence.ledger.salts import NO_SALT
from ringfence.ledger.snapshots import Snapshots
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt, LedgerError

_RANGES = 1024
"""Of indexes, erased with one statement."""

_ERASE = """
DELETE FROM ringfence.salts USING unnest($1::bigint[], $2::bigint[]) AS gone (first, last)
WHERE index BETWEEN gone.first AND gone.last
"""

_ROWS = 1024
"""In one answer: at most 64 MiB of records."""


class PostgresReader:
    """See `Reader`. The connection is the client's."""

    def __init__(self, client: Client, key_line: str) -> None:
        """For `find`."""
        self._client = client
        self.key_line = key_line
        self.snapshots: Snapshots = PostgresSnapshots(client)

    @classmethod
    def find(cls, client: Client) -> Self | None:
        """The log in the client's database, or None where there is none yet. Raises LedgerUnavailable where the
        database can't be asked, ConfigurationError where it is of another version."""
        if client.fetch("SELECT to_regclass('ringfence.log')")[0][0] is None:
            return None
        rows = client.fetch("SELECT version, key_line FROM ringfence.log")
        if not rows or rows[0]["version"] != VERSION:
            raise ConfigurationError(
                f"The tables of the ledger are not of version {VERSION}.",
                where=WHERE,
                remedy="Use the version of Ringfence that made them, or a newer one.",
            )
        return cls(client, rows[0]["key_line"])

    def checkpoint(self) -> bytes:
        rows = self._client.fetch(READ)
        head, _ = read_head(rows[0] if rows else None, Verifier.from_key_line(self.key_line))
        return head.note

    def entries(self, start: int = 0) -> Iterator[Entry]:
        [[size]] = self._client.fetch("SELECT size FROM ringfence.head") or [[0]]
        query = "SELECT index, leaf FROM ringfence.leaves WHERE index >= $1 ORDER BY index LIMIT $2"
        while rows := self._client.fetch(query, start, _ROWS):
            for index, leaf in rows:
                if index != start:
                    raise LedgerCorrupt(f"Record {start} is missing from the database.", where=WHERE)
                yield Entry(index, leaf, decode_leaf(leaf, index))
                start += 1
        if start < size:
            raise LedgerCorrupt(f"Record {start} is missing from the database.", where=WHERE)

    def checkpoints(self, start: int = 0) -> Iterator[Signed]:
        query = "SELECT size, note FROM ringfence.checkpoints WHERE size > $1 ORDER BY size LIMIT $2"
        while rows := self._client.fetch(query, start, _ROWS):
            for size, note in rows:
                yield Signed(size, note)
            start = rows[-1]["size"]

    def salts(self, first: int, count: int) -> list[bytes]:
        query = "SELECT index, slot FROM ringfence.salts WHERE index >= $1 AND index < $2"
        slots: dict[int, bytes] = {row["index"]: row["slot"] for row in self._client.fetch(query, first, first + count)}
        return [slots.get(index, NO_SALT) for index in range(first, first + count)]

    def erase(self, ranges: Iterable[tuple[int, int]]) -> None:
        """What the server itself keeps of a deleted row (dead rows, its journal, backups) is out of reach here:
        docs/reference/ledger-format.md."""
        ranges = list(ranges)
        [[size]] = self._client.fetch("SELECT size FROM ringfence.head") or [[0]]
        for first, last in ranges:
            if not 0 <= first <= last < size:
                index = first if first < 0 else last
                raise LedgerError(
                    f"The ledger has no record {index}.", remedy="Name the index of a record that it has."
                )
        for some in range(0, len(ranges), _RANGES):
            firsts, lasts = zip(*ranges[some : some + _RANGES], strict=True)
            self._client.fetch(_ERASE, list(firsts), list(lasts))
