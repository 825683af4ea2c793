"""What replay reads of a `decided` record: the decision, the facts that it rests on, and what else the record says of
them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """One candidate as policy saw it, and its answer. The members of `facts` are those of the schema of that time."""

    facts: dict[str, Any]
    allowed: bool
    rules: tuple[str, ...]

    @property
    def title(self) -> str:
        """How sentences name it."""
        return f"{self.facts.get('service')}, {self.facts.get('form')}"


class Cover(msgspec.Struct, frozen=True):
    """One entry of `coverage`. `until` is a date, inclusive."""

    label: str
    service: str
    covered: bool
    documents: tuple[str, ...] = ()
    until: str | None = None


class Body(msgspec.Struct, frozen=True):
    """docs/reference/record.md, `decided`. None: a record of before the member was written."""

    effect: str
    service: str
    form: str
    rules: tuple[str, ...]
    candidates: tuple[Asked, ...]
    asked_at: str
    policy_digest: str
    register_digest: str
    client: str | None = None
    purpose: str | None = None
    labels: tuple[str, ...] | None = None
    declared: tuple[str, ...] | None = None
    completeness: str | None = None
    names_searched: bool | None = None
    coverage: tuple[Cover, ...] = ()
    exceptions: tuple[str, ...] | None = None


class Decided(msgspec.Struct, frozen=True):
    """A record of the phase, from its leaf bytes."""

    phase: Literal["decided"]
    body: Body


class _Phase(msgspec.Struct):
    phase: str


_phase = msgspec.json.Decoder(_Phase)
_decided = msgspec.json.Decoder(Decided)


def read(leaf: bytes) -> Body | None:
    """The decision of a record, or None where it is another phase's. Raises msgspec.MsgspecError."""
    return _decided.decode(leaf).body if _phase.decode(leaf).phase == "decided" else None
