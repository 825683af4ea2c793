"""From candidates to a decision."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from enumerate_facts import BASE, NOW, OWN, facts

from ringfence.policy.decide import decide
from ringfence.policy.engine import Policy
from ringfence.vocabulary.decision import Coverage, Decision, Effect, Facts, Form
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.labels import Label

PERSONAL = {"labels": (Label.PERSONAL,), "declared": (), "uncovered": (Label.PERSONAL,)}
AS_IS = facts(**PERSONAL)
MASKED = facts(**PERSONAL, form=Form.MASKED)
UNMASKABLE = facts(**PERSONAL, form=Form.MASKED, unmaskable=("DATE",))
PRIVATE = facts(labels=(Label.PERSONAL,), declared=(), rerouted=True, **OWN)
REFUSED = facts(labels=(Label.PERSONAL,), declared=(), rerouted=True, reroute_allowed=False, **OWN)


def ask(policy: Policy, *candidates: Facts, every: bool = False) -> Decision:
    return decide(policy, candidates, (), "register", NOW, every=every)


@pytest.mark.parametrize(
    ("candidates", "effect", "service", "rules"),
    [
        ((BASE, PRIVATE), Effect.ALLOW, "vendor-chat", ("send",)),
        ((AS_IS, MASKED, PRIVATE), Effect.MASK, "vendor-chat", ("send",)),
        ((AS_IS, UNMASKABLE, PRIVATE), Effect.REROUTE, "embedded", ("send",)),
        ((facts(**OWN),), Effect.ALLOW, "embedded", ("send",)),
        ((facts(**OWN, rerouted=True, form=Form.MASKED),), Effect.REROUTE, "embedded", ("send",)),
        ((facts(**OWN, form=Form.MASKED),), Effect.MASK, "embedded", ("send",)),
        (
            (AS_IS, UNMASKABLE, AS_IS, REFUSED),
            Effect.DENY,
            "",
            ("label-not-covered", "masking-incomplete", "reroute-refused"),
        ),
        ((), Effect.DENY, "", ("no-candidate",)),
    ],
)
def test_the_first_allowed_candidate_is_taken(
    candidates: tuple[Facts, ...], effect: Effect, service: str, rules: tuple[str, ...], policy: Policy
) -> None:
    decision = ask(policy, *candidates)
    assert (decision.effect, decision.service, decision.determining_rules) == (effect, service, rules)


def test_the_form_is_that_of_the_taken_candidate(policy: Policy) -> None:
    assert ask(policy, AS_IS, MASKED).form is Form.MASKED
    assert ask(policy, AS_IS, PRIVATE).form is Form.AS_REQUESTED


def test_nothing_after_the_taken_one_is_asked_unless_every_is(policy: Policy) -> None:
    candidates = (AS_IS, MASKED, PRIVATE, REFUSED)
    assert [verdict.allowed for verdict in ask(policy, *candidates).verdicts] == [False, True]
    explained = ask(policy, *candidates, every=True)
    assert tuple(verdict.facts for verdict in explained.verdicts) == candidates
    assert [verdict.allowed for verdict in explained.verdicts] == [False, True, True, False]
    assert (explained.effect, explained.form) == (Effect.MASK, Form.MASKED)
    assert explained.determining_rules == ("send",)


def test_an_erring_candidate_is_passed_over(policy: Policy) -> None:
    decision = ask(policy, facts(mask_method="trust me"), PRIVATE)
    assert decision.effect is Effect.REROUTE
    assert decision.verdicts[0].errors
    alone = ask(policy, facts(mask_method="trust me"))
    assert (alone.effect, alone.determining_rules) == (Effect.DENY, ("policy-error",))


def test_what_it_rested_on_is_in_the_decision(policy: Policy) -> None:
    rows = [Coverage(Label.PERSONAL, "vendor-chat", covered=False, reasons=("nothing on file",))]
    decision = decide(policy, [AS_IS], rows, "register-digest", NOW, until=date(2031, 6, 1))
    assert decision.coverage == tuple(rows)
    assert decision.policy_digest == policy.digest
    assert decision.register_digest == "register-digest"


def test_a_time_without_a_zone_is_a_defect(policy: Policy) -> None:
    with pytest.raises(InternalError, match="time zone"):
        decide(policy, [BASE], (), "r", datetime(2031, 5, 6))  # noqa: DTZ001
