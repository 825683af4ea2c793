"""The method on file that lets masked data go to a service that does not cover its labels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from ringfence.register.documents import Document, Says
from ringfence.register.globs import any_matches
from ringfence.register.kinds import Kind
from ringfence.register.organisation import Organisation, OrganisationRole
from ringfence.register.snapshot import Snapshot
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.labels import Label

# Strongest first: the two methods of 45 CFR 164.514(b), then the organisation's own acceptance.
_METHODS = (
    (Kind.EXPERT_DETERMINATION, "expert_determination"),
    (Kind.SAFE_HARBOR_ATTESTATION, "safe_harbor"),
    (Kind.STRUCTURED_MASKING_ACCEPTANCE, "structured_acceptance"),
)
# 45 CFR 164.502(d)(1), 164.504(e)(2)(i): a business associate may de-identify only as its customer's BAA permits.
_HEALTH = frozenset({Label.PHI, Label.PART2, Label.LIMITED_DATA_SET})


class MaskMethod(msgspec.Struct, frozen=True):
    """`method`: none, structured_acceptance, safe_harbor or expert_determination. `until` is inclusive."""

    method: str = "none"
    documents: tuple[str, ...] = ()
    until: date | None = None


def mask_method(
    snapshot: Snapshot,
    service_id: str,
    labels: Iterable[Label],
    today: date,
    organisation: Organisation,
    client: str = "",
) -> MaskMethod:
    """The strongest method on file whose scope names the service and *all* regulated labels of the request.

    A business associate needs its client's BAA to permit de-identification for health data. Raises nothing.
    """
    service = snapshot.services.get(service_id)
    regulated = frozenset(labels) - {Label.GENERAL}
    if service is None or not regulated:
        return MaskMethod()
    permitted: tuple[str, ...] = ()
    last = date.max
    if organisation.role is OrganisationRole.BUSINESS_ASSOCIATE and regulated & _HEALTH:
        permission = _deidentification(snapshot, service, regulated & _HEALTH, today, client)
        if permission is None:
            return MaskMethod()
        permitted, last = permission
    for kind, name in _METHODS:
        best: tuple[date, str] | None = None
        for document in snapshot.documents.values():
            if document.kind is kind and _fits(document, service, regulated):
                standing = snapshot.standing(document, today)
                if standing.counts:
                    best = max(best or (date.min, ""), (standing.until, document.id))
        if best is not None:
            return MaskMethod(name, tuple(sorted({best[1], *permitted})), min(best[0], last))
    return MaskMethod()


def _fits(document: Document, service: Service, regulated: frozenset[Label]) -> bool:
    return (
        document.demonstration == service.demonstration
        and any_matches(document.scope.services, service.id)
        and regulated <= set(document.scope.labels)
    )


def _deidentification(
    snapshot: Snapshot, service: Service, labels: frozenset[Label], today: date, client: str
) -> tuple[tuple[str, ...], date] | None:
    """The client's BAAs that permit de-identification and their last day; None where one that counts does not."""
    binding = [
        (document, standing)
        for document in snapshot.documents.values()
        if document.kind is Kind.CUSTOMER_BAA
        and client
        and document.subject == client
        and document.demonstration == service.demonstration
        and labels & set(document.scope.labels)
        and (standing := snapshot.standing(document, today)).counts
    ]
    spoken_for = frozenset(label for document, _ in binding for label in document.scope.labels)
    if not labels <= spoken_for or any(d.limits.deidentification is not Says.PERMITTED for d, _ in binding):
        return None
    return tuple(document.id for document, _ in binding), min(standing.until for _, standing in binding)
