"""The summary of a period: counts and lists that anybody can make again from its records.

An export writes what this makes; a verification makes it anew and compares to the byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ringfence.evidence.bundle.bodies import Body, Cover, Decided, Ended, Line, Notice
from ringfence.evidence.bundle.layout import ANCHORS, NAMED_BY, SNAPSHOTS
from ringfence.ledger.observed import Span
from ringfence.vocabulary.decision import Effect

_MOST_NAMES = 10_000
_MOST_LISTED = 10_000
_MOST_APPROVERS = 20
_NAME_CHARS = 200
_OTHERS = "(others)"
_TABLES = (
    "effects",
    "labels",
    "services",
    "keys",
    "denials_by_rule",
    "documents_relied_on",
    "exceptions_used",
    "outcomes",
    "events",
)
_QUIET = frozenset({"heartbeat"})  # counted, and not listed among the changes


class Summing:
    """Fed with each record of a period in order. Memory is bounded by _MOST_NAMES, _MOST_LISTED and _NAME_CHARS.

    `overflowed`: records name more snapshots of a kind than `digests` holds.
    """

    def __init__(self) -> None:
        self.phases: Counter[str] = Counter()
        self.digests: dict[str, set[str]] = {kind: set() for kind in SNAPSHOTS}
        self._tables: dict[str, Counter[str]] = {name: Counter() for name in _TABLES}
        self._changes: list[dict[str, Any]] = []
        self._more_changes = 0
        self.overflowed = False
        self.first_time = self.last_time = ""

    def record(self, index: int, line: Line, body: Body | None) -> None:
        """`body` None: of a shape that is not known; the record is counted by its phase alone."""
        self.phases[line.phase] += 1
        self.first_time = self.first_time or line.time
        self.last_time = line.time
        if isinstance(body, Decided):
            self._decided(body)
        elif isinstance(body, Ended):
            self._count("outcomes", body.outcome)
        elif isinstance(body, Notice):
            self._notice(index, line, body)

    def _decided(self, body: Decided) -> None:
        self._count("effects", body.effect)
        self._count("services", body.service or "(none)")
        self._count("keys", body.key)
        for label in body.labels:
            self._count("labels", label)
        if body.effect == Effect.DENY:
            for rule in body.rules:
                self._count("denials_by_rule", rule)
        for document in {each for cover in body.coverage if _relied_on(cover, body) for each in cover.documents}:
            self._count("documents_relied_on", document)
        for exception in body.exceptions:
            self._count("exceptions_used", exception)
        self._digests(body)

    def _notice(self, index: int, line: Line, body: Notice) -> None:
        self._count("events", body.event)
        self._digests(body)
        if body.event in _QUIET or (body.actor is None and body.approvers is None):
            return
        if len(self._changes) == _MOST_LISTED:
            self._more_changes += 1
            return
        self._changes.append(
            {
                "index": index,
                "time": line.time,
                "event": _name(body.event),
                "actor": _name(body.actor or ""),
                "approvers": [_name(each) for each in (body.approvers or ())[:_MOST_APPROVERS]],
            }
        )

    def summary(self, **more: Any) -> dict[str, Any]:
        """All of it as plain data; `more` is what does not come from the records."""
        return {
            "version": 1,
            "records": {phase: self.phases[phase] for phase in ("decided", "ended", "notice")},
            "first_time": self.first_time,
            "last_time": self.last_time,
            **{name: dict(sorted(table.items())) for name, table in self._tables.items()},
            "digests": {kind: sorted(found) for kind, found in self.digests.items()},
            "changes": self._changes,
            "changes_not_listed": self._more_changes,
            **more,
        }

    def _count(self, table: str, name: str) -> None:
        counts, name = self._tables[table], _name(name)
        counts[name if name in counts or len(counts) < _MOST_NAMES else _OTHERS] += 1

    def _digests(self, body: Decided | Notice) -> None:
        for kind, found in self.digests.items():
            digest = getattr(body, NAMED_BY[kind])
            if digest and len(found) < _MOST_NAMES:
                found.add(digest)
            elif digest and digest not in found:
                self.overflowed = True


def _name(text: str) -> str:
    return text if len(text) <= _NAME_CHARS else text[:_NAME_CHARS] + "..."


def whole_summary(
    summing: Summing,
    not_observed: Iterable[Span],
    documents: Mapping[str, Mapping[str, str]],
    missing: Mapping[str, list[str]],
    names: Iterable[str],
) -> dict[str, Any]:
    """What SUMMARY holds: `documents` on file and the snapshots that are `missing` (named.py), and of the `names` of
    the bundle's files those of anchors."""
    return summing.summary(
        not_observed=[msgspec.to_builtins(span) for span in not_observed],
        documents=dict(sorted(documents.items())),
        snapshots_missing=missing,
        anchors=sorted(name for name in names if name.startswith(ANCHORS)),
    )


def _relied_on(cover: Cover, body: Decided) -> bool:
    return cover.covered and cover.service == body.service and cover.label in body.labels
