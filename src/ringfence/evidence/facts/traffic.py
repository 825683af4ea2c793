"""What the ledger says of a period, gathered in one pass over its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from ringfence.ledger.reader import Reader
from ringfence.posture import reach
from ringfence.vocabulary.decision import Effect, Form
from ringfence.vocabulary.labels import REGULATED
from ringfence.vocabulary.record import Phase

_REGULATED = frozenset(label.value for label in REGULATED)


class Sent(msgspec.Struct):
    """What left for one service: how many requests, how many under each label, by how many models; the documents that
    covered each label; how many left in masked form; and the first and last record's index and day."""

    requests: int = 0
    masked: int = 0
    labels: Counter[str] = msgspec.field(default_factory=Counter)
    models: Counter[str] = msgspec.field(default_factory=Counter)
    documents: dict[str, set[str]] = {}
    members_set: Counter[str] = msgspec.field(default_factory=Counter)
    endpoints: Counter[str] = msgspec.field(default_factory=Counter)
    first: int = 0
    last: int = 0
    last_day: date | None = None


class Traffic(msgspec.Struct, kw_only=True):
    """`period` is inclusive, in UTC. `uncovered` counts requests with a regulated label that left for a service in a
    form in which no document covered that label; `uncovered_masked` those of them that left masked. `outcomes`,
    `denials` (by rule), `effects` count requests. `versions` are Ringfence's own that were running. `reconciled` are
    (vendor, first day, last day) of counts compared without a finding; `bypassed` of those with one. `indexes` are the
    first and last record looked at."""

    period: tuple[date, date]
    decided: int = 0
    demonstration: int = 0
    sent: dict[str, Sent] = {}
    effects: Counter[str] = msgspec.field(default_factory=Counter)
    outcomes: Counter[str] = msgspec.field(default_factory=Counter)
    denials: Counter[str] = msgspec.field(default_factory=Counter)
    uncovered: int = 0
    uncovered_masked: int = 0
    unsearched: int = 0
    versions: set[str] = set()
    reconciled: list[tuple[str, str, str]] = []
    bypassed: list[tuple[str, str, str]] = []
    incidents: int = 0
    drifts: int = 0
    indexes: tuple[int, int] | None = None

    def reach(self, vendor: str) -> str:
        """How far a statement on a vendor's traffic may reach: the widest clean reconciliation within the period."""
        clean = [each for each in self.reconciled if each[0] == vendor]
        return reach(max(clean, key=lambda each: (each[2], each[1]), default=None))


def read_traffic(log: Reader | None, first: date, last: date) -> Traffic:
    """Read the days `first` to `last`, both included. Requests of the tour are counted apart and nowhere else.

    Raises LedgerCorrupt. A log that is None has no record yet.
    """
    traffic = Traffic(period=(first, last))
    ours: set[int] = set()
    for entry in log.entries() if log else ():
        day = datetime.fromisoformat(entry.fields.time).date()
        if day < first:
            continue
        if day > last:
            break
        traffic.indexes = (traffic.indexes[0] if traffic.indexes else entry.index, entry.index)
        body = msgspec.json.decode(entry.fields.body)
        if entry.fields.phase is Phase.DECIDED:
            if body.get("demonstration"):
                traffic.demonstration += 1
                continue
            ours.add(entry.index)
            _decided(traffic, entry.index, day, body)
        elif entry.fields.phase is Phase.ENDED:
            if body.get("decided") in ours:
                traffic.outcomes[str(body.get("outcome"))] += 1
        else:
            _noticed(traffic, body)
    return traffic


def _decided(traffic: Traffic, index: int, day: date, body: Mapping[str, Any]) -> None:
    traffic.decided += 1
    traffic.effects[body["effect"]] += 1
    traffic.unsearched += not body.get("names_searched", False)
    if body["effect"] == Effect.DENY:
        traffic.denials.update(body["rules"])
        return
    service, labels = body["service"], body["labels"]
    sent = traffic.sent.setdefault(service, Sent(first=index))
    sent.requests += 1
    sent.last, sent.last_day = index, day
    sent.labels.update(labels)
    sent.models[body.get("model", "")] += 1
    sent.endpoints[body.get("endpoint", "")] += 1
    sent.members_set.update({rewrite["pointer"] for rewrite in body.get("rewrites", ())})
    masked = body["form"] == Form.MASKED
    sent.masked += masked
    here = {cover["label"]: cover for cover in body.get("coverage", ()) if cover["service"] == service}
    for label, cover in here.items():
        if cover["covered"]:
            sent.documents.setdefault(label, set()).update(cover["documents"])
    open_labels = [label for label in labels if label in _REGULATED and not here.get(label, {}).get("covered")]
    if open_labels and masked:
        traffic.uncovered_masked += 1
    elif open_labels:
        traffic.uncovered += 1


def _noticed(traffic: Traffic, body: Mapping[str, Any]) -> None:
    event = body.get("event")
    if event == "start" and body.get("version"):
        traffic.versions.add(body["version"])
    elif event == "posture_reconciled" and not body.get("why_not"):
        span = (body["vendor"], str(body["first"]), str(body["last"]))
        (traffic.bypassed if body.get("findings") else traffic.reconciled).append(span)
    elif event == "incident":
        traffic.incidents += 1
    elif event == "posture_drift":
        traffic.drifts += 1
