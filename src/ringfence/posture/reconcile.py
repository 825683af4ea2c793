"""A vendor's own counts beside the gateway's records: what went past the gateway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from ringfence.posture.probe import Account, Day, Usage

EDGE = timedelta(minutes=5)
"""How far a vendor's clock, and the way there, may move a request over midnight. A request that near to it, or under
way at it, may be counted on either day."""


class Excess(StrEnum):
    """BYPASS: the vendor counted what the gateway did not send. FOREIGN_KEY: there is a key that the gateway does not
    hold. UNDECIDED: the vendor counted more than is certain, and requests whose end nobody saw could be the rest."""

    BYPASS = "bypass"
    FOREIGN_KEY = "foreign_key"
    UNDECIDED = "undecided"


class Sent(msgspec.Struct, frozen=True):
    """One request that left for a vendor, from the ledger. `counted` is whether the vendor will have counted it: True
    (it answered), False (it refused it), None (nobody saw its end). `tokens` None: no count came back."""

    service: str
    endpoint: str
    left_at: datetime
    ended_at: datetime
    counted: bool | None
    tokens: int | None


class Bypass(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. `counted` and `known` are requests or tokens, as `unit` says."""

    kind: Excess
    day: str
    interface: str
    key: str
    project: str
    unit: str
    counted: int
    known: int
    says: str


# Which of a vendor's interfaces the gateway's endpoints are counted under. What is not listed the gateway never uses.
_COUNTED_AS = {
    "chat_completions": ("completions", "messages"),
    "responses": ("completions", "messages"),
    "messages": ("messages", "completions"),
    "embeddings": ("embeddings",),
}


class Result(msgspec.Struct, frozen=True):
    """The days compared (ISO, both included) and what was found; nothing found means that all is accounted for."""

    vendor: str
    first: str
    last: str
    findings: tuple[Bypass, ...]


def reconcile(account: Account, usage: Usage, sent: Iterable[Sent], first: date, last: date) -> Result:
    """Compares per key, and for the keys that the gateway holds per interface and day: the gateway does not know which
    of its keys a record belongs to. A deficit is no finding: vendors count late, and leave out what failed."""
    found = [*_keys(account, usage), *_foreign_use(account, usage.days)]
    held: dict[str, dict[str, list[Day]]] = defaultdict(lambda: defaultdict(list))
    for each in usage.days:
        if each.key in account.keys and first.isoformat() <= each.day <= last.isoformat():
            held[each.kind][each.day].append(each)
    records = tuple(sent)
    for kind, days in sorted(held.items()):
        mine = [one for one in records if kind in _COUNTED_AS.get(one.endpoint, ())]
        excess = [
            each
            for day, counts in sorted(days.items())
            for each in _compared(f"On {day}", day, kind, counts, [one for one in mine if _may_be_of(one, day, day)])
        ]
        if not excess:
            # A request near midnight is allowed on both days, and only once in all of them.
            span = [one for one in mine if _may_be_of(one, first.isoformat(), last.isoformat())]
            every = [count for counts in days.values() for count in counts]
            excess += _compared(f"From {first} to {last}", "", kind, every, span)
        found += excess
    return Result(account.vendor, first.isoformat(), last.isoformat(), tuple(found))


def _keys(account: Account, usage: Usage) -> Iterable[Bypass]:
    for key in sorted(usage.keys, key=lambda each: (each.project, each.id)):
        if key.id not in account.keys:
            says = f"{account.vendor} has the key {key.id} ({key.name}) of {key.project}; the gateway does not hold it."
            yield Bypass(
                kind=Excess.FOREIGN_KEY,
                day="",
                interface="",
                key=key.id,
                project=key.project,
                unit="",
                counted=0,
                known=0,
                says=says,
            )


def _foreign_use(account: Account, days: Iterable[Day]) -> Iterable[Bypass]:
    for day in sorted(days, key=lambda each: (each.day, each.kind, each.project, each.key)):
        amount = day.tokens if day.requests is None else max(day.requests, int(day.tokens > 0))
        if day.key in account.keys or not amount:
            continue
        unit = "tokens" if day.requests is None else "requests"
        who = f"the key {day.key}" if day.key else "no key (a console, or a person's session)"
        says = (
            f"{account.vendor} counted {amount} {unit} ({day.kind}) on {day.day} in {day.project or 'no project'} with "
            f"{who}, which the gateway does not hold."
        )
        yield Bypass(
            kind=Excess.BYPASS,
            day=day.day,
            interface=day.kind,
            key=day.key,
            project=day.project,
            unit=unit,
            counted=amount,
            known=0,
            says=says,
        )


def _may_be_of(request: Sent, first: str, last: str) -> bool:
    """Whether the vendor may have counted a request on one of these UTC days."""
    start = datetime.fromisoformat(f"{first}T00:00:00+00:00")
    end = datetime.fromisoformat(f"{last}T00:00:00+00:00") + timedelta(days=1)
    return request.left_at - EDGE < end and request.ended_at + EDGE >= start


def _compared(when: str, day: str, kind: str, counts: list[Day], near: list[Sent]) -> Iterable[Bypass]:
    certain = sum(1 for each in near if each.counted)
    open_ = sum(1 for each in near if each.counted is None)
    unmeasured = open_ + sum(1 for each in near if each.counted and each.tokens is None)
    if all(each.requests is not None for each in counts):
        counted = sum(each.requests or 0 for each in counts)
        yield from _excess(when, day, kind, "requests", counted, certain, open_)
        if counted > certain:
            return  # the tokens of those would only say the same again
    tokens = sum(each.tokens or 0 for each in near if each.counted)
    yield from _excess(when, day, kind, "tokens", sum(each.tokens for each in counts), tokens, unmeasured)


def _excess(when: str, day: str, kind: str, unit: str, counted: int, known: int, unknown: int) -> Iterable[Bypass]:
    """`unknown` is how many requests there are of which the gateway can't tell: more requests than that can't be
    theirs; their tokens can be any number."""
    if counted <= known:
        return
    bypass = counted > known + unknown if unit == "requests" else not unknown
    rest = f"; of {unknown} requests nobody saw the end or the count" if unknown else ""
    yield Bypass(
        kind=Excess.BYPASS if bypass else Excess.UNDECIDED,
        day=day,
        interface=kind,
        key="(held)",
        project="",
        unit=unit,
        counted=counted,
        known=known,
        says=f"{when} the vendor counted {counted} {unit} ({kind}) with the gateway's keys; "
        f"its records hold {known}{rest}.",
    )
