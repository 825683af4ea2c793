"""Coverage, the facts that policy sees, and the decision."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Completeness


class Effect(StrEnum):
    """What happens to a request."""

    ALLOW = "ALLOW"
    MASK = "MASK"
    REROUTE = "REROUTE"
    DENY = "DENY"


class Form(StrEnum):
    """In which form a candidate would leave."""

    AS_REQUESTED = "as_requested"
    MASKED = "masked"


class Coverage(msgspec.Struct, frozen=True):
    """Whether one label is covered at one service today, by which documents (ids), until when (inclusive), or why not.

    `reasons` are plain sentences without content. `until` is None where nothing limits it (a model on an own host).
    `verified_at` is when the vendor's account was last read and found set as the documents say; None: never.
    """

    label: Label
    service: str
    covered: bool
    documents: tuple[str, ...] = ()
    until: date | None = None
    reasons: tuple[str, ...] = ()
    verified_at: datetime | None = None


class FieldUse(msgspec.Struct, frozen=True):
    """A request field or value that the terms catalogue judged: `name` is a normalised path such as `/store` or
    `/messages/*/content/*/type=image_url`; `why` is the catalogue's plain sentence."""

    name: str
    why: str


class FieldReview(msgspec.Struct, frozen=True):
    """The terms catalogue's verdict on the fields that one request uses at one service.

    `unknown`: the catalogue does not list them. `forbidden`: listed, but not allowed with regulated data.
    `until` is the date (inclusive) to which the catalogue may be relied on.
    """

    unknown: tuple[FieldUse, ...] = ()
    forbidden: tuple[FieldUse, ...] = ()
    until: date | None = None


class Facts(msgspec.Struct, frozen=True):
    """Everything that policy may look at for one candidate. Sorted tuples, so that equal facts compare and hash equal.

    `uncovered` are the labels that the service does not cover today. `unmaskable` are entities found where masking
    can't reach (object keys, numbers) or can't delimit. `residual` are entities still found after masking.
    `mask_method` is the method on file for this service and these labels: none, structured_acceptance, safe_harbor or
    expert_determination. `rerouted` is true where the service is not the one that the client's model name means.
    `own_host` is the service's: a private service on a rented host may not get what could not be read.
    `excepted_rules` and `excepted_labels` are those that an exception in force lifts for this request at this service.
    """

    client: str
    purpose: str
    service: str
    vendor: str
    private: bool
    rerouted: bool
    form: Form
    labels: tuple[Label, ...]
    declared: tuple[Label, ...]
    uncovered: tuple[Label, ...]
    completeness: Completeness
    names_searched: bool = False
    unmaskable: tuple[str, ...] = ()
    residual: tuple[str, ...] = ()
    mask_method: str = "none"
    unknown_fields: tuple[str, ...] = ()
    forbidden_fields: tuple[str, ...] = ()
    model_allowed: bool = True
    configured: bool = True
    readable: bool = True
    reroute_allowed: bool = True
    own_host: bool = False
    excepted_rules: tuple[str, ...] = ()
    excepted_labels: tuple[Label, ...] = ()


class Reason(msgspec.Struct, frozen=True):
    """A rule that decided: its id, its plain sentence, and what to do about it."""

    rule: str
    says: str
    remedy: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """Policy's answer for one candidate. `reasons` are the determining rules: the permit, or every forbid."""

    facts: Facts
    allowed: bool
    reasons: tuple[Reason, ...]
    errors: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True):
    """The first allowed candidate, or DENY with every candidate's reasons.

    `service` is "" for DENY. `coverage` holds every candidate service's coverage, for the labels of the request.
    """

    effect: Effect
    service: str
    form: Form
    determining_rules: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    coverage: tuple[Coverage, ...]
    policy_digest: str
    register_digest: str
