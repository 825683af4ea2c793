"""Which services a request could go to, in which form, in which order; and the facts of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from ringfence import register
from ringfence.classify import Provenance, declared
from ringfence.gateway.admit import Caller
from ringfence.gateway.exceptions.lifting import NOTHING, Lifted
from ringfence.gateway.found import found_at
from ringfence.gateway.keys import Key
from ringfence.gateway.state import State
from ringfence.gateway.ways import Way
from ringfence.masking import Manner, Treatment
from ringfence.vocabulary.chat import CanonicalRequest, Service
from ringfence.vocabulary.decision import Coverage, Facts, FieldReview, Form
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.errors import MalformedRequest
from ringfence.vocabulary.labels import REGULATED, Label
from ringfence.vocabulary.text import Classification, Completeness, Finding

WHOLE = frozenset({Label.PHI, Label.PART2, Label.LIMITED_DATA_SET})
"""Labels under which every identifier of 45 CFR 164.514(b)(2)(i) counts, not only those that raise a label alone."""

_MOST_UNKNOWN = 128
"""A record has room for the names of so many fields, and what is remembered of a request stays small."""


class Option(msgspec.Struct, frozen=True):
    """One service that could answer, with what is on paper for it today; `manner` is how identifiers are replaced."""

    way: Way
    coverage: tuple[Coverage, ...]
    review: FieldReview
    method: register.MaskMethod
    configured: bool
    manner: Manner = Manner()
    lifted: Lifted = NOTHING

    @property
    def service(self) -> Service:
        return self.way.service

    @property
    def uncovered(self) -> tuple[Label, ...]:
        return tuple(sorted(cover.label for cover in self.coverage if not cover.covered))

    @property
    def excepted_labels(self) -> tuple[Label, ...]:
        """Of the uncovered ones."""
        return tuple(label for label in self.uncovered if label in self.lifted.labels)

    @property
    def excepted_rules(self) -> tuple[str, ...]:
        """Of those that speak of the fields that this request uses."""
        fields = {"retained-field": self.review.forbidden, "unknown-field": self.review.unknown}
        return tuple(rule for rule, used in sorted(fields.items()) if used and rule in self.lifted.rules)


class Candidate(msgspec.Struct, frozen=True):
    """An option in one form."""

    option: Option
    form: Form


def options(
    ways: Iterable[Way],
    request: CanonicalRequest,
    classification: Classification,
    caller: Caller,
    state: State,
    now: datetime,
) -> list[Option]:
    """What is on paper for each way today, and what exceptions lift this minute.

    Raises MalformedRequest where a service would get more fields that are not in its catalogue than a record can name.
    """
    options = [_option(way, request, classification, caller, state, now) for way in ways]
    if any(len(option.review.unknown) > _MOST_UNKNOWN for option in options):
        raise MalformedRequest(
            f"The request has more than {_MOST_UNKNOWN} fields that are not in the terms catalogue.",
            remedy="Leave out fields that the interface does not have.",
        )
    return options


def _option(
    way: Way, request: CanonicalRequest, classification: Classification, caller: Caller, state: State, now: datetime
) -> Option:
    service, endpoint, today, key = way.service, way.endpoint, now.date(), caller.key
    paper, labels, client = state.paper(today), classification.labels, caller.key.client
    model = service.models[0] if way.rerouted else request.model
    return Option(
        way=way,
        coverage=paper.cover(service.id, labels, endpoint, model, client),
        review=paper.review(service.id, endpoint, model, way.uses, labels, found_at(way.uses, classification.findings)),
        method=paper.method(service.id, labels, client),
        configured=state.configured(service),
        manner=state.masking.manner(labels, today),
        # Of a host that is not a vendor's no exception is asked for.
        lifted=NOTHING
        if service.private
        else state.exceptions.lifted(key.id, client, key.purpose, service.id, labels, now),
    )


def candidates(options: list[Option], classification: Classification, caller: Caller) -> list[Candidate]:
    """The order in which policy is asked.

    Where documents or an exception let the data through, masking still comes first unless the purpose needs the
    identity: minimum necessary, 45 CFR 164.502(b). Where nothing does, masking comes second. The private model gets
    the request as it is.
    """
    ordered = []
    regulated = bool(classification.labels & REGULATED)
    for option in options:
        plain, masked = Candidate(option, Form.AS_REQUESTED), Candidate(option, Form.MASKED)
        if option.service.private or not any(_spoken_for(option, finding) for finding in classification.findings):
            ordered += [plain]
        elif regulated and option.uncovered == option.excepted_labels and not caller.key.needs_identity:
            ordered += [masked, plain]
        else:
            ordered += [plain, masked]
    return ordered


def to_mask(option: Option, finding: Finding) -> bool:
    """Whether this finding is replaced for this service: all kinds under health labels that it does not cover, all that
    Safe Harbor lists where that is switched on, and none that the organisation keeps."""
    entity = ENTITIES[finding.entity]
    if option.manner.of(entity.name) is Treatment.KEEP:
        return False
    listed = option.manner.safe_harbor and bool(entity.safe_harbor)
    return listed or entity.raises is not None or bool(WHOLE & set(option.uncovered))


def _spoken_for(option: Option, finding: Finding) -> bool:
    """Whether the masked form says something of this finding: it is replaced, or the organisation keeps it."""
    return to_mask(option, finding) or option.manner.of(finding.entity) is Treatment.KEEP


def _declared(classification: Classification, key: Key) -> frozenset[Label]:
    """The labels by provenance. Where not all was read, only the operator's part of it counts, the key and its sources:
    to have declared regulated data opens a door there (rule unread-needs-cover), and a header must not open any.

    That drops no stricter rule: whoever passes through that door has nothing uncovered.
    """
    if classification.completeness is Completeness.COMPLETE:
        return classification.declared
    return declared(Provenance(handles=key.handles, sources=key.sources))[0]


def facts(
    candidate: Candidate,
    request: CanonicalRequest,
    classification: Classification,
    caller: Caller,
    unmaskable: tuple[str, ...] = (),
    residual: tuple[str, ...] = (),
    second_look: Completeness = Completeness.COMPLETE,
) -> Facts:
    """Everything that policy may look at for one candidate. A second look that failed found nothing and proves nothing,
    so it counts as a search that failed."""
    option, key = candidate.option, caller.key
    masked = candidate.form is Form.MASKED
    return Facts(
        client=key.client,
        purpose=key.purpose,
        service=option.service.id,
        vendor=option.service.vendor,
        private=option.service.private,
        own_host=option.service.own_host,
        rerouted=option.way.rerouted,
        form=candidate.form,
        labels=tuple(sorted(classification.labels)),
        declared=tuple(sorted(_declared(classification, key))),
        uncovered=option.uncovered,
        completeness=second_look if second_look is Completeness.FAILED else classification.completeness,
        names_searched=classification.names_searched,
        unmaskable=unmaskable if masked else (),
        residual=residual if masked else (),
        mask_method=option.method.method,
        unknown_fields=tuple(sorted({use.name for use in option.review.unknown})),
        forbidden_fields=tuple(sorted({use.name for use in option.review.forbidden})),
        model_allowed=key.may_use(request.model),
        configured=option.configured,
        readable=not option.way.gaps and set(request.modalities) <= set(option.service.modalities),
        reroute_allowed=key.on_uncovered == "reroute",
        excepted_rules=option.excepted_rules,
        excepted_labels=option.excepted_labels,
    )


def exceptions_used(candidate: Candidate, asked: Facts) -> tuple[str, ...]:
    """Ids of the exceptions without which policy would not have allowed this candidate."""
    if not set(asked.labels) & REGULATED:
        return ()
    lifted = candidate.option.lifted
    labels = asked.excepted_labels if asked.form is Form.AS_REQUESTED else ()
    ids = [lifted.rules[rule] for rule in asked.excepted_rules] + [lifted.labels[label] for label in labels]
    return tuple(sorted({each for some in ids for each in some}))
