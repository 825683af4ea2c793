"""The vault: surrogate <-> original on disk, encrypted, for as long as a conversation lives. The room's only I/O.

One SQLite file (mode 0600, write-ahead log). In it are digests of scopes and values under subkeys, surrogates, expiry
times and ciphertexts: without the key it tells how many entries there are and of which kinds, and nothing else.

What a crash leaves behind: a transaction that was committed, or none of it. The log is not synced at every commit
(`synchronous=NORMAL`): a kill of the process loses nothing, a power cut may lose the last commits, and then the same
value gets a new surrogate in its next turn. Replies under way are gone in both cases, so no reply is restored wrongly.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ringfence.masking.seal import VaultKeys
from ringfence.masking.vault_book import Entry, VaultBook
from ringfence.vocabulary.errors import VaultError

_VERSION = 1
_BUSY_TIMEOUT_S = 0.25  # the event loop waits at most this long, for a batch of `purge`; then the request is denied
_CACHED = 20_000
_PURGE_BATCH = 256
_LOG_PAGES = 10_000  # 40 MB: `purge` folds the log long before; this bounds it where nobody calls purge

_FAULTS = (sqlite3.Error, UnicodeDecodeError)  # the second where a damaged page holds text that is not UTF-8

_SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
    scope BLOB NOT NULL, body TEXT NOT NULL, surrogate TEXT NOT NULL, lookup BLOB NOT NULL,
    nonce BLOB NOT NULL, sealed BLOB NOT NULL, expires_s INTEGER NOT NULL,
    PRIMARY KEY (scope, body)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_by_value ON entries (scope, lookup);
CREATE INDEX entries_by_expiry ON entries (expires_s);
PRAGMA user_version = {_VERSION};
"""


class Vault:
    """Books by scope over one file. All methods but `purge` belong to one thread, the event loop's."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        keys: VaultKeys,
        lifetime_s: int,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._path = path
        self._connection = connection
        self._cache: OrderedDict[bytes, Entry] = OrderedDict()
        self.keys = keys
        self.lifetime_s = lifetime_s
        self.clock = clock
        self.random_bytes = random_bytes

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes,
        *,
        lifetime_s: int,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> Vault:
        """Opens the vault, or makes it where the file is absent (its folder must be there).

        `key` is 32 bytes; an entry lives `lifetime_s` seconds after its last use, by `clock` (seconds since the
        epoch); `random_bytes(n)` gives n bytes fit for keys. Raises VaultError: wrong key, not a vault, no access.
        """
        keys = VaultKeys(key)
        _private(path)
        with _explained("opened"):
            connection = _connected(path)
            try:
                _prepared(connection, keys, path)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, keys, lifetime_s, clock, random_bytes)

    def book(self, scope: str) -> VaultBook:
        """The book of one scope (`scope_of`), for one request."""
        return VaultBook(self, self.keys.scope(scope))

    def purge(self) -> int:
        """Deletes what has expired, overwriting it with zeros, folds the log into the file, and gives the number of
        entries deleted. Call it about once a minute.

        Works on a connection of its own in small transactions, so it may run in a worker thread beside requests; it
        is there that the disk is waited for, and not in a request.
        """
        deleted = 0
        with _explained("purged"), closing(_connected(self._path)) as connection:
            while True:
                rows = connection.execute(
                    "DELETE FROM entries WHERE (scope, body) IN "
                    "(SELECT scope, body FROM entries WHERE expires_s <= ? LIMIT ?)",
                    (int(self.clock()), _PURGE_BATCH),
                ).rowcount
                deleted += rows
                if rows < _PURGE_BATCH:
                    break
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        return deleted

    def close(self) -> None:
        """Closes the file; SQLite folds the log into it."""
        with _explained("closed"):
            self._connection.close()

    def remembered(self, lookup: bytes) -> Entry | None:
        return self._cache.get(lookup)

    def remember(self, lookup: bytes, entry: Entry) -> None:
        self._cache[lookup] = entry
        self._cache.move_to_end(lookup)
        if len(self._cache) > _CACHED:
            self._cache.popitem(last=False)

    def forget(self, lookups: Iterable[bytes]) -> None:
        for lookup in lookups:
            self._cache.pop(lookup, None)

    def row(self, query: str, *values: bytes | str | int) -> tuple[Any, ...] | None:
        rows = self.rows(query, *values)
        return rows[0] if rows else None

    def rows(self, query: str, *values: bytes | str | int) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except _FAULTS as error:
            raise _as_ours(error, "read") from error

    def write(self, statement: str, rows: Sequence[tuple[bytes | str | int, ...]]) -> int:
        """One transaction, all of it or none of it. Gives the number of rows that changed; where that is not the
        number of `rows`, nothing was written. Raises VaultError."""
        connection = self._connection
        with _explained("written"):
            try:
                connection.execute("BEGIN IMMEDIATE")
                changed = connection.executemany(statement, rows).rowcount
                connection.execute("COMMIT" if changed == len(rows) else "ROLLBACK")
            except _FAULTS:
                # SQLite has rolled back by itself after some errors, such as a full disk
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        return changed


def _private(path: Path) -> None:
    """Makes sure of a file that only this user can read, before SQLite opens it; its log takes the same mode."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise VaultError(f"The vault {path} can't be opened: {error.strerror}.", where="masking/vault") from error


def _connected(path: Path) -> sqlite3.Connection:
    # `check_same_thread` off: the loop's thread need not be the one that opened the vault
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    # temp_store: no temporary file ever holds a page. trusted_schema: a planted schema runs no function.
    try:
        for pragma in ("secure_delete = ON", "temp_store = MEMORY", "trusted_schema = OFF", "synchronous = NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    except BaseException:
        connection.close()
        raise
    return connection


def _prepared(connection: sqlite3.Connection, keys: VaultKeys, path: Path) -> None:
    """Makes the tables of a new file; checks the version and the key of an old one."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if version == 0 and tables == 0:
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('check', ?)", (keys.check,))
    connection.execute("COMMIT")
    if (version, bool(tables)) not in ((0, False), (_VERSION, True)):
        raise VaultError(
            f"The file {path} is not a vault of version {_VERSION}.",
            where="masking/vault",
            remedy="Name another file, or use the release of Ringfence that wrote this one.",
        )
    row = connection.execute("SELECT value FROM meta WHERE name = 'check'").fetchone()
    if row is None or not hmac.compare_digest(row[0], keys.check):
        raise VaultError(
            f"The vault {path} was made with another key.",
            where="masking/vault",
            remedy="Give the key it was made with. If that is lost, move the file away: open conversations then get "
            "new surrogates, and old ones stay as they are.",
        )


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise _as_ours(error, what) from error


def _as_ours(error: Exception, what: str) -> VaultError:
    # SQLite's texts name tables and columns, never values; only the code is kept all the same
    code = getattr(error, "sqlite_errorname", type(error).__name__)
    return VaultError(f"The vault could not be {what}: {code}.", where="masking/vault")
