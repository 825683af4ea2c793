"""People with keys, made from their names so that every run has the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.approvals import approve, public_text, write_person
from ringfence.vocabulary.approval import Act, Person, Proposal

NOW = datetime(2031, 5, 20, 12, 0, tzinfo=UTC)


def key_of(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))


def person(name: str, since: date = date(2031, 1, 1), until: date | None = None) -> Person:
    return Person(
        id=name,
        name=name.title(),
        role="privacy officer",
        public_key=public_text(key_of(name)),
        since=since,
        until=until,
    )


def enrol(folder: Path, *names: str) -> None:
    """Writes the people's files into an approvers folder."""
    for name in names:
        (folder / f"{name}.toml").unlink(missing_ok=True)
        write_person(folder, person(name, since=date(2001, 1, 1)))


def exception(
    name: str, at: datetime, *by: str, until: datetime | None = None, kind: str = "exception", **body: Any
) -> Proposal:
    """An exception that begins an hour before `at`, lasts ten days and was approved `by` these people then."""
    stated = {
        "id": name,
        "services": ["openai/*"],
        "clients": ["clinic"],
        "reason": "a pilot",
        "requested_by": "Dan",
        "starts": _utc(at - timedelta(hours=1)),
        "expires": _utc(until or at + timedelta(days=10)),
    }
    act = Act(kind, stated | body)
    people = {who: person(who, since=date(2001, 1, 1)) for who in by}
    return Proposal(act, tuple(approve(act, key_of(who), people[who], at=at, reason="looked at it") for who in by))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
