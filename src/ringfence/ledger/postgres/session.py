"""One connection to PostgreSQL for a thread without a loop. Whatever fails, the connection's URL is never said: it
holds a password."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import uvloop

from ringfence.vocabulary.errors import ConfigurationError, LedgerUnavailable

if TYPE_CHECKING:
    import asyncpg

WHERE = "[ledger] postgres"
CONNECT_TIMEOUT_S = 10.0
_CLOSE_TIMEOUT_S = 2.0

# https://www.postgresql.org/support/versioning/ : 13 is no longer kept up (end of November 2025).
MIN_VERSION = 14

_STEADY = """
SET search_path = pg_catalog, pg_temp; SET statement_timeout = 0; SET lock_timeout = 0; SET idle_session_timeout = 0;
SET idle_in_transaction_session_timeout = '5s';
SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3
"""
"""For a session that holds an instance's name for as long as it lives. A gateway that hangs, or whose machine is gone,
in the middle of a commit keeps the others waiting for 5 s and no longer. No function is taken from a schema that
stands before the server's own: a made-up `pg_advisory_xact_lock` would lock nothing."""

T = TypeVar("T")


class Session:
    """A connection, and the loop that it lives on. One thread at a time, and none that runs a loop of its own."""

    def __init__(self, url: str, name: str) -> None:
        """Connect. `name` is what the server lists the session as. Raises LedgerUnavailable, ConfigurationError."""
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._confused = False
        try:
            self.connection = self._runner.run(_connect(url, name))
        except BaseException:
            self._runner.close()
            raise

    @property
    def lost(self) -> bool:
        """Whether the connection is known to be gone."""
        return self._confused or bool(self.connection.is_closed())

    def run(self, work: Coroutine[Any, Any, T], timeout_s: float) -> T:
        """Wait for `work` on the connection. Raises LedgerUnavailable where it fails or outlasts `timeout_s`: then
        the connection is in no known state, and must be closed."""
        import asyncpg

        try:
            return self._runner.run(asyncio.wait_for(work, timeout_s))
        except TimeoutError:
            raise LedgerUnavailable(f"PostgreSQL did not answer within {timeout_s:g} s.", where=WHERE) from None
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise LedgerUnavailable(f"PostgreSQL failed: {_said(error)}.", where=WHERE) from None
        except asyncpg.InternalClientError:
            # The driver's word for a server that said goodbye while nobody listened.
            self._confused = True
            raise LedgerUnavailable("PostgreSQL ended the connection.", where=WHERE) from None

    def close(self) -> None:
        """Let go of the connection, and so of its locks, within seconds."""
        with suppress(Exception):  # A server that hangs or is gone: the socket is dropped all the same.
            self._runner.run(self.connection.close(timeout=_CLOSE_TIMEOUT_S))
        self.connection.terminate()
        self._runner.close()


async def _connect(url: str, name: str) -> asyncpg.Connection:
    try:
        import asyncpg
    except ModuleNotFoundError:
        raise ConfigurationError(
            'The ledger in PostgreSQL needs the package "asyncpg", which is not installed.',
            where=WHERE,
            remedy="Install it: pip install 'ringfence[postgres]'.",
        ) from None
    try:
        connection = await asyncpg.connect(
            url, timeout=CONNECT_TIMEOUT_S, server_settings={"application_name": name[:63]}
        )
    except (asyncpg.ClientConfigurationError, ValueError):
        # What the driver says of a URL that it can't read holds parts of it.
        raise ConfigurationError(
            "The reference [ledger] postgres does not lead to a URL that can be used.",
            where=WHERE,
            remedy="Write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE, with %XX for unusual characters.",
        ) from None
    except TimeoutError:
        raise LedgerUnavailable(f"PostgreSQL did not answer within {CONNECT_TIMEOUT_S:g} s.", where=WHERE) from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise LedgerUnavailable(
            f"PostgreSQL can't be reached: {_said(error)}.",
            where=WHERE,
            remedy="Nothing was sent. Check the database server and the URL, then restart the gateway.",
        ) from None
    if connection.get_server_version().major < MIN_VERSION:
        connection.terminate()
        raise ConfigurationError(
            f"PostgreSQL {connection.get_server_version().major} is older than {MIN_VERSION}.",
            where=WHERE,
            remedy=f"Use PostgreSQL {MIN_VERSION} or newer.",
        )
    await connection.execute(_STEADY)
    return connection


def _said(error: Exception) -> str:
    """The server's sentence without its DETAIL, which may quote rows; of an operating system's error its name."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    first = str(error.args[0]) if error.args else ""
    return f"{type(error).__name__}: {first.splitlines()[0]}".removesuffix(".") if first else type(error).__name__
