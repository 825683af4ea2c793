"""From candidates to a decision: the first one that the rules allow, or a denial with every reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from ringfence.policy.engine import Policy
from ringfence.policy.memory import Memory
from ringfence.policy.rule import NO_CANDIDATE
from ringfence.vocabulary.decision import Coverage, Decision, Effect, Facts, Form, Verdict


def decide(
    policy: Policy,
    candidates: Sequence[Facts],
    coverage: Sequence[Coverage],
    register_digest: str,
    now: datetime,
    *,
    every: bool = False,
    memory: Memory | None = None,
    until: date | None = None,
) -> Decision:
    """Ask about `candidates` in order and take the first that is allowed.

    `verdicts` end with the taken one, or with `every` hold all of them (for `explain`). `memory` answers what was asked
    before, and keeps new answers up to and including the day `until` (None: no date limits them).
    Raises InternalError where `now` has no time zone.
    """
    answered: list[Verdict] = []
    for facts in candidates:
        verdict = _answer(policy, facts, now, memory, until)
        answered.append(verdict)
        if verdict.allowed and not every:
            break
    verdicts = tuple(answered)
    taken = next((verdict for verdict in verdicts if verdict.allowed), None)
    return Decision(
        effect=_effect(taken),
        service=taken.facts.service if taken else "",
        form=taken.facts.form if taken else Form.AS_REQUESTED,
        determining_rules=_rules((taken,) if taken else verdicts) or (NO_CANDIDATE,),
        verdicts=verdicts,
        coverage=tuple(coverage),
        policy_digest=policy.digest,
        register_digest=register_digest,
    )


def _effect(taken: Verdict | None) -> Effect:
    """Going elsewhere is said before the form: a reply by another service is what a client must know first."""
    if taken is None:
        return Effect.DENY
    if taken.facts.rerouted:
        return Effect.REROUTE
    return Effect.MASK if taken.facts.form is Form.MASKED else Effect.ALLOW


def _rules(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Rule ids in the order met, each once."""
    return tuple(dict.fromkeys(reason.rule for verdict in verdicts for reason in verdict.reasons))


def _answer(policy: Policy, facts: Facts, now: datetime, memory: Memory | None, until: date | None) -> Verdict:
    verdict = memory.recall(policy, facts, now) if memory is not None else None
    if verdict is None:
        (verdict,) = policy.ask((facts,), now)
        if memory is not None:
            memory.keep(policy, verdict, now, until)
    return verdict
