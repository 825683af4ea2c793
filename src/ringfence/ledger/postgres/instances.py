"""Which gateway is there: each holds a lock under its name for as long as its connection lives."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from ringfence.ledger.postgres.schema import lock_key
from ringfence.ledger.postgres.session import WHERE
from ringfence.ledger.read import decode_leaf
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt, LedgerLocked
from ringfence.vocabulary.record import Phase

if TYPE_CHECKING:
    import asyncpg

LOCK_WAIT_S = 10.0
"""The server may need a moment to notice that the process before this one is gone."""

_LOOK_S = 0.1
_MAX_NAME_CHARS = 100

# https://www.postgresql.org/docs/current/view-pg-locks.html: a 64-bit key's halves, and objsubid 1.
_HELD = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = $1 AND objid::bigint = $2)
"""


_OPEN = """
SELECT request_id, index, instance, leaf FROM ringfence.open_requests LEFT JOIN ringfence.leaves USING (index)
ORDER BY index
"""


class Open(msgspec.Struct, frozen=True):
    """A request without an ENDED record: the index of its DECIDED one, and the instance that wrote it."""

    request_id: str
    index: int
    instance: str


def check_name(instance: str) -> None:
    """Raises ConfigurationError."""
    if not instance or len(instance) > _MAX_NAME_CHARS or not instance.isprintable():
        raise ConfigurationError(
            f"The gateway's name must be 1 to {_MAX_NAME_CHARS} printable characters.",
            where="[ledger] instance",
            remedy="Give each gateway a name of its own there.",
        )


async def take(connection: asyncpg.Connection, instance: str, wait_s: float) -> int:
    """Hold the name until the connection ends; returns the server's process that does. Raises LedgerLocked where
    another process holds it for `wait_s`."""
    clock = asyncio.get_running_loop().time
    until = clock() + wait_s
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _key(instance)):
        if clock() >= until:
            raise LedgerLocked(
                f"Another gateway writes this log as {instance!r}.",
                where=WHERE,
                remedy="Stop it, or give each gateway an [ledger] instance of its own.",
            )
        await asyncio.sleep(_LOOK_S)
    return int(await connection.fetchval("SELECT pg_backend_pid()"))


async def left_open(connection: asyncpg.Connection, instance: str) -> dict[str, int]:
    """The requests that `instance` left open before this start, and those of instances that are gone, oldest first.

    One that starts at this moment is not harmed: what it left before is over either way, and it decides under new ids.
    Raises LedgerCorrupt where one was never decided: its end would be signed, and be wrong for ever.
    """
    rows = await connection.fetch(_OPEN)
    for request_id, index, _, leaf in rows:
        decided = decode_leaf(leaf, index) if leaf else None
        if decided is None or (decided.phase, decided.request_id) != (Phase.DECIDED, request_id):
            raise LedgerCorrupt(
                f"The database says that record {index} decides an open request, and it does not.",
                where=WHERE,
                remedy="Nothing was written. Find out who wrote to ringfence.open_requests, and remove that row.",
            )
    found = [Open(*row[:3]) for row in rows]
    there = {name for name in {each.instance for each in found} - {instance} if await _is_there(connection, name)}
    return {each.request_id: each.index for each in found if each.instance not in there}


async def _is_there(connection: asyncpg.Connection, instance: str) -> bool:
    key = _key(instance) % (1 << 64)
    return bool(await connection.fetchval(_HELD, key >> 32, key & 0xFFFFFFFF))


def _key(instance: str) -> int:
    return lock_key(f"instance {instance}")
