"""A decision on record beside what its facts give: every difference named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from ringfence.evidence.replay.decided import Asked, Body
from ringfence.evidence.replay.engine import Derived, Rule, Verdict

What = Literal["record", "verdict", "candidates", "effect", "service", "form", "rules", "fact"]


class Mismatch(msgspec.Struct, frozen=True):
    """One difference in record `index`; `candidate` is the place in `candidates`, from 0, None for the decision as a
    whole. `fires` are rules that the facts give and the record does not hold, `silent` the reverse. `facts` are the
    facts among which the changed one is: what these rules read, or what contradicts another part of the record."""

    index: int
    candidate: int | None
    what: What
    says: str
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


def compare(index: int, body: Body, derived: Derived, rules: Mapping[str, Rule]) -> Iterator[Mismatch]:
    """Every difference between the record and what its facts give."""
    if derived.failed or len(derived.candidates) != len(body.candidates):
        yield Mismatch(index, None, "record", "Its facts can't be put to the engine: one is missing or misshapen.")
        return
    for place, (asked, verdict) in enumerate(zip(body.candidates, derived.candidates, strict=True)):
        if (asked.allowed, asked.rules) != (verdict.allowed, verdict.rules):
            yield _verdict(index, place, len(body.candidates), asked, verdict, rules)
    if 0 <= derived.taken < len(body.candidates) - 1:
        says = f"Candidate {derived.taken + 1} is allowed, and yet candidates after it are on record."
        yield Mismatch(index, derived.taken, "candidates", says)
    whole: tuple[tuple[What, object, object], ...] = (
        ("effect", body.effect, derived.effect),
        ("service", body.service, derived.service),
        ("form", body.form, derived.form),
        ("rules", _listed(body.rules), _listed(derived.rules)),
    )
    for what, logged, given in whole:
        if logged != given:
            yield Mismatch(index, None, what, f"The decision's {what} on record: {logged}; from its facts: {given}.")


def _verdict(index: int, place: int, count: int, asked: Asked, verdict: Verdict, rules: Mapping[str, Rule]) -> Mismatch:
    fires = tuple(rule for rule in verdict.rules if rule not in asked.rules)
    silent = tuple(rule for rule in asked.rules if rule not in verdict.rules)
    read = {fact for rule in (*fires, *silent) if rule in rules for fact in rules[rule].reads}
    says = (
        f"Candidate {place + 1} of {count} ({asked.title}) is on record as {_said(asked.allowed, asked.rules)}; its "
        f"facts give {_said(verdict.allowed, verdict.rules)}."
    )
    if fires:
        says += f" Now fires: {_with_reads(fires, rules)}."
    if silent:
        says += f" Fires no longer: {_with_reads(silent, rules)}."
    if verdict.misfits:
        says += f" Facts that do not fit the policies' schema: {', '.join(verdict.misfits)}."
    return Mismatch(index, place, "verdict", says, fires, silent, tuple(sorted(read | set(verdict.misfits))))


def _said(allowed: bool, rules: Sequence[str]) -> str:
    return f"{'allowed' if allowed else 'denied'} by {_listed(rules)}"


def _listed(rules: Sequence[str]) -> str:
    return ", ".join(rules) or "no rule"


def _with_reads(ids: Sequence[str], rules: Mapping[str, Rule]) -> str:
    reads = {rule: ", ".join(rules[rule].reads) if rule in rules else "" for rule in ids}
    return "; ".join(f"{rule} (reads {reads[rule]})" if reads[rule] else rule for rule in ids)
