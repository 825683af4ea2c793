"""Gathers what the ledger says of a period, in one pass over all of its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from ringfence.evidence.facts.traffic import Labelled, Run, Sent, Traffic
from ringfence.ledger.observed import START_EVENT, STOP_EVENT, State, observed
from ringfence.ledger.reader import Reader
from ringfence.vocabulary.decision import Effect, Form
from ringfence.vocabulary.labels import REGULATED
from ringfence.vocabulary.record import Phase
from ringfence.vocabulary.text import Completeness

_DAY = timedelta(days=1)
_REGULATED = frozenset(label.value for label in REGULATED)
_MEMBERS = ("effect", "service", "labels", "form", "coverage", "endpoint", "completeness", "names_searched")
"""What facts need of a DECIDED record; records of older versions may lack some."""
_CHANGES = frozenset(
    ("register_or_policy_read", "keys_changed", "people_changed", "exceptions_changed", "changed_while_stopped")
)


def read_traffic(log: Reader | None, first: date, last: date, *, now: datetime) -> Traffic:
    """Reads the days `first` to `last`, both included, as far as `now`; a log that is None has no record yet.

    All records are read: those around the period tell when gateways were observed, which of them ran, and what later
    comparisons with vendors' counts found about its days. Raises LedgerCorrupt, LedgerUnavailable.
    """
    traffic = Traffic(period=(first, last), now=now)
    start = datetime.combine(first, time.min, UTC)
    end = min(datetime.combine(last, time.min, UTC) + _DAY, now)
    found = observed(_Tally(traffic).walk(log) if log else (), start, max(start, end))
    traffic.spans = found.overall
    traffic.instances = {
        name: sum((each.end - each.start).total_seconds() for each in spans if each.state is State.OBSERVED)
        for name, spans in found.instances.items()
    }
    return traffic


class _Tally:
    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._running: dict[str, str] = {}

    def walk(self, log: Reader) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Every record as `observed` wants it; what it says is added on the way."""
        first, last = self._traffic.period
        for entry in log.entries():
            fields, within = entry.fields, False
            day = datetime.fromisoformat(fields.time).astimezone(UTC).date()
            body: Mapping[str, Any] = {}
            if first <= day <= last:
                within = True
                self._seen(entry.index)
            if fields.phase is Phase.NOTICE or (within and fields.phase is Phase.DECIDED):
                body = msgspec.json.decode(fields.body)
            if fields.phase is Phase.NOTICE:
                self._noticed(body, day, within)
            elif body:
                self._decided(day, body)
            yield fields.time, fields.phase, body

    def _seen(self, index: int) -> None:
        traffic = self._traffic
        if traffic.indexes is None:
            traffic.versions.update(self._running.values())
        traffic.indexes = (traffic.indexes[0] if traffic.indexes else index, index)

    def _decided(self, day: date, body: Mapping[str, Any]) -> None:
        traffic = self._traffic
        if body.get("demonstration"):
            traffic.demonstration += 1
            return
        traffic.decided += 1
        traffic.incomplete += any(name not in body for name in _MEMBERS)
        traffic.effects[str(body.get("effect"))] += 1
        traffic.unsearched += not body.get("names_searched", False)
        traffic.partial += body.get("completeness") != Completeness.COMPLETE
        if excepted := body.get("exceptions", ()):
            traffic.with_exception += 1
            traffic.excepted.update(excepted)
        if body.get("effect") == Effect.DENY:
            traffic.denials.update(body.get("rules", ()))
        else:
            self._sent(day, body)

    def _sent(self, day: date, body: Mapping[str, Any]) -> None:
        traffic, service = self._traffic, str(body.get("service") or "(not on record)")
        sent = traffic.sent.setdefault(service, Sent())
        masked = body.get("form") == Form.MASKED
        sent.requests += 1
        sent.last_day = max(sent.last_day or day, day)
        sent.models[str(body.get("model", ""))] += 1
        pointers = {str(rewrite.get("pointer")) for rewrite in body.get("rewrites", ())}
        if "" not in pointers:
            sent.asked[str(body.get("endpoint", ""))] += 1
            sent.store_set[str(body.get("endpoint", ""))] += "/store" in pointers
        # A record that does not say which kinds of data were in it may have had any.
        labels = set(body["labels"]) if "labels" in body else {"(not on record)"}
        here = {cover["label"]: cover for cover in body.get("coverage", ()) if cover["service"] == service}
        open_labels = {label for label in labels if not here.get(label, {}).get("covered")}
        for label in labels:
            found = sent.labels.setdefault(label, Labelled())
            found.requests += 1
            found.masked += masked
            found.covered += label not in open_labels
            found.documents.update(here[label].get("documents", ()) if label not in open_labels else ())
        if open_labels & _REGULATED or "labels" not in body:
            traffic.uncovered_masked += masked
            traffic.uncovered += not masked

    def _noticed(self, body: Mapping[str, Any], day: date, within: bool) -> None:
        """Who runs, and what vendors counted, matters whenever it was put on record."""
        traffic, event = self._traffic, body.get("event")
        if event == START_EVENT and body.get("version") and "by" not in body:
            self._running[str(body.get("instance", ""))] = str(body["version"])
            if within:
                traffic.versions.add(str(body["version"]))
        elif event == STOP_EVENT:
            self._running.pop(str(body.get("instance", "")), None)
        elif event == "posture_reconciled":
            self._compared(body, day)
        elif within:
            self._happened(str(event), body)

    def _compared(self, body: Mapping[str, Any], day: date) -> None:
        """INVARIANT: a clean comparison speaks of days that were over when it was made, and of no other."""
        first, last = _day(body.get("first")), _day(body.get("last"))
        if body.get("why_not") or first is None or last is None:
            return
        clean = not body.get("findings")
        last = min(last, day - _DAY) if clean else last
        period = self._traffic.period
        if first <= last and first <= period[1] and last >= period[0]:
            self._traffic.runs.append(Run(str(body.get("vendor")), first, last, clean))

    def _happened(self, event: str, body: Mapping[str, Any]) -> None:
        traffic = self._traffic
        if event == "posture_probed":
            traffic.probes += 1
        elif event == "incident":
            traffic.incidents += 1
        elif event == "posture_drift" and not body.get("resolved"):
            traffic.drifts.add(str(body.get("finding")))
        elif event == "forget_ordered":
            traffic.forgets_ordered += 1
        elif event == "forget_done":
            traffic.forgets_done += 1
        elif event in _CHANGES:
            traffic.changes += 1
            traffic.approved += bool(body.get("approvers"))


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
