"""The register at one moment: everything that coverage is decided from, under one digest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec

from ringfence.register.catalogue import AllowList, allow_list_for
from ringfence.register.documents import Document
from ringfence.register.globs import specificity
from ringfence.register.kinds import Kind, KindRules
from ringfence.register.months import add_months
from ringfence.register.posture import Posture
from ringfence.register.practices import Practices
from ringfence.register.requirements import Need, Relaxation
from ringfence.register.services import Profile
from ringfence.register.standing import Standing, standing
from ringfence.vocabulary.chat import Service


class Problem(msgspec.Struct, frozen=True):
    """Something that keeps a file from being used (`error`) or from counting (`warning`), and what to do."""

    where: str
    says: str
    remedy: str
    severity: str = "warning"


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Services by id, documents by id, and the data that says what they are good for.

    `content` is all of it that decides, as canonical JSON, whatever the files are called; `digest` is its SHA-256 in
    hex. `problems` do not depend on the day.
    """

    services: dict[str, Service]
    profiles: dict[str, Profile]
    documents: dict[str, Document]
    kinds: dict[Kind, KindRules]
    needs: tuple[Need, ...]
    relaxations: tuple[Relaxation, ...]
    terms: tuple[AllowList, ...]
    practices: dict[str, Practices] = {}
    posture: Posture = Posture()
    problems: tuple[Problem, ...] = ()
    content: bytes = b""
    digest: str = ""

    def standing(self, document: Document, today: date) -> Standing:
        """Whether a document counts today, until when, or why not."""
        return standing(document, self.documents, self.kinds, today)

    def allow_list(self, service: Service, endpoint: str, model: str) -> AllowList | None:
        """The terms catalogue's list for this service, endpoint and model, or None where there is none."""
        return allow_list_for(self.terms, service.vendor, endpoint, model)

    def provider(self, service: Service) -> str:
        """How sentences call the other side: the vendor, or the host of a private service."""
        if service.private:
            return service.host
        profile = self.profiles.get(service.vendor)
        return profile.title if profile else service.vendor


def content(parts: dict[str, Any]) -> bytes:
    """The canonical JSON of what decides: equal content gives equal bytes."""
    return msgspec.json.encode(parts, order="deterministic")


def services_for_model(snapshot: Snapshot, model: str, endpoint: str) -> tuple[Service, ...]:
    """The services that answer to a model name at an endpoint: the most specific pattern first, then by id."""
    fitting = [
        (specificity(service.models, model), service)
        for service in snapshot.services.values()
        if endpoint in service.endpoints
    ]
    fitting.sort(key=lambda pair: (-pair[0][0], -pair[0][1], pair[1].id))
    return tuple(service for fit, service in fitting if fit >= (0, 0))


def next_change(snapshot: Snapshot, today: date) -> date | None:
    """The first day after today on which any answer of this register can differ, or None.

    INVARIANT: from `today` to the day before it, every answer is the same; so a decision may be remembered until then.
    """
    return min((day for day in _turning_days(snapshot) if day > today), default=None)


def _turning_days(snapshot: Snapshot) -> Iterable[date]:
    """Every day on which a stated date begins to hold or has ceased to: both readings of each date are listed."""
    ages = {need.max_age_months for need in snapshot.needs}
    ages |= {rules.bridge_months for rules in snapshot.kinds.values()}
    stated: set[date] = set()
    for document in snapshot.documents.values():
        for part in (document.dates, document.review):
            stated.update(d for name in part.__struct_fields__ if isinstance(d := getattr(part, name), date))
        if ended := document.dates.period_end:
            stated.update(add_months(ended, age) for age in ages)
    stated.update(each.expires_on for each in snapshot.terms)
    stated.update(each.expires_on for each in snapshot.practices.values())
    stated.update(p.expires_on for p in snapshot.profiles.values() if p.expires_on)
    stated.update(snapshot.posture.turning_days())
    for relaxation in snapshot.relaxations:
        stated.update((relaxation.approved_on, relaxation.expires_on))
    for day in stated:
        yield day
        if day < date.max:
            yield day + timedelta(days=1)
