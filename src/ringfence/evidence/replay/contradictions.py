"""Facts beside everything else that a record and its register say of them: a changed fact often stands twice.

What is left out: nothing but the gateway itself saw `rerouted`, `configured`, `readable`, `unmaskable`, `residual`,
`mask_method` and the names of fields; a change of these shows only where a verdict hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ringfence.evidence.replay.comparing import Mismatch
from ringfence.evidence.replay.decided import Asked, Body, Cover


class ServiceFacts(msgspec.Struct, frozen=True):
    """What policy is told of a service, as the register has it."""

    vendor: str
    private: bool
    own_host: bool


class Register(msgspec.Struct, frozen=True):
    """What is read of a register's snapshot: its services, and the ids of its documents."""

    services: dict[str, ServiceFacts]
    documents: dict[str, msgspec.Raw]


def contradictions(index: int, body: Body, register: Register | None) -> Iterator[Mismatch]:
    """Every fact that another part of the record, or the register that it names, contradicts."""
    for place, asked in enumerate(body.candidates):
        for fact, against in _against(body, asked, register):
            says = f"Candidate {place + 1} of {len(body.candidates)} ({asked.title}): the fact {fact} {against}."
            yield Mismatch(index, place, "fact", says, facts=(fact,))
    for fact in ("client", "purpose", "model_allowed", "reroute_allowed"):
        if len({str(asked.facts.get(fact)) for asked in body.candidates}) > 1:
            yield Mismatch(index, None, "fact", f"The fact {fact} differs between candidates.", facts=(fact,))
    yield from _exceptions(index, body)
    for cover in body.coverage:
        unknown = [each for each in cover.documents if register and each not in register.documents]
        if unknown:
            says = f"Its coverage of {cover.label} at {cover.service} names documents that its register does not hold."
            yield Mismatch(index, None, "record", says)
        if cover.covered and cover.until is not None and cover.until < body.asked_at[:10]:
            says = f"Its coverage of {cover.label} at {cover.service} had ended on {cover.until}, before it was asked."
            yield Mismatch(index, None, "record", says)


def _against(body: Body, asked: Asked, register: Register | None) -> Iterator[tuple[str, str]]:
    """(fact, how something else contradicts it) of one candidate."""
    facts = asked.facts
    beside = {name: getattr(body, name) for name in ("client", "purpose", "names_searched", "labels")}
    if body.completeness == "complete":  # else only the operator's part of the declaration counts (record.md)
        beside["declared"] = body.declared
    for name, said in beside.items():
        given = tuple(facts[name]) if isinstance(facts.get(name), list) else facts.get(name)
        if said is not None and given != said:
            yield name, f"is not the record's own {name}"
    # A second look at a masked body may fail where the first search was whole.
    second_look = facts.get("form") == "masked" and facts.get("completeness") == "failed"
    if body.completeness is not None and facts.get("completeness") != body.completeness and not second_look:
        yield "completeness", "is not the record's own completeness"
    yield from _against_itself(facts)
    uncovered = _uncovered(body.coverage, facts.get("service"))
    if uncovered is not None and facts.get("uncovered") != uncovered:
        yield "uncovered", f"is not what the record's coverage leaves open there ({', '.join(uncovered) or 'nothing'})"
    service = register.services.get(str(facts.get("service"))) if register else None
    if register and service is None:
        yield "service", "names a service that the register of that time does not have"
    if service:
        for name in ("vendor", "private", "own_host"):
            if facts.get(name) != getattr(service, name):
                yield name, "is not what the register of that time says of the service"


def _against_itself(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The same, of facts that contradict one another."""
    for name in ("unmaskable", "residual"):
        if facts.get(name) and facts.get("form") != "masked":
            yield name, "speaks of masking, and the form is not masked"
    excepted = facts.get("excepted_labels") or []
    if excepted and (facts.get("private") or not set(excepted) <= set(facts.get("uncovered") or ())):
        yield "excepted_labels", "excepts what is not open there, or a host of one's own, which needs no exception"


def _exceptions(index: int, body: Body) -> Iterator[Mismatch]:
    """A record names the exceptions without which the taken candidate would not have been allowed, and no others."""
    place, taken = next(((n, each.facts) for n, each in enumerate(body.candidates) if each.allowed), (-1, {}))
    if body.exceptions is None or place < 0:
        return
    labels = taken.get("excepted_labels") if taken.get("form") == "as_requested" else None
    claimed = bool(taken.get("excepted_rules") or labels) and taken.get("labels") != ["general"]
    if claimed != bool(body.exceptions):
        says = "claims an exception that the record does not name" if claimed else "claims none that the record names"
        says = f"Candidate {place + 1} of {len(body.candidates)} ({body.candidates[place].title}) {says}."
        yield Mismatch(index, place, "fact", says, facts=("excepted_rules", "excepted_labels"))


def _uncovered(coverage: tuple[Cover, ...], service: object) -> list[str] | None:
    """The labels that the record's coverage leaves open at a service; None where it says nothing of it, or speaks of
    it under two interfaces that differ."""
    here = [cover for cover in coverage if cover.service == service]
    answers = {(cover.label, cover.covered) for cover in here}
    if not here or len(answers) > len({cover.label for cover in here}):
        return None
    return sorted({cover.label for cover in here if not cover.covered})
