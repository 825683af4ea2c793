"""Whether a service covers a label today: by which documents, until when, or exactly why not.

Coverage is the intersection of every link: the vendor's profile, the terms catalogue, each document that the label
needs, the agreements that those end with, and above them the BAA of the customer whose data it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from ringfence.register.documents import Document, Says, names_party
from ringfence.register.kinds import Subject
from ringfence.register.months import add_months
from ringfence.register.organisation import Organisation
from ringfence.register.posture import CLAIMING
from ringfence.register.practices import unresolved
from ringfence.register.requirements import Need, Place, Relaxation
from ringfence.register.scope import concerns, scope_gap
from ringfence.register.snapshot import Snapshot
from ringfence.register.terms import listed_until, no_list_reason
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.decision import Coverage
from ringfence.vocabulary.labels import Label


class _Asked(NamedTuple):
    """One question put to the register."""

    snapshot: Snapshot
    service: Service
    label: Label
    endpoint: str
    model: str
    today: date
    organisation: Organisation
    client: str


class _Link(NamedTuple):
    """One link of the chain: documents that hold it to a day, or the reasons why it is broken."""

    documents: tuple[Document, ...] = ()
    rests_on: tuple[str, ...] = ()
    until: date = date.max
    reasons: tuple[str, ...] = ()
    verified_at: datetime | None = None


def cover(
    snapshot: Snapshot,
    service_id: str,
    labels: Iterable[Label],
    endpoint: str,
    model: str,
    today: date,
    organisation: Organisation,
    client: str = "",
) -> tuple[Coverage, ...]:
    """One answer per label, in the order of their names. `client` is whose data it is, as the API key states.

    `model` "" asks about the service as such. `general` is covered everywhere, and every label on an own host.
    Raises nothing.
    """
    service = snapshot.services.get(service_id)
    if service is None:
        why = (f"The register has no service {service_id}.",)
        return tuple(Coverage(label, service_id, covered=False, reasons=why) for label in sorted(set(labels)))
    return tuple(
        _cover(_Asked(snapshot, service, label, endpoint, model, today, organisation, client))
        for label in sorted(set(labels))
    )


def _cover(asked: _Asked) -> Coverage:
    service, label = asked.service, asked.label
    if label is Label.GENERAL or service.own_host:
        return Coverage(label, service.id, covered=True)
    met = [(need, _meet(asked, need)) for need in _needs(asked)]
    known = [_profile(asked), _terms(asked), account := _posture(asked)]
    reasons = [reason for link in known for reason in link.reasons] + _told(met) or _onshore(asked, met)
    if not any(need.label is label for need in asked.snapshot.needs):
        reasons.append(f"No requirement is written down for {label.value}, so nothing can meet it.")
    if reasons:
        return Coverage(label, service.id, covered=False, reasons=tuple(dict.fromkeys(reasons)))
    links = [*known, *(link for _, link in met)]
    ids = {each.id for link in links for each in link.documents}.union(*(link.rests_on for link in links))
    until = min([link.until for link in links])
    return Coverage(
        label,
        service.id,
        covered=True,
        documents=tuple(sorted(ids)),
        until=None if until == date.max else until,
        verified_at=account.verified_at,
    )


# What a need rests on, as denials and the register's own tables say it: house policy can be relaxed, law can't.
_BASIS = {"law": "law", "standard": "binding standard", "policy": "house policy"}


def _told(met: list[tuple[Need, _Link]]) -> list[str]:
    """Each reason once, with the needs that it leaves unmet and what those rest on."""
    needs: dict[str, list[str]] = {}
    for need, link in met:
        for reason in link.reasons:
            needs.setdefault(reason, []).append(f"{_BASIS[need.basis]}: {need.id}")
    return [f"{reason.rstrip('.')} ({'; '.join(named)})." for reason, named in needs.items()]


def _needs(asked: _Asked) -> list[Need]:
    place: Place = "other_host" if asked.service.private else "vendor"
    needs = []
    for need in asked.snapshot.needs:
        if need.label is not asked.label or not need.applies(place, asked.organisation):
            continue
        relaxation = _relaxation(asked, need)
        if relaxation is None:
            needs.append(need)
        elif relaxation.accepts:
            needs.append(msgspec.structs.replace(need, tiers=(*need.tiers, *relaxation.accepts)))
    return needs


def _relaxation(asked: _Asked, need: Need) -> Relaxation | None:
    """The relaxation of this need that is in force. Law and standards are never relaxed."""
    for each in asked.snapshot.relaxations:
        if each.need == need.id and need.relaxable and each.in_force(asked.today):
            return each
    return None


def _profile(asked: _Asked) -> _Link:
    """What this release or the customer knows of the service itself, and house policy that is relaxed for a time."""
    service = asked.service
    if asked.endpoint not in service.endpoints:
        return _Link(reasons=(f"The register does not list the endpoint {asked.endpoint} for {service.id}.",))
    profile = asked.snapshot.profiles.get(service.vendor)
    until = (profile.expires_on if profile else None) or date.max
    if until < asked.today:
        return _Link(reasons=(f"The profile of {service.vendor} may be relied on until {until} only.",))
    relaxed = [
        relaxation.expires_on
        for need in asked.snapshot.needs
        if need.label is asked.label and (relaxation := _relaxation(asked, need)) is not None
    ]
    return _Link(until=min([until, *relaxed]))


def _terms(asked: _Asked) -> _Link:
    """The terms catalogue: without a list in force no field may go with regulated data."""
    snapshot, service = asked.snapshot, asked.service
    if why := no_list_reason(snapshot, service, asked.endpoint, asked.model, asked.today):
        return _Link(reasons=(why,))
    return _Link(until=listed_until(snapshot, service, asked.endpoint, asked.model, asked.today))


def _posture(asked: _Asked) -> _Link:
    """What reading the vendor's account found, as far as anybody reads it (see posture.py)."""
    snapshot, service = asked.snapshot, asked.service
    kinds = frozenset(kind.value for need in _needs(asked) for kind in need.kinds)
    claiming = [
        document.id
        for document in snapshot.documents.values()
        if document.kind in CLAIMING
        and concerns(document, service)
        and snapshot.standing(document, asked.today).counts
        and not scope_gap(document, service, None, asked.endpoint, asked.model)
    ]
    stale, until, verified_at = snapshot.posture.freshness(service.id, claiming, asked.today)
    reasons = snapshot.posture.drift_reasons(service.id, kinds) + ([stale] if stale else [])
    return _Link(until=until, reasons=tuple(reasons), verified_at=verified_at)


def _meet(asked: _Asked, need: Need) -> _Link:
    """The document that meets one need for the longest time, or why none does."""
    if need.never:
        return _Link(reasons=(need.says,))
    client_side = need.subject is Subject.CLIENT
    if client_side and not asked.client:
        return _Link(reasons=("The key names no client, so no customer's BAA can be looked up.",))
    on_file = _on_file(asked, need)
    good: list[_Link] = []
    why_not: list[str] = []
    for document in on_file:
        reason, until, rests_on = _try(asked, need, document)
        if reason:
            why_not.append(reason)
        else:
            good.append(_Link((document,), rests_on, until))
    # INVARIANT: every agreement in force with a customer binds; a second, kinder one cures no prohibition.
    if client_side and any(_forbids(asked, need, document) for document in on_file):
        good = []
    if good:
        return max(good, key=lambda link: (link.until, link.documents[0].id))
    return _Link(reasons=tuple(why_not) or _nothing_on_file(asked, need))


def _on_file(asked: _Asked, need: Need) -> list[Document]:
    """The documents of the need's kinds on this vendor, host or client, in the order of their ids."""

    def about(document: Document) -> bool:
        if need.subject is Subject.CLIENT:
            return document.subject == asked.client and document.demonstration == asked.service.demonstration
        return concerns(document, asked.service)

    documents = sorted(asked.snapshot.documents.values(), key=lambda document: document.id)
    return [document for document in documents if document.kind in need.kinds and about(document)]


def _nothing_on_file(asked: _Asked, need: Need) -> tuple[str, ...]:
    snapshot, service = asked.snapshot, asked.service
    kinds = snapshot.kinds
    titles = " or ".join(kinds[kind].title for kind in need.kinds)
    other = asked.client if need.subject is Subject.CLIENT else snapshot.provider(service)
    sentence = f"No {titles} {kinds[need.kinds[0]].relation} {other} is on file for {service.id}"
    extra = [
        f"; {document.id} does not serve: {need.not_enough[document.kind]}"
        for document in sorted(snapshot.documents.values(), key=lambda d: d.id)
        if document.kind in need.not_enough and concerns(document, service)
    ]
    open_questions = () if need.subject is Subject.CLIENT else unresolved(snapshot, service, need.kinds, asked.today)
    return f"{sentence}{''.join(extra)}.", *(each.sentence for each in open_questions)


def _try(asked: _Asked, need: Need, document: Document) -> tuple[str, date, tuple[str, ...]]:
    """Why a document does not meet a need ("" where it does), its last day, and what it rests on."""
    snapshot = asked.snapshot
    name = f"The {snapshot.kinds[document.kind].title} {document.id}"
    standing = snapshot.standing(document, asked.today)
    gap = "" if standing.counts else standing.why
    if not gap and (left_out := scope_gap(document, asked.service, asked.label, asked.endpoint, asked.model)):
        gap = f"{name} {left_out}."
    gap = gap or _names_us(asked, document, name) or _limits(need, document, name)
    if gap:
        return gap, date.min, ()
    gap, aged = _report(asked, need, document, name)
    return gap, min(standing.until, aged), standing.rests_on


def _names_us(asked: _Asked, document: Document, name: str) -> str:
    """An agreement that somebody else signed covers nobody else's data."""
    ours = asked.organisation.name.strip()
    if document.demonstration or not ours or not asked.snapshot.kinds[document.kind].names_organisation:
        return ""
    if names_party(document, ours):
        return ""
    return f"{name} does not name {asked.organisation.name} as a party."


def _limits(need: Need, document: Document, name: str) -> str:
    for limit in need.not_forbidden:
        if document.limits.says(limit) is Says.FORBIDDEN:
            return f"{name} forbids it: limits.{limit}."
    for limit in need.permitted:
        said = document.limits.says(limit)
        if said is not Says.PERMITTED:
            how = {None: "nobody wrote down what it says", Says.SILENT: "it is silent", Says.FORBIDDEN: "it forbids it"}
            return f"{name} does not permit it: limits.{limit}, {how[said]}."
    if need.tiers and document.tier is not None and document.tier not in need.tiers:
        return f"{name} is an approval of {document.tier}, not of {' or '.join(need.tiers)}."
    return ""


def _binds(asked: _Asked, document: Document) -> bool:
    """True where a document counts and speaks of what is asked."""
    return asked.snapshot.standing(document, asked.today).counts and not scope_gap(
        document, asked.service, asked.label, asked.endpoint, asked.model
    )


def _forbids(asked: _Asked, need: Need, document: Document) -> bool:
    """True where an agreement that binds forbids what the need must not be forbidden."""
    return _binds(asked, document) and any(
        document.limits.says(limit) is Says.FORBIDDEN for limit in (*need.not_forbidden, *need.permitted)
    )


def _report(asked: _Asked, need: Need, document: Document, name: str) -> tuple[str, date]:
    """What an auditor's report must say, and the last day at which its period-end age is still within bounds."""
    if need.criteria and not set(need.criteria) <= {each.casefold() for each in document.report.criteria}:
        return f"{name} does not cover the criteria {', '.join(need.criteria)}.", date.min
    if need.opinions and document.report.opinion not in need.opinions:
        return f"{name} has a {document.report.opinion} opinion, which no bridge letter cures.", date.min
    if not need.max_age_months or document.dates.period_end is None:
        return "", date.max
    last = add_months(document.dates.period_end, need.max_age_months)
    if last < asked.today:
        age = f"period ended on {document.dates.period_end}, more than {need.max_age_months} months ago"
        return f"{name}: its {age}, and no bridge letter cures that.", date.min
    return "", last


def _onshore(asked: _Asked, links: list[tuple[Need, _Link]]) -> list[str]:
    """Where an agreement forbids processing abroad, those that rule the place must keep it at home."""
    kinds = asked.snapshot.kinds
    return [
        f"The {kinds[limiting.kind].title} {limiting.id} forbids processing offshore, and {document.id} does not limit "
        f"its scope.regions to {need.onshore}."
        for limiting in _forbidding_offshore(asked, links)
        for need, link in links
        for document in link.documents
        if need.onshore and document.limits.offshore is not Says.FORBIDDEN and not _at_home(document, need.onshore)
    ]


def _forbidding_offshore(asked: _Asked, links: list[tuple[Need, _Link]]) -> list[Document]:
    """The documents used that forbid it, and every agreement in force with the customer that does."""
    found = {document.id: document for _, link in links for document in link.documents}
    for need, _ in links:
        if need.subject is Subject.CLIENT:
            found |= {each.id: each for each in _on_file(asked, need) if _binds(asked, each)}
    return [found[each] for each in sorted(found) if found[each].limits.offshore is Says.FORBIDDEN]


def _at_home(document: Document, country: str) -> bool:
    regions = document.scope.regions
    return bool(regions) and all(region == country or region.startswith(f"{country}-") for region in regions)
