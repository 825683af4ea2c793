"""The tables, made by the first start of the first gateway, and what the server must promise before one writes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from ringfence.ledger.postgres.session import WHERE
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt

if TYPE_CHECKING:
    import asyncpg

VERSION = 1
"""Of the tables. Any other is refused."""

_TABLES = """
CREATE SCHEMA ringfence;
CREATE TABLE ringfence.log (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), version integer NOT NULL, key_line text NOT NULL);
CREATE TABLE ringfence.head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    size bigint NOT NULL, note bytea NOT NULL, peaks bytea NOT NULL, time text NOT NULL);
CREATE TABLE ringfence.leaves (index bigint PRIMARY KEY, leaf bytea NOT NULL);
CREATE TABLE ringfence.checkpoints (size bigint PRIMARY KEY, note bytea NOT NULL);
CREATE TABLE ringfence.salts (index bigint PRIMARY KEY, slot bytea NOT NULL);
CREATE TABLE ringfence.open_requests (
    request_id text PRIMARY KEY, index bigint NOT NULL, instance text NOT NULL);
CREATE TABLE ringfence.instances (instance text PRIMARY KEY);
CREATE TABLE ringfence.snapshots (
    kind text, digest text, data bytea NOT NULL, PRIMARY KEY (kind, digest));
"""


# https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED
_UNLOGGED = """
SELECT min(relname::text) FROM pg_class
WHERE relnamespace = to_regnamespace('ringfence') AND relkind IN ('r', 'i') AND relpersistence <> 'p'
"""


class Log(msgspec.Struct, frozen=True):
    """Whose log a database holds."""

    key_line: str


def lock_key(what: str) -> int:
    """The signed 64-bit key of an advisory lock. They are of one database, so that a database holds one log."""
    return int.from_bytes(sha256(b"ringfence " + what.encode()).digest()[:8], "big", signed=True)


SEQUENCE = lock_key("sequence")
"""Held by the one transaction that may append, and by the one that makes the tables."""

BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({SEQUENCE})"
"""The level matters: under a stricter one the statements after the lock would see what was before it."""


async def find(connection: asyncpg.Connection) -> Log | None:
    """The log that the database holds, or None. Raises LedgerCorrupt, ConfigurationError."""
    if await connection.fetchval("SELECT to_regclass('ringfence.log')") is None:
        return None
    row = await connection.fetchrow("SELECT version, key_line FROM ringfence.log")
    if row is None:
        raise LedgerCorrupt("The schema ringfence has tables, but does not say whose log it holds.", where=WHERE)
    if row["version"] != VERSION:
        raise ConfigurationError(
            f"The tables of the ledger are of version {row['version']}, not {VERSION}.",
            where=WHERE,
            remedy="Use the version of Ringfence that made them, or a newer one.",
        )
    return Log(row["key_line"])


async def make(connection: asyncpg.Connection, key_line: str, note: bytes) -> Log:
    """Make the tables with an empty log whose checkpoint of size 0 is `note`, all of it or nothing. Where another
    gateway was faster, that one's log is found instead."""
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(f"SELECT pg_advisory_xact_lock({SEQUENCE})")
        found = await find(connection)
        if found:
            return found
        await connection.execute(_TABLES)
        await connection.execute("INSERT INTO ringfence.log (version, key_line) VALUES ($1, $2)", VERSION, key_line)
        await connection.execute("INSERT INTO ringfence.head (size, note, peaks, time) VALUES (0, $1, '', '')", note)
    return Log(key_line)


async def insist_on_durability(connection: asyncpg.Connection) -> None:
    """Raises ConfigurationError where the server would call a commit durable that a power cut can take back."""
    if await connection.fetchval("SHOW synchronous_commit") != "remote_apply":
        await connection.execute("SET synchronous_commit = on")
    for setting, sound in (("fsync", "on"), ("full_page_writes", "on"), ("data_sync_retry", "off")):
        value = await connection.fetchval(f"SHOW {setting}")
        if value != sound:
            raise ConfigurationError(
                f"PostgreSQL runs with {setting} = {value}, so that a power cut can lose what it acknowledged.",
                where=WHERE,
                remedy=f"Set {setting} = {sound} on the server.",
            )
    if unlogged := await connection.fetchval(_UNLOGGED):
        raise ConfigurationError(
            f"The table ringfence.{unlogged} is not kept through a crash of the server.",
            where=WHERE,
            remedy=f"Run ALTER TABLE ringfence.{unlogged} SET LOGGED.",
        )
