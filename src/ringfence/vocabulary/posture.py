"""What was read of a vendor's account, what that means for the documents on file, and what stands open since."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class FindingKind(StrEnum):
    """AGREES: the account is set as a document claims. UNCLAIMED: read, and no document claims anything of it. DRIFT:
    it is set otherwise. UNREADABLE: it could not be read, so it confirms nothing. MISSING_CAPABILITY: the vendor has no
    way to read what a document claims, so only the document speaks for it."""

    AGREES = "agrees"
    UNCLAIMED = "unclaimed"
    DRIFT = "drift"
    UNREADABLE = "unreadable"
    MISSING_CAPABILITY = "missing_capability"


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as the vendor's own interface stated it. `scope` is a part of the account (`organization`, a project,
    a Region), `source` the path that was read, `services` globs of service ids. Times know their zone."""

    vendor: str
    scope: str
    setting: str
    value: str
    observed_at: datetime
    expires_at: datetime
    source: str
    services: tuple[str, ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One setting beside what the documents claim. `documents` are the ids of those that claim something of it, `kinds`
    their kinds. `counts_until` is when the last observation of it expires; None where there never was one."""

    kind: FindingKind
    vendor: str
    scope: str
    setting: str
    value: str
    says: str
    source: str
    services: tuple[str, ...]
    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    counts_until: datetime | None = None


class AccountState(msgspec.Struct, frozen=True, kw_only=True):
    """One account as last probed. `considered` are the ids of the documents whose claims were compared. `verified_at`
    is the last probe in which every claim that can be read agreed. Until `verified_until` every one of them was read
    not too long ago; None where one never was."""

    vendor: str
    services: tuple[str, ...]
    probed_at: datetime
    considered: tuple[str, ...]
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...]
    verified_at: datetime | None = None
    verified_until: datetime | None = None


class Acknowledgement(msgspec.Struct, frozen=True):
    """A person's word that they have seen a drift: who, when and why."""

    by: str
    at: datetime
    reason: str


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a document claimed and that was found not to hold. It stays open until a person acknowledges it.

    `cause` is `setting` or `document`. `since` is the last moment at which all was known to be well, None where it
    never was. `resolved_at` is when the setting was first seen to agree again.
    """

    id: str
    cause: str
    vendor: str
    scope: str
    setting: str
    value: str
    says: str
    services: tuple[str, ...]
    kinds: tuple[str, ...]
    documents: tuple[str, ...]
    opened_at: datetime
    since: datetime | None = None
    resolved_at: datetime | None = None
    acknowledged: Acknowledgement | None = None


class Affected(msgspec.Struct, frozen=True):
    """One request with regulated data that was sent: its record's index and time, never its content."""

    index: int
    time: str
    service: str
    labels: tuple[str, ...]
    effect: str
    form: str


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """A drift, and every regulated request that was sent since the last moment at which all was known to be well."""

    id: str
    drift: str
    says: str
    opened_at: datetime
    since: datetime | None
    services: tuple[str, ...]
    requests: tuple[Affected, ...]
