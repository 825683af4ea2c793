"""The ledger's store in PostgreSQL, as the settings name it. boot.py is the door, which chooses the store."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ringfence.gateway.home import Home
from ringfence.ledger.ledger import Ledger
from ringfence.ledger.postgres.client import Client
from ringfence.ledger.postgres.opening import Place
from ringfence.ledger.postgres.opening import open_ledger as open_in_postgres
from ringfence.ledger.postgres.reader import PostgresReader
from ringfence.ledger.postgres.session import WHERE
from ringfence.ledger.postgres.snapshots import PostgresSnapshots
from ringfence.settings import resolve_secret
from ringfence.vocabulary.errors import ConfigurationError, LedgerUnavailable


def in_postgres(home: Home) -> bool:
    return home.settings.ledger.store == "postgres"


def open_postgres(
    home: Home, on_fatal: Callable[[LedgerUnavailable], None], start: Mapping[str, Any], *, command: bool
) -> Ledger:
    """See `boot.open_ledger`. A command writes under a name of its own, beside the gateway of this home."""
    name = home.settings.ledger.instance
    place = Place(
        _url(home),
        f"{name} command-{os.getpid()}" if command else name,
        home.ledger_key,
        home.ledger_highest,
        home.settings.ledger.origin,
        remembers=not command,
    )
    return open_in_postgres(place, clock=time.time, on_fatal=on_fatal, start_body=start)


def postgres_reader(home: Home) -> PostgresReader:
    """See `boot.reader`."""
    found = postgres_reader_or_none(home)
    if found is None:
        raise LedgerUnavailable(
            "The database holds no ledger yet.", where=WHERE, remedy="Start the gateway: `ringfence up`."
        )
    return found


def postgres_reader_or_none(home: Home) -> PostgresReader | None:
    """See `boot.reader_or_none`."""
    return PostgresReader.find(_client(_url(home)))


def postgres_snapshots(home: Home) -> PostgresSnapshots:
    """See `boot.snapshots`."""
    return PostgresSnapshots(_client(_url(home)))


@lru_cache(maxsize=4)
def _client(url: str) -> Client:
    """One for all who read: it keeps a connection, and they take turns."""
    return Client(url)


def _url(home: Home) -> str:
    url = resolve_secret(home.settings.ledger.postgres)
    if not url:
        raise ConfigurationError(
            '[ledger] store is "postgres", and [ledger] postgres leads to no connection URL.',
            where=WHERE,
            remedy='Write postgres = "env:NAME" or "file:PATH", with the URL in that variable or file.',
        )
    return url
