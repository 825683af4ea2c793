"""What the ledger says of requests that left: for incidents, for documents in use, and beside vendors' counts.

A log that is None has no record yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from ringfence.ledger.read import Entry
from ringfence.ledger.reader import Reader
from ringfence.ledger.record import rfc3339
from ringfence.posture import Sent, Use
from ringfence.vocabulary.decision import Effect
from ringfence.vocabulary.labels import REGULATED
from ringfence.vocabulary.posture import Affected
from ringfence.vocabulary.record import Outcome, Phase

_UNCOUNTED = ("count_tokens",)
"""Endpoints that vendors answer without counting tokens."""


class Seen(msgspec.Struct):
    """What was learnt of the ledger up to record `following`: the last uses of documents, by service, label and client,
    and what services said of themselves in the headers of their last answers, by service and header."""

    following: int = 0
    uses: dict[str, Use] = {}
    notes: dict[str, dict[str, str]] = {}
    decided: dict[int, str] = {}
    """Open requests: index -> service."""

    def learn(self, log: Reader | None) -> None:
        """Reads on from where it stopped. Raises LedgerCorrupt."""
        for entry in _entries(log, self.following):
            self.following = entry.index + 1
            body = msgspec.json.decode(entry.fields.body)
            if entry.fields.phase is Phase.DECIDED and _left(body):
                self.decided[entry.index] = body["service"]
                for use in _uses(entry, body):
                    self.uses[f"{use.service} {use.label} {use.client}"] = use
            elif entry.fields.phase is Phase.ENDED:
                service = self.decided.pop(body.get("decided", -1), "")
                said = dict(body.get("notes") or {})
                # A whole answer that no longer says it takes back what the one before said; an error may leave it out.
                if said or (body.get("outcome") == Outcome.COMPLETED and (body.get("status") or 0) < 400):
                    self.notes[service] = said


def affected(log: Reader | None, since: datetime | None) -> Iterator[Affected]:
    """Every request that left, from `since` on."""
    first = rfc3339(since.timestamp()) if since else ""
    for entry in _entries(log):
        if entry.fields.phase is not Phase.DECIDED or entry.fields.time < first:
            continue
        body = msgspec.json.decode(entry.fields.body)
        if _left(body):
            labels = tuple(body["labels"])
            yield Affected(entry.index, entry.fields.time, body["service"], labels, body["effect"], body["form"])


def sent(log: Reader | None, vendor: str, now: datetime) -> tuple[list[Sent], datetime | None]:
    """Every request that left for a vendor's services, and when the ledger begins (None: it is empty)."""
    found: list[Sent] = []
    open_: dict[int, tuple[dict[str, Any], datetime]] = {}
    begins: datetime | None = None
    for entry in _entries(log):
        at = datetime.fromisoformat(entry.fields.time)
        begins = begins or at
        body = msgspec.json.decode(entry.fields.body)
        if entry.fields.phase is Phase.DECIDED and _left(body) and body["service"].startswith(f"{vendor}/"):
            open_[entry.index] = body, at
        elif entry.fields.phase is Phase.ENDED and body.get("decided") in open_:
            decided, left_at = open_.pop(body["decided"])
            found.append(_sent(decided, body, left_at, at))
    found += [_sent(body, {"outcome": Outcome.UNKNOWN}, left_at, now) for body, left_at in open_.values()]
    return found, begins


def _entries(log: Reader | None, start: int = 0) -> Iterable[Entry]:
    return log.entries(start) if log else ()


def _left(body: Mapping[str, Any]) -> bool:
    return bool(body.get("service")) and body.get("effect") != Effect.DENY


def _uses(entry: Entry, body: Mapping[str, Any]) -> Iterator[Use]:
    regulated = {label.value for label in REGULATED}
    for cover in body.get("coverage", ()):
        here = cover["service"] == body["service"] and cover["label"] in regulated & set(body["labels"])
        if here and cover["covered"] and cover["documents"]:
            yield Use(
                service=cover["service"],
                label=cover["label"],
                client=body.get("client", ""),
                endpoint=body.get("endpoint", ""),
                model=body.get("model", ""),
                documents=tuple(cover["documents"]),
                index=entry.index,
                time=entry.fields.time,
            )


def _sent(decided: Mapping[str, Any], ended: Mapping[str, Any], left_at: datetime, ended_at: datetime) -> Sent:
    status = ended.get("status") or 0
    usage = ended.get("usage") or {}
    counted: bool | None = None
    if decided.get("endpoint") in _UNCOUNTED or 400 <= status < 500:
        counted = False
    elif ended.get("outcome") == Outcome.COMPLETED and status < 400:
        counted = True
    return Sent(decided["service"], decided.get("endpoint", ""), left_at, ended_at, counted, _tokens(usage))


def _tokens(usage: Mapping[str, int]) -> int | None:
    """All tokens of a reply. OpenAI's counts of input hold those from a cache; Anthropic's stand beside them."""
    given = usage.get("prompt_tokens", usage.get("input_tokens"))
    if given is None:
        return None
    made = usage.get("completion_tokens", usage.get("output_tokens", 0))
    beside = usage.get("cache_creation_input_tokens", 0) + usage.get("cache_read_input_tokens", 0)
    return given + made + beside
