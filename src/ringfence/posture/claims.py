"""What the documents on file claim about how a vendor's account is set."""

from __future__ import annotations

import re
from datetime import date

import msgspec

from ringfence.register import Snapshot
from ringfence.register.documents import Document, Says
from ringfence.register.posture import CLAIMING
from ringfence.vocabulary.chat import Service

_REGION = re.compile(r"[a-z]{2,3}(?:-[a-z]+)+-\d")


class Claim(msgspec.Struct, frozen=True):
    """One document's claim. `about` and `wanted` are as in `probe.Reading`: one of `wanted` must be met, and for
    residency nothing else may be. `services` are globs of those that the document is about."""

    about: str
    wanted: tuple[str, ...]
    document: str
    kind: str
    services: tuple[str, ...]


def claims(snapshot: Snapshot, vendor: str, services: tuple[str, ...], today: date) -> tuple[Claim, ...]:
    """The claims of every document on `vendor` that counts today, in the order of their ids. `services` are globs of
    those that run on the account."""
    found: list[Claim] = []
    for document in sorted(snapshot.documents.values(), key=lambda each: each.id):
        if document.subject != vendor or document.demonstration or not snapshot.standing(document, today).counts:
            continue
        about = document.scope.services or services
        if document.kind in CLAIMING and document.tier is not None:
            found.append(_claim("retention", (document.tier.value,), document, about))
        if document.scope.regions:
            places = tuple(sorted({region.partition("-")[0] for region in document.scope.regions}))
            found.append(_claim("residency", places, document, about))
        if document.limits.subcontractors is Says.FORBIDDEN:
            found.append(_claim("third_parties", ("none",), document, about))
    return tuple(found)


def regions_named(snapshot: Snapshot, vendor: str) -> tuple[str, ...]:
    """The Regions (`us-east-1`, not a country) that documents on a vendor name."""
    named = {
        region
        for document in snapshot.documents.values()
        if document.subject == vendor and not document.demonstration
        for region in document.scope.regions
        if _REGION.fullmatch(region)
    }
    return tuple(sorted(named))


def region_of(service: Service, host: str) -> str:
    """The Region in the host that a service is reached at, such as `bedrock-runtime.us-east-1.amazonaws.com`; or ""."""
    if service.vendor != "aws-bedrock":
        return ""
    return next((part for part in host.split(".") if _REGION.fullmatch(part)), "")


def _claim(about: str, wanted: tuple[str, ...], document: Document, services: tuple[str, ...]) -> Claim:
    return Claim(about, wanted, document.id, document.kind.value, services)
