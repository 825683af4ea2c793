"""The line that `ringfence up` prints for each request: label, effect, where it went, the rule that decided."""

from __future__ import annotations

from ringfence.gateway.plan import Plan
from ringfence.vocabulary.decision import Effect
from ringfence.vocabulary.labels import UNDECLARED
from ringfence.vocabulary.record import Outcome


def labels_in_words(plan: Plan) -> str:
    """The labels, or the one word for a key that declared nothing."""
    labels = plan.classification.labels
    return "undeclared" if labels >= UNDECLARED else ", ".join(sorted(labels))


def line(plan: Plan, index: int, outcome: Outcome, took_s: float) -> str:
    """One line without content. The rule shown is the one that kept the request from where it was first bound."""
    decision = plan.decision
    rules = list(decision.determining_rules)
    if decision.effect in (Effect.REROUTE, Effect.MASK):
        rules = [
            reason.rule for verdict in decision.verdicts if not verdict.allowed for reason in verdict.reasons
        ] or rules
    where = decision.service or "nowhere"
    shown = ", ".join(dict.fromkeys(rules))
    return (
        f"#{index:<6} {labels_in_words(plan):<24} {decision.effect:<8} -> {where:<28} "
        f"{outcome:<15} {took_s * 1000:7.1f} ms  {shown}"
    )
