"""What a vendor does whatever a request says: how long it keeps what under which tier, and what sources disagree on.

`practices/*.toml`, one file for each vendor. Nothing here permits anything: coverage comes from documents on file, and
these facts are shown beside it and cited in evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec

from ringfence.register import reading
from ringfence.register.catalogue import Claim, contradict
from ringfence.register.globs import any_matches
from ringfence.register.kinds import Kind, Tier
from ringfence.vocabulary.chat import Service

if TYPE_CHECKING:
    from ringfence.register.snapshot import Snapshot

_NAME = re.compile(r"[a-z0-9-]+")


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something asked about a vendor, and what each source answers. `asks` goes on after "whether" or "which".

    `bears_on`: the kinds of document that would settle it. `services` (globs) empty: all of the vendor's.
    """

    id: str
    asks: str
    bears_on: tuple[Kind, ...]
    services: tuple[str, ...] = ()
    claims: tuple[Claim, ...]

    @property
    def resolved(self) -> bool:
        """True where all sources answer alike."""
        return not contradict(self.claims)

    @property
    def sentence(self) -> str:
        """That it is open, with what each source says."""
        said = "; ".join(f"{claim.answer} ({claim.source}, read on {claim.reviewed_on})" for claim in self.claims)
        return f"It is unresolved {self.asks}: {said}. Only a document on file settles it."


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is kept at a vendor. `hours` None: no end is stated. `tiers`, `endpoints`, `models` empty: all of them.

    `basis`: terms (what the vendor says that it does), setting (of the account, so it can be read there), unknown.
    """

    what: str
    tiers: tuple[Tier, ...] = ()
    endpoints: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    hours: int | None = None
    says: str
    basis: Literal["terms", "setting", "unknown"] = "terms"
    source: str
    reviewed_on: date


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether a vendor trains models on what it is sent. `services` (globs) empty: all of the vendor's.

    `answer`: no; opt_in (only where the customer asks for it); yes; unresolved (the page leaves it to the account, or
    does not say). A vendor without an entry is unresolved, too: nobody has read a page that tells.
    """

    services: tuple[str, ...] = ()
    answer: Literal["no", "opt_in", "yes", "unresolved"]
    says: str
    source: str
    reviewed_on: date


class Practices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One vendor's file. `expires_on` is inclusive: after that day it is shown no more."""

    vendor: str
    reviewed_on: date
    expires_on: date
    retention: tuple[Retention, ...] = ()
    training: tuple[Training, ...] = ()
    questions: tuple[Question, ...] = ()


def shipped_practices() -> dict[str, Practices]:
    """By vendor. Raises ConfigurationError for a question without two sources."""
    found = {}
    for name, text in reading.shipped("practices"):
        practices = reading.decode(text, Practices, name)
        for index, question in enumerate(practices.questions):
            if not _NAME.fullmatch(question.id) or not question.claims:
                raise reading.problem(name, f"questions[{index}]", "needs an id and at least one claim")
        found[practices.vendor] = practices
    return found


def unresolved(snapshot: Snapshot, service: Service, kinds: Iterable[Kind], today: date) -> tuple[Question, ...]:
    """The open questions on a service whose answer would be a document of these kinds."""
    practices = snapshot.practices.get(service.vendor)
    if practices is None or practices.expires_on < today:
        return ()
    kinds = set(kinds)
    return tuple(
        question
        for question in practices.questions
        if not question.resolved
        and kinds.intersection(question.bears_on)
        and (not question.services or any_matches(question.services, service.id))
    )


def retention(
    snapshot: Snapshot, vendor: str, endpoint: str = "", tier: Tier = Tier.DEFAULT, model: str = ""
) -> tuple[Retention, ...]:
    """What a vendor keeps at an endpoint under a tier, for how long; "" asks for all endpoints or models."""
    practices = snapshot.practices.get(vendor)
    return tuple(
        each
        for each in (practices.retention if practices else ())
        if (not each.tiers or tier in each.tiers)
        and (not each.endpoints or not endpoint or endpoint in each.endpoints)
        and (not each.models or not model or any_matches(each.models, model))
    )
