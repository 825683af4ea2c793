"""An incident: a drift, and every regulated request that was sent since the last moment at which all was well."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ringfence.register.globs import any_matches
from ringfence.vocabulary.labels import REGULATED
from ringfence.vocabulary.posture import Affected, Drift, Incident


def affected(sent: Iterable[Affected], services: tuple[str, ...], since: datetime | None) -> tuple[Affected, ...]:
    """Those of the requests that went to one of the services with regulated data, from `since` on (None: ever)."""
    first = since.strftime("%Y-%m-%dT%H:%M:%S.000Z") if since else ""
    regulated = {label.value for label in REGULATED}
    return tuple(
        each
        for each in sent
        # Times are RFC 3339 in UTC with milliseconds (the ledger's), so their order is that of the texts.
        if each.time >= first and any_matches(services, each.service) and regulated & set(each.labels)
    )


def opened(drift: Drift, requests: tuple[Affected, ...]) -> Incident:
    """The incident of a drift. Its id is the drift's, so that opening it again gives the same one."""
    return Incident(
        id=f"incident-{drift.id.removeprefix('f-')}",
        drift=drift.id,
        says=drift.says,
        opened_at=drift.opened_at,
        since=drift.since,
        services=drift.services,
        requests=requests,
    )
