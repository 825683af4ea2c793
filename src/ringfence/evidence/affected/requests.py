"""The requests of an incident or of a period, as the ledger tells of them."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from ringfence.ledger.reader import Reader
from ringfence.register.globs import any_matches
from ringfence.vocabulary.decision import Effect, Form
from ringfence.vocabulary.labels import REGULATED
from ringfence.vocabulary.record import Outcome, Phase


class _Cover(msgspec.Struct, frozen=True):
    label: str = ""
    service: str = ""
    covered: bool = False
    documents: tuple[str, ...] = ()


class _Decided(msgspec.Struct, frozen=True):
    service: str = ""
    endpoint: str = ""
    model: str = ""
    client: str = ""
    effect: str = ""
    form: str = ""
    labels: tuple[str, ...] = ()
    findings: dict[str, int] = {}
    replaced: dict[str, int] = {}
    coverage: tuple[_Cover, ...] = ()
    register_digest: str = ""
    names_searched: bool = False
    completeness: str = ""
    subjects: int | None = None


class _Ended(msgspec.Struct, frozen=True):
    decided: int = -1
    outcome: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request with regulated data that left. `entities` counts what was found, `replaced` what of it was masked.
    `documents` are those that covered its labels. `subjects` is how many identifiers were to be sealed; None: that was
    off. `read_whole`: all of it could be read and was searched for names."""

    index: int
    time: str
    service: str
    endpoint: str
    model: str
    client: str
    labels: tuple[str, ...]
    entities: dict[str, int]
    replaced: dict[str, int]
    masked: bool
    documents: tuple[str, ...]
    register_digest: str
    read_whole: bool
    subjects: int | None
    outcome: str


_decided = msgspec.json.Decoder(_Decided)
_ended = msgspec.json.Decoder(_Ended)


def requests(
    reader: Reader,
    *,
    only: Collection[int] | None = None,
    since: str = "",
    before: str = "",
    services: tuple[str, ...] = (),
) -> tuple[Request, ...]:
    """Those that left with a regulated label: the listed ones, or those of a period (as records write times, the end
    exclusive) and of services (globs; empty: all). Raises LedgerCorrupt."""
    wanted = None if only is None else set(only)
    found: dict[int, Request] = {}
    for entry in reader.entries(min(wanted, default=0) if wanted is not None else 0):
        if entry.fields.phase is Phase.ENDED:
            ended = _ended.decode(entry.fields.body)
            if ended.decided in found:
                found[ended.decided] = msgspec.structs.replace(found[ended.decided], outcome=ended.outcome)
        elif entry.fields.phase is Phase.DECIDED and _within(entry.index, entry.fields.time, wanted, since, before):
            decided = _decided.decode(entry.fields.body)
            if _left(decided) and (not services or any_matches(services, decided.service)):
                found[entry.index] = _request(entry.index, entry.fields.time, decided)
    return tuple(found.values())


def _within(index: int, time: str, wanted: set[int] | None, since: str, before: str) -> bool:
    return (wanted is None or index in wanted) and time >= since and (not before or time < before)


def _left(decided: _Decided) -> bool:
    regulated = {label.value for label in REGULATED}
    return bool(decided.service) and decided.effect != Effect.DENY and not regulated.isdisjoint(decided.labels)


def _request(index: int, time: str, decided: _Decided) -> Request:
    documents = {
        document
        for cover in decided.coverage
        if cover.service == decided.service and cover.covered and cover.label in decided.labels
        for document in cover.documents
    }
    return Request(
        index=index,
        time=time,
        service=decided.service,
        endpoint=decided.endpoint,
        model=decided.model,
        client=decided.client,
        labels=decided.labels,
        entities=decided.findings,
        replaced=decided.replaced,
        masked=decided.form == Form.MASKED,
        documents=tuple(sorted(documents)),
        register_digest=decided.register_digest,
        read_whole=decided.completeness == "complete" and decided.names_searched,
        subjects=decided.subjects,
        outcome=Outcome.UNKNOWN.value,
    )
