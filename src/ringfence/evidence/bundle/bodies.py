"""The members of records that a bundle's reader looks at (docs/reference/record.md). A member that is absent is not
known: it was added later than the record, or its room does not write it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from ringfence.ledger.record import is_time
from ringfence.vocabulary.approval import Envelope

Digest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]
"""SHA-256 in lower-case hex, or "" where there is none."""

"""In one spelling, because times are compared as texts: another one could be made to sort where it does not belong."""


class Line(msgspec.Struct, frozen=True, gc=False):
    """A leaf. The rest of its shape is ledger/record.py's."""

    version: Literal[1]
    time: str
    request_id: str
    phase: Literal["decided", "ended", "notice"]
    body: msgspec.Raw
    commitments: dict[str, str]


class Facts(msgspec.Struct, frozen=True, gc=False):
    """Of a candidate: what policy saw, as far as it can be compared with the rest of the record."""

    client: str = ""
    purpose: str = ""
    service: str = ""
    rerouted: bool = False
    form: str = ""
    labels: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """One question to policy, and its answer."""

    facts: Facts
    allowed: bool
    rules: tuple[str, ...]


class Cover(msgspec.Struct, frozen=True, gc=False):
    """Whether a label was covered at a candidate's service."""

    label: str
    service: str
    covered: bool
    documents: tuple[str, ...] = ()
    until: str | None = None


class Decided(msgspec.Struct, frozen=True, gc=False):
    """The body of a `decided` record."""

    effect: str
    service: str
    key: str = ""
    client: str = ""
    purpose: str = ""
    form: str = ""
    labels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    coverage: tuple[Cover, ...] = ()
    asked_at: str = ""
    policy_digest: Digest = ""
    register_digest: Digest = ""
    keys_listed_digest: Digest = ""
    exceptions_digest: Digest = ""
    exceptions: tuple[str, ...] = ()


class Ended(msgspec.Struct, frozen=True, gc=False):
    """The body of an `ended` record."""

    outcome: str
    decided: int = -1


class Notice(msgspec.Struct, frozen=True, gc=False):
    """The body of a `notice` record. `actor` and `approvers` are there where it tells of a change; the four members
    after `event` make it a sign of life (ledger/observed.py)."""

    event: str
    instance: str | msgspec.UnsetType = msgspec.UNSET
    heartbeat_s: Annotated[float, msgspec.Meta(ge=0, le=1e9)] | msgspec.UnsetType = msgspec.UNSET
    since: str | msgspec.UnsetType = msgspec.UNSET
    by: str | msgspec.UnsetType = msgspec.UNSET
    actor: str | None = None
    approvers: tuple[str, ...] | None = None
    envelopes: tuple[Envelope, ...] = ()
    policy_digest: Digest = ""
    register_digest: Digest = ""
    keys_listed_digest: Digest = ""
    exceptions_digest: Digest = ""


Body = Decided | Ended | Notice

_line = msgspec.json.Decoder(Line).decode
_any = msgspec.json.Decoder().decode
_sorted = msgspec.json.Encoder(order="sorted").encode
_READ: dict[str, Callable[[msgspec.Raw], Body]] = {
    "decided": msgspec.json.Decoder(Decided).decode,
    "ended": msgspec.json.Decoder(Ended).decode,
    "notice": msgspec.json.Decoder(Notice).decode,
}


def read_line(leaf: bytes) -> Line:
    """Raises msgspec.MsgspecError, UnicodeDecodeError and RecursionError where it is no record."""
    line = _line(leaf)
    check_time(line.time)
    # What the gateway wrote is what this encoder writes, so the slow look is for what was made by other means.
    if _sorted(_any(leaf)) != leaf:
        _look_twice(leaf)
    return line


def _look_twice(leaf: bytes) -> None:
    try:
        json.loads(leaf, object_pairs_hook=_once, parse_int=str)
    except ValueError as error:
        raise msgspec.ValidationError(f"not everybody can read it: {error}") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two tools may take two values for a member that is there twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise msgspec.ValidationError("a member of an object is there twice")
    return members


def check_time(text: str) -> None:
    """Raises msgspec.ValidationError unless it is a time as records write it (ledger/record.py)."""
    if not is_time(text):
        raise msgspec.ValidationError(f"{text[:40]!r} is no time as records write it")


def read_body(line: Line) -> Body | None:
    """The body of a record; None where it has another shape than its room writes today."""
    try:
        return _READ[line.phase](line.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
