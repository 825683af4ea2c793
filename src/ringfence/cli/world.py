"""Everything that facts are computed from, read from a home."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

import msgspec

from ringfence import __version__, register
from ringfence.approvals import load_people
from ringfence.evidence.facts import House, World, read_traffic
from ringfence.gateway import boot
from ringfence.gateway.anchored import judge
from ringfence.gateway.home import Home
from ringfence.gateway.keys import Key, KeyStore
from ringfence.gateway.taggers import load_taggers, load_with_deep
from ringfence.ledger.anchors.anchor import Anchor
from ringfence.ledger.anchors.check import newest
from ringfence.ledger.checkpoint import read_note
from ringfence.ledger.reader import Reader
from ringfence.settings import Settings
from ringfence.upstream import vendors
from ringfence.vocabulary.errors import ConfigurationError


def world_of(home: Home, first: date, last: date, now: datetime) -> World:
    """The world at `now`, with the traffic of the days `first` to `last`, both included; beside a running gateway too.

    Raises ConfigurationError, LedgerError.
    """
    settings, given = home.settings, home.settings.organisation
    organisation = register.organisation(given.role, given.regimes, given.name)
    snapshot, log = boot.load_register(home), boot.reader_or_none(home)
    traffic = read_traffic(log, first, last, now=now)
    return World(
        today=now.astimezone(UTC).date(),
        register=snapshot,
        organisation=organisation,
        traffic=traffic,
        house=msgspec.structs.replace(
            _house(home, snapshot, organisation, log, now), addresses=_addresses(settings, snapshot, traffic.sent)
        ),
    )


def _house(
    home: Home, snapshot: register.Snapshot, organisation: register.Organisation, log: Reader | None, now: datetime
) -> House:
    settings, today = home.settings, now.astimezone(UTC).date()
    keys = [each for each in KeyStore(home.folder).all() if _may_be_used(each, now)]
    anchors, sound = _anchors(home, log)
    best = newest(anchors)
    people = load_people(home.approvers).values()
    return House(
        records=read_note(log.checkpoint()).checkpoint.size if log else 0,
        keys=len(keys),
        keys_expiring=sum(each.expires is not None for each in keys),
        keys_undeclared=sum(not each.handles for each in keys),
        oldest_key=min((each.created.astimezone(UTC).date() for each in keys), default=None),
        private_models=tuple(
            sorted({model for each in snapshot.services.values() if each.own_host for model in each.models})
        ),
        isolated=settings.private.isolate if settings.private.engine == "embedded" else None,
        detectors=_detectors(settings),
        mask_lifetime_s=settings.masking.lifetime_s,
        commitments_days=settings.retention.commitments_days,
        content_share=settings.content.share,
        content_days=settings.content.days,
        subjects_sealed=bool(settings.subjects.custodians),
        subjects_days=settings.subjects.days,
        anchored_at=best.time.astimezone(UTC).date() if best and best.time else None,
        anchor_kinds=tuple(sorted({str(each.kind) for each in anchors if best and each.size == best.size})),
        anchors_sound=sound,
        approvers=sum(each.since <= today and (each.until is None or each.until >= today) for each in people),
        exceptions=tuple(sorted(each.id for each in boot.load_exceptions(home, snapshot, organisation).in_force(now))),
    )


def _addresses(settings: Settings, snapshot: register.Snapshot, sent: Iterable[str]) -> dict[str, str]:
    """The settings' own, else what is shipped for a vendor that its usual variable opens."""
    stated = {each.service: each.base_url for each in settings.upstream}
    found = {}
    for name in {*stated, *sent} & set(snapshot.services):
        service = snapshot.services[name]
        known = vendors.find(service.id, service.vendor, service.endpoints)
        if not service.private and (address := stated.get(name) or (known.base_url if known else "")):
            found[name] = address
    return found


def _may_be_used(key: Key, now: datetime) -> bool:
    return not key.disabled and not key.demonstration and (key.expires is None or key.expires > now)


def _anchors(home: Home, log: Reader | None) -> tuple[list[Anchor], bool]:
    """Those that hold, and whether none contradicts the ledger."""
    if log is None:
        return [], True
    judged = judge(home)
    return [each for each in judged.anchors if each.holds and not each.wrong], judged.sound


def _detectors(settings: Settings) -> tuple[str, ...]:
    """By name and version. Names in free text are searched for only where the tagger can be loaded."""
    taggers: Iterable[str] = ()
    if settings.detection.names:
        try:
            taggers = [each.name for each in (load_with_deep if settings.detection.deep else load_taggers)()]
        except ConfigurationError:
            taggers = ()
    return (f"patterns/{__version__}", *taggers)
