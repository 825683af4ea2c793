"""Opening the log in PostgreSQL for writing."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from ringfence.ledger.checkpoint import Checkpoint, Signer, Verifier
from ringfence.ledger.files import sync_folder
from ringfence.ledger.highest import Head, Highest, decode_slots, newest
from ringfence.ledger.keys import create_key, load_key, publish_key_line
from ringfence.ledger.ledger import Ledger, announce
from ringfence.ledger.postgres import instances, schema
from ringfence.ledger.postgres.commits import PostgresStore, Written, remembered
from ringfence.ledger.postgres.head import must_extend, read_head
from ringfence.ledger.postgres.session import WHERE, Session
from ringfence.ledger.recovery import Recovered
from ringfence.ledger.tree import EMPTY_ROOT
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt, LedgerUnavailable

START_TIMEOUT_S = 60.0
"""For each of the few questions of a start."""

# One statement, because the other gateways go on writing: it sees one moment. $1: the size that was seen.
_STAND = """
SELECT size, note, peaks, (SELECT max(index) FROM ringfence.leaves) AS last,
    (SELECT note FROM ringfence.checkpoints WHERE size = $1) AS there
FROM ringfence.head
"""


class Place(msgspec.Struct, frozen=True):
    """Where one gateway writes: the database's URL (a secret), its own name among the gateways, and two files of its
    own. `key_path` is the log's Ed25519 key, the same for all gateways; `highest_path` is where this gateway remembers
    the highest checkpoint that it saw. `remembers` is False for a command: it compares with what the gateway of this
    machine remembers, and leaves that alone."""

    url: str
    instance: str
    key_path: Path
    highest_path: Path
    origin: str
    remembers: bool = True


def open_ledger(
    place: Place,
    *,
    clock: Callable[[], float],
    random_bytes: Callable[[int], bytes] = os.urandom,
    on_fatal: Callable[[LedgerUnavailable], None],
    start_body: Mapping[str, Any] | None = None,
    lock_wait_s: float = instances.LOCK_WAIT_S,
) -> Ledger:
    """Open or make the log, and append a start NOTICE and then ENDED(unknown) for each request that this instance left
    open, or one that is gone. Blocks; not for a thread that runs a loop.

    `clock` gives Unix seconds; `on_fatal` is as for `Ledger.open`; `lock_wait_s` is how long to wait for the instance's
    name. Raises LedgerLocked (another process has this name or this `highest_path`), LedgerCorrupt (the database does
    not hold what this gateway saw signed), LedgerUnavailable and ConfigurationError (key, origin, settings of server).
    """
    instances.check_name(place.instance)
    try:
        with ExitStack() as undo:
            highest = _open_highest(place)
            if highest:
                undo.callback(highest.close)
            session = Session(place.url, f"ringfence {place.instance}")
            undo.callback(session.close)
            session.run(schema.insist_on_durability(session.connection), START_TIMEOUT_S)
            signer = _signer(place, session)
            holder = session.run(instances.take(session.connection, place.instance, lock_wait_s), START_TIMEOUT_S)
            seen = _seen(place, highest, signer.verifier)
            head, now = _stand(session, seen, signer.verifier)
            if highest is None and place.remembers:
                highest = _first_highest(place, session, head)
                undo.callback(highest.close)
            written_as = Written(place.instance, holder)
            store = PostgresStore(session, (head, now), highest, signer, written_as=written_as, clock=clock)
            unended = session.run(instances.left_open(session.connection, place.instance), START_TIMEOUT_S)
            recovered = Recovered(now.size, unended, adopted=now.size - seen.size, cut_bytes=0)
            if highest:
                enter = "INSERT INTO ringfence.instances VALUES ($1) ON CONFLICT DO NOTHING"
                session.run(session.connection.execute(enter, place.instance), START_TIMEOUT_S)
            announce(store, recovered, start_body or {}, random_bytes)
            undo.pop_all()
    except OSError as error:
        raise LedgerUnavailable(f"The ledger's files can't be used: {error}.", where=str(error.filename)) from error
    return Ledger(store, recovered, verifier_key=signer.verifier.key_line, random_bytes=random_bytes, on_fatal=on_fatal)


def _open_highest(place: Place) -> Highest | None:
    return Highest(place.highest_path) if place.remembers and place.highest_path.exists() else None


def _signer(place: Place, session: Session) -> Signer:
    """The signer, once the database holds a log of its key; both are made where there is none yet.

    INVARIANT: a key is made only where nothing was ever signed: the database is empty and this gateway saw nothing. A
    crash between the two leaves a key that the next start uses.
    """
    found = session.run(schema.find(session.connection), START_TIMEOUT_S)
    new = found is None and not place.highest_path.exists()
    if found is not None and not place.key_path.exists():
        raise ConfigurationError(
            f"The database holds a log, and {place.key_path} is missing.",
            where=str(place.key_path),
            remedy="Copy the key file from a gateway that writes this log: all of them sign with one key.",
        )
    key = create_key(place.key_path) if new and not place.key_path.exists() else load_key(place.key_path)
    sync_folder(place.key_path.parent)
    signer = Signer(place.origin, key)
    ours = signer.verifier.key_line
    if found is None:
        if _seen(place, None, signer.verifier).size:
            raise LedgerCorrupt("The database holds no log, but this gateway saw one signed there.", where=WHERE)
        note = signer.sign(Checkpoint(place.origin, 0, EMPTY_ROOT))
        found = session.run(schema.make(session.connection, ours, note), START_TIMEOUT_S)
    if found.key_line != ours:
        raise ConfigurationError(
            f"The database holds the log of another key or origin ({found.key_line}) than this gateway's ({ours}).",
            where=WHERE,
            remedy="Give every gateway the same key file and the same [ledger] origin, or this one another database.",
        )
    publish_key_line(place.key_path.with_suffix(".vkey"), ours)
    return signer


def _first_highest(place: Place, session: Session, head: Head) -> Highest:
    """This gateway's first start believes the database; from then on it remembers. A crash between the two steps
    leaves a file without its instance, which the next start enters."""
    known = "SELECT instance FROM ringfence.instances WHERE instance = $1"
    if _row(session, known, place.instance) is not None:
        raise LedgerCorrupt(
            f"{place.highest_path} is missing, but {place.instance!r} wrote this log before: whether the database "
            "still holds all of it can't be known.",
            where=str(place.highest_path),
            remedy="Put the file back from a copy, or copy that of another gateway while neither runs.",
        )
    Highest.create(place.highest_path, remembered(head, 0))
    return Highest(place.highest_path)


def _seen(place: Place, highest: Highest | None, verifier: Verifier) -> Checkpoint:
    """The highest checkpoint that this machine's gateway saw; that of size 0 where there was none."""
    if highest:
        return highest.head.checkpoint(verifier)
    if not place.highest_path.exists():
        return Checkpoint(place.origin, 0, EMPTY_ROOT)
    return newest(decode_slots(place.highest_path.read_bytes()), place.highest_path).checkpoint(verifier)


def _stand(session: Session, seen: Checkpoint, verifier: Verifier) -> tuple[Head, Checkpoint]:
    """Where the log stands. Raises LedgerCorrupt where it does not go on from what this gateway saw, or lacks its last
    rows."""
    row = _row(session, _STAND, seen.size)
    head, now = read_head(row, verifier)
    must_extend(seen, now, row["there"], verifier)
    last = -1 if row["last"] is None else row["last"]
    if last != now.size - 1:
        raise LedgerCorrupt(
            f"The head signs {now.size} records, but the last one in the database has index {last}.", where=WHERE
        )
    return head, now


def _row(session: Session, query: str, *arguments: Any) -> Any:
    return session.run(session.connection.fetchrow(query, *arguments), START_TIMEOUT_S)
