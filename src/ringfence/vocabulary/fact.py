"""What can be said of an AI stack, as typed facts: each has a subject, so that a vendor's never passes for ours."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

ORGANISATION = "organisation"
"""The subject of facts about the organisation itself; vendors go by their id in the register."""

Value = bool | int | float | str | tuple[str, ...]


class Basis(StrEnum):
    """What a fact rests on. RECORDED: the ledger. VERIFIED: the vendor's own interface said so. CONFIGURED: how this
    gateway is set up. REVIEWED: a document on file that somebody read. CATALOGUED: what the maker's or vendor's own
    pages said. CLAIMED: somebody's word, unaudited. NOTHING: it was looked for where it would stand, and nothing that
    counts is there: it never supports a yes."""

    RECORDED = "recorded"
    VERIFIED = "verified"
    CONFIGURED = "configured"
    REVIEWED = "reviewed"
    CATALOGUED = "catalogued"
    CLAIMED = "claimed"
    NOTHING = "nothing"


class Proof(msgspec.Struct, frozen=True):
    """Where to look: `kind` is document, probe, ledger, setting, catalogue or statement; `ref` its id, path or record
    index; `sha256` of the paper, in hex, where there is one; `as_of` the day from which it speaks."""

    kind: str
    ref: str
    says: str = ""
    sha256: str = ""
    as_of: date | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One typed statement. `scope` narrows it (service, label, project). `period` is inclusive, for facts that speak of
    a span; `as_of` is the day that the source which decides its value speaks of, so that its age can be shown;
    `expires_on` the last day on which it may be relied on (None: only what `period` covers, or no end is known).

    `says` is one plain sentence, `check` how somebody else can check it, `limits` what it does not say.
    """

    subject: str
    predicate: str
    value: Value
    basis: Basis
    says: str
    check: str
    as_of: date
    scope: dict[str, str] = {}
    period: tuple[date, date] | None = None
    expires_on: date | None = None
    proofs: tuple[Proof, ...] = ()
    limits: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Stays the same while the value changes: subject, predicate and scope."""
        scope = ",".join(f"{name}={value}" for name, value in sorted(self.scope.items()))
        return f"{self.subject}.{self.predicate}" + (f"[{scope}]" if scope else "")

    def age_days(self, today: date) -> int:
        """How old its sources are."""
        return (today - self.as_of).days

    def live(self, today: date) -> bool:
        """Whether it may be relied on today."""
        return self.expires_on is None or today <= self.expires_on
