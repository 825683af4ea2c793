"""Whether a decision on record follows from what stands beside it: coverage, facts, answers, rules, effect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from ringfence.evidence.bundle.bodies import Candidate, Decided
from ringfence.vocabulary.decision import Effect, Form

_NO_CANDIDATE = "no-candidate"  # policy/rule.py: what stands as the reason where nothing could be asked about


_WITHIN = timedelta(minutes=10)
"""Between asking policy and the record of its answer lie seconds, and at most the difference of two clocks."""


def contradictions(decided: Decided, time: str) -> Iterator[str]:
    """What does not fit together in one record of `time`, in plain words; nothing where all does.

    Masking changes neither the labels nor the coverage of a candidate: it asks for the masked form of the same request,
    so the uncovered labels of both forms are the service's. Whether the rules themselves give the answers is replay's.
    """
    yield from _dates(decided, time)
    for candidate in decided.candidates:
        yield from _candidate(candidate, decided)
    *denied, last = decided.candidates or (None,)
    if any(each is not None and each.allowed for each in denied):
        yield "another candidate was asked about after one that was allowed"
    taken = last if last is not None and last.allowed else None
    yield from _taken(taken, decided)
    asked = (taken,) if taken else decided.candidates
    rules = tuple(dict.fromkeys(rule for each in asked for rule in each.rules)) or (_NO_CANDIDATE,)
    if decided.rules != rules:
        yield f"the rules that decided are given as {', '.join(decided.rules)}, but the answers name {', '.join(rules)}"


def _dates(decided: Decided, time: str) -> Iterator[str]:
    """Policy and coverage were asked about the moment of the request, not about one at which papers still held."""
    try:
        asked = datetime.fromisoformat(decided.asked_at or time)
        if abs(asked - datetime.fromisoformat(time)) > _WITHIN:
            yield f"it is dated {time}, but policy was asked as of {decided.asked_at}"
        for cover in decided.coverage:
            if cover.covered and cover.until is not None and date.fromisoformat(cover.until) < asked.date():
                yield f"{cover.label} is said to be covered at {cover.service}, but only until {cover.until}"
    except (ValueError, TypeError):
        yield "a date in it can't be read"


def _candidate(candidate: Candidate, decided: Decided) -> Iterator[str]:
    facts = candidate.facts
    for name in ("client", "purpose", "labels"):
        if getattr(facts, name) != getattr(decided, name):
            yield f"a candidate's {name} are not those of the request"
    recorded = _uncovered(facts.service, decided)
    if facts.labels and facts.uncovered not in recorded:
        yield (
            f"policy was told that {', '.join(facts.uncovered) or 'nothing'} is not covered at {facts.service}, and "
            f"the coverage on record says {' or '.join(', '.join(each) or 'nothing' for each in recorded) or 'nothing'}"
        )


def _uncovered(service: str, decided: Decided) -> list[tuple[str, ...]]:
    """The labels without cover at a service. Its coverage stands there once for each way to it, label by label."""
    here = [cover for cover in decided.coverage if cover.service == service]
    width = len(decided.labels)
    if not width or len(here) % width:
        return []
    groups = [here[at : at + width] for at in range(0, len(here), width)]
    if any(tuple(cover.label for cover in group) != decided.labels for group in groups):
        return []
    return [tuple(cover.label for cover in group if not cover.covered) for group in groups]


def _taken(taken: Candidate | None, decided: Decided) -> Iterator[str]:
    """policy/decide.py: where it goes and in which form is the allowed candidate's; without one it is a denial."""
    if taken is None:
        if decided.effect != Effect.DENY or decided.service:
            yield f"it was decided {decided.effect}, but no candidate was allowed"
        return
    facts = taken.facts
    effect = Effect.REROUTE if facts.rerouted else Effect.MASK if facts.form == Form.MASKED else Effect.ALLOW
    if (decided.effect, decided.service, decided.form) != (effect, facts.service, facts.form):
        yield (
            f"it was decided {decided.effect} for {decided.service or 'no service'} in the form {decided.form}, but "
            f"the allowed candidate is {effect} for {facts.service} in the form {facts.form}"
        )
