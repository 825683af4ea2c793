"""What stands open: drifts begin with a finding, and end only with a person's acknowledgement."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec

from ringfence.register import Snapshot, cover
from ringfence.register.documents import Document
from ringfence.register.organisation import Organisation
from ringfence.register.posture import Posture
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.posture import AccountState, Acknowledgement, Drift, Finding, FindingKind


class Use(msgspec.Struct, frozen=True):
    """The last regulated request that one label of one client went to one service with: what it rested on."""

    service: str
    label: str
    client: str
    endpoint: str
    model: str
    documents: tuple[str, ...]
    index: int
    time: str


def follow(account: AccountState, open_before: Iterable[Drift], since: datetime | None, now: datetime) -> list[Drift]:
    """The drifts that one probe begins or changes; those that stay as they were are not among them. `since` is the last
    good probe before this one.

    A setting that still differs keeps its drift, acknowledged or not. One that agrees again marks it resolved; one that
    differs after that, or in another way, begins a new one, which needs an acknowledgement of its own. A setting that
    could not be read changes nothing: it neither confirms nor denies.
    """
    standing = {
        (each.scope, each.setting): each
        for each in open_before
        if each.cause == "setting" and each.vendor == account.vendor and each.resolved_at is None
    }
    changed: list[Drift] = []
    for finding in account.findings:
        drift = standing.pop((finding.scope, finding.setting), None)
        if finding.kind is FindingKind.DRIFT:
            if drift is not None and _same(drift, finding):
                continue
            if drift is not None:
                changed.append(msgspec.structs.replace(drift, resolved_at=now))
            changed.append(_begun(finding, since, now))
        elif drift is not None and finding.kind in (FindingKind.AGREES, FindingKind.UNCLAIMED):
            changed.append(msgspec.structs.replace(drift, resolved_at=now))
    if all(each.kind is not FindingKind.UNREADABLE for each in account.findings):
        # All was read, and these parts of the account are no more: a project was archived, a Region left the settings.
        changed += [msgspec.structs.replace(drift, resolved_at=now) for drift in standing.values()]
    return changed


def _same(drift: Drift, finding: Finding) -> bool:
    return drift.value == finding.value and set(finding.documents) <= set(drift.documents)


def _begun(finding: Finding, since: datetime | None, now: datetime) -> Drift:
    return Drift(
        id=_id(finding.vendor, finding.scope, finding.setting, finding.value, now.isoformat()),
        cause="setting",
        vendor=finding.vendor,
        scope=finding.scope,
        setting=finding.setting,
        value=finding.value,
        says=finding.says,
        services=finding.services,
        kinds=finding.kinds,
        documents=finding.documents,
        opened_at=now,
        since=since,
    )


def _id(*parts: str) -> str:
    return "f-" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def lapses(
    snapshot: Snapshot, uses: Iterable[Use], known: Iterable[Drift], organisation: Organisation, now: datetime
) -> list[Drift]:
    """A drift for each document that ended while it was in use: a regulated request rested on it, and without it the
    same request is no longer covered. One that another document replaced in time is none.

    A document taken off the register is no lapse: whoever edits the register has seen it, and coverage ends at once.
    """
    ids = {each.id for each in known}
    on_paper = msgspec.structs.replace(snapshot, posture=Posture())
    found: dict[str, Drift] = {}
    for use in uses:
        ended = [
            (document, day)
            for each in use.documents
            if (document := snapshot.documents.get(each)) and (day := _ended_on(document, now.date()))
        ]
        if not ended or _covered(on_paper, use, organisation, now.date()):
            continue
        for document, day in ended:
            drift = _lapsed(document, day, use, now)
            before = found.get(drift.id)
            if drift.id not in ids:
                services = {*drift.services, *(before.services if before else ())}
                found[drift.id] = msgspec.structs.replace(drift, services=tuple(sorted(services)))
    return list(found.values())


def _covered(snapshot: Snapshot, use: Use, organisation: Organisation, today: date) -> bool:
    [answer] = cover(
        snapshot, use.service, [Label(use.label)], use.endpoint, use.model, today, organisation, use.client
    )
    return answer.covered


def _ended_on(document: Document, today: date) -> date | None:
    """The first day on which a document no longer counted, if that day has come."""
    day = timedelta(days=1)
    ends = [
        document.dates.voided_on,
        document.dates.ends_on + day if document.dates.ends_on else None,
        document.review.expires_on + day if document.review.expires_on else None,
    ]
    first = min((each for each in ends if each), default=None)
    return first if first and first <= today else None


def _lapsed(document: Document, day: date, use: Use, now: datetime) -> Drift:
    voided = document.dates.voided_on == day
    what = f"was voided on {day}" if voided else f"lapsed: its last day was {day - timedelta(days=1)}"
    return Drift(
        id=_id("document", document.id, day.isoformat()),
        cause="document",
        vendor=document.subject,
        scope=document.id,
        setting="voided_on" if voided else "dates",
        value=day.isoformat(),
        says=f"The document {document.id}, which was in use, {what}.",
        services=(use.service,),
        kinds=(document.kind.value,),
        documents=(document.id,),
        opened_at=now,
        since=datetime.combine(day, datetime.min.time(), now.tzinfo),
    )


def acknowledged(drift: Drift, word: Acknowledgement) -> Drift:
    """A drift with a person's word; what was acknowledged before keeps its first."""
    return drift if drift.acknowledged else msgspec.structs.replace(drift, acknowledged=word)
