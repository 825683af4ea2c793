"""Builds the stations from a home: opens the ledger and the vault, loads the register, says what can be reached."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ringfence import register
from ringfence.classify import Classifier
from ringfence.extract import Extractor, Limits
from ringfence.gateway import store
from ringfence.gateway.accounts import probed
from ringfence.gateway.exceptions import loading as exceptions
from ringfence.gateway.exceptions.lifting import Exceptions
from ringfence.gateway.files import Files
from ringfence.gateway.home import Home
from ringfence.gateway.keys import write_private
from ringfence.gateway.services import private_services
from ringfence.gateway.serving import Serving
from ringfence.gateway.sidecars import Sidecars
from ringfence.gateway.state import State, load_masking, load_policy, load_rules
from ringfence.gateway.stations import Sender, Stations
from ringfence.gateway.taggers import load_taggers, load_with_deep
from ringfence.ledger.ledger import Ledger
from ringfence.ledger.reader import Reader, SegmentsReader
from ringfence.ledger.snapshots import FolderSnapshots, Snapshots
from ringfence.masking import Book, Vault
from ringfence.sidecar.content import ContentWriter
from ringfence.sidecar.people import load_custodians, load_opener
from ringfence.sidecar.sealing import text_of
from ringfence.sidecar.subjects import SubjectWriter
from ringfence.vocabulary.errors import LedgerUnavailable, VaultError
from ringfence.vocabulary.record import Receipt, Record

# Of one file in a request: what is unpacked, as a multiple of the largest body; and the text, which is then searched.
_UNPACKED = 16
_FILE_CHARACTERS = 2_000_000
_FILE_PIECES = 100_000


def load_register(home: Home) -> register.Snapshot:
    """The register as its files are now. Raises ConfigurationError."""
    return register.load(
        home.register if home.register.is_dir() else None,
        extra_services=private_services(home.settings.private),
        demonstration_folder=home.demonstration if home.demonstration.is_dir() else None,
        posture=register.read_posture(home.posture, probed(home.settings), datetime.now(UTC)),
    )


def load_state(home: Home, reachable: Callable[[str], bool]) -> State:
    """The register and policies as their files are now. Raises ConfigurationError."""
    table = home.settings.organisation
    organisation = register.organisation(table.role, table.regimes, table.name)
    rules, snapshot = load_rules(home.policies), load_register(home)
    return State(
        snapshot,
        load_policy(home.policies),
        organisation,
        reachable,
        rules=rules,
        masking=load_masking(home.policies),
        exceptions=load_exceptions(home, snapshot, organisation),
    )


def load_exceptions(home: Home, snapshot: register.Snapshot, organisation: register.Organisation) -> Exceptions:
    """The exceptions as their files are now; what can't be used does not count."""
    return exceptions.load(
        home.exceptions,
        home.approvers,
        snapshot.needs,
        organisation,
        max_days=home.settings.exceptions.max_days,
        now=datetime.now(UTC),
    )


def open_ledger(
    home: Home, on_fatal: Callable[[LedgerUnavailable], None], start: Mapping[str, Any], *, command: bool = False
) -> Ledger:
    """The ledger of this home, recovered. A `command` may write beside the running gateway where the store takes many
    writers. Raises LedgerLocked, LedgerCorrupt, LedgerUnavailable, ConfigurationError."""
    if store.in_postgres(home):
        return store.open_postgres(home, on_fatal, start, command=command)
    return Ledger.open(
        home.ledger,
        key_path=home.ledger_key,
        highest_path=home.ledger_highest,
        origin=home.settings.ledger.origin,
        clock=time.time,
        on_fatal=on_fatal,
        start_body=start,
    )


def reader(home: Home) -> Reader:
    """The ledger of this home for reading, beside a running gateway too. Raises LedgerUnavailable where there is none,
    LedgerCorrupt."""
    if store.in_postgres(home):
        return store.postgres_reader(home)
    if not home.ledger.is_dir():
        raise LedgerUnavailable(f"{home.ledger}: there is no ledger here", remedy="Start the gateway: `ringfence up`.")
    return SegmentsReader(home.ledger, home.ledger_highest)


def reader_or_none(home: Home) -> Reader | None:
    """`reader`, or None where nothing was ever recorded. Raises LedgerCorrupt; LedgerUnavailable where the store can't
    be asked."""
    if store.in_postgres(home):
        return store.postgres_reader_or_none(home)
    return reader(home) if (home.ledger / "log.vkey").exists() else None


def snapshots(home: Home) -> Snapshots:
    """Where each register and policy that was in force is kept."""
    if store.in_postgres(home):
        return store.postgres_snapshots(home)
    return FolderSnapshots(home.ledger / "snapshots")


def open_vault(home: Home) -> Vault:
    """The vault of this home; its key is made with it. Raises VaultError."""
    if not home.vault_key.exists():
        if home.vault.exists():
            raise VaultError(
                f"{home.vault_key} is missing, but {home.vault} is there.",
                remedy=f"Put the key back, or remove {home.vault}: open conversations then get new surrogates.",
            )
        write_private(home.vault_key, secrets.token_bytes(32))
    return Vault.open(
        home.vault,
        home.vault_key.read_bytes(),
        lifetime_s=home.settings.masking.lifetime_s,
        clock=time.time,
        random_bytes=secrets.token_bytes,
    )


def open_names(home: Home) -> Serving | None:
    """What searches for names; None where that is turned off. Raises ConfigurationError where it can't be used."""
    table = home.settings.detection
    if not table.names:
        return None
    load = load_with_deep if table.deep else load_taggers
    return Serving(load(), deadline_s=table.deadline_s, threads=table.threads, batch_chars=table.batch_chars)


def open_files(home: Home) -> Files:
    """What reads files that requests carry. Its worker process starts with the first file."""
    table, body = home.settings.detection, home.settings.gateway.max_body_bytes
    limits = Limits(
        max_bytes=body,
        max_unpacked_bytes=_UNPACKED * body,
        max_characters=_FILE_CHARACTERS,
        max_pieces=_FILE_PIECES,
        timeout_s=table.files_timeout_s,
    )
    return Files(Extractor(limits, workers=1), timeout_s=table.files_timeout_s)


def open_sidecars(home: Home) -> Sidecars | None:
    """The encrypted stores beside the ledger; None where both are off. Raises ConfigurationError where a key that the
    settings name can't be used."""
    content, subjects = home.settings.content, home.settings.subjects
    if not content.share and not subjects.custodians:
        return None
    beside = home.config.parent
    return Sidecars(
        ContentWriter(home.content, load_opener(beside / content.reviewer), now=_now) if content.share else None,
        content.share,
        SubjectWriter(
            home.subjects,
            load_custodians([beside / each for each in subjects.custodians]),
            now=_now,
            random_bytes=secrets.token_bytes,
        )
        if subjects.custodians
        else None,
        secrets.SystemRandom().random,
    )


def sealed_to(home: Home) -> dict[str, dict[str, str]]:
    """For the start's record: to whose keys the stores beside the ledger are sealed, id -> Base64; whoever names their
    own in the settings is seen. Nothing for a store that is off. Raises ConfigurationError."""
    content, subjects, beside = home.settings.content, home.settings.subjects, home.config.parent
    reviewer = [load_opener(beside / content.reviewer)] if content.share else []
    custodians = load_custodians([beside / each for each in subjects.custodians]) if subjects.custodians else ()
    named = {"reviewer": reviewer, "custodians": custodians}
    return {role: {each.id: text_of(each.public_key) for each in people} for role, people in named.items() if people}


def _now() -> datetime:
    return datetime.now(UTC)


async def no_ledger(record: Record) -> Receipt:
    """Stands in for the ledger in a dry run, where nothing is recorded and so nothing can be sent."""
    raise LedgerUnavailable("A dry run records nothing.")


def stations(
    home: Home,
    *,
    state: Callable[[], State],
    sender: Sender,
    book: Callable[[str], Book],
    append: Callable[[Record], Awaitable[Receipt]],
    live: Callable[[str], None],
    names: Serving | None = None,
    files: Files | None = None,
    sidecars: Sidecars | None = None,
) -> Stations:
    """The stations around an opened ledger, vault and set of services, and what the caller opened and closes."""
    salt_key = secrets.token_bytes(32)  # of this process: a restart empties a shared prefix cache, and no more
    return Stations(
        classifier=Classifier(memory_key=secrets.token_bytes(32), clock=time.monotonic),
        state=state,
        book=book,
        append=append,
        sender=sender,
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        live=live,
        new_id=lambda: uuid.uuid4().hex,
        cache_salt=lambda client: hmac.new(salt_key, client.encode(), hashlib.sha256).hexdigest(),
        detect_timeout_s=home.settings.gateway.detect_timeout_s,
        max_reply_bytes=home.settings.gateway.max_reply_bytes,
        names=names,
        names_always=home.settings.detection.always,
        files=files,
        sidecars=sidecars,
    )
