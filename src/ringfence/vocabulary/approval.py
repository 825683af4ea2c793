"""What people approve: an act as data, and each approver's signed word on it.

Envelopes are DSSE 1.0 (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md), so that anybody's tools
check them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec


class Act(msgspec.Struct, frozen=True):
    """Something that must not be done by one person alone, such as an exception or the erasure of young records.
    `body` is JSON-encodable and says all that matters: what is approved is exactly this."""

    kind: str
    body: dict[str, Any]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may approve. `public_key` is the Base64 of a raw Ed25519 key. Dates are inclusive; None: no end."""

    id: str
    name: str
    role: str
    public_key: str
    since: date
    until: date | None = None


class Signature(msgspec.Struct, frozen=True):
    """`sig` is the Base64 of an Ed25519 signature, `keyid` the id of the person."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """A DSSE envelope: `payload` is Base64 of the signed bytes."""

    payload_type: str
    payload: str
    signatures: tuple[Signature, ...]


class Approval(msgspec.Struct, frozen=True):
    """One person's word as found in an envelope whose signature holds. `at` knows its zone."""

    person: str
    name: str
    role: str
    act_sha256: str
    at: datetime
    reason: str


class Proposal(msgspec.Struct, frozen=True):
    """The file that goes from hand to hand until enough people have approved."""

    act: Act
    approvals: tuple[Envelope, ...] = ()
