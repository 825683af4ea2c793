"""The shipped rules: each alone, all against the plain Python twin, and every kind of bad fact."""

from __future__ import annotations

import re
from typing import Any

import cedarpy
import msgspec
import pytest
from enumerate_facts import BASE, NOW, OWN, RENTED, facts, random_facts
from twin import RULES, forbids

from ringfence.policy.engine import SHIPPED_FORBIDS, Policy
from ringfence.policy.request import request_json
from ringfence.vocabulary.decision import Facts, Form
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Completeness


def masked(label: Label, *, declared: bool = False, **changes: Any) -> Facts:
    """One label, uncovered, masked."""
    return facts(
        form=Form.MASKED, labels=(label,), declared=(label,) if declared else (), uncovered=(label,), **changes
    )


# For each rule one request that nothing else forbids: without the rule it would be sent.
ALONE = {
    "facts-contradict": facts(labels=(), declared=()),
    "model-not-allowed": facts(model_allowed=False),
    "service-not-configured": facts(configured=False),
    "not-readable": facts(readable=False),
    "reroute-refused": facts(rerouted=True, reroute_allowed=False, **OWN),
    "label-not-covered": facts(labels=(Label.PHI,), declared=(), uncovered=(Label.PHI,)),
    "private-host-not-covered": facts(labels=(Label.PHI,), declared=(), uncovered=(Label.PHI,), **RENTED),
    "phi-needs-method": masked(Label.PHI),
    "label-cannot-be-masked": masked(Label.CONFIDENTIAL),
    "declared-names-unsearched": masked(Label.PERSONAL, declared=True),
    "declared-secrets-unmasked": masked(Label.SECRET, declared=True, names_searched=True, mask_method="safe_harbor"),
    "masking-incomplete": masked(Label.PERSONAL, unmaskable=("DATE",)),
    "residual-findings": masked(Label.PERSONAL, residual=("IBAN",)),
    "unread-needs-cover": facts(completeness=Completeness.PARTIAL),
    "classification-failed": facts(completeness=Completeness.FAILED, labels=(Label.PHI,), declared=(Label.PHI,)),
    "unknown-field": facts(labels=(Label.PHI,), declared=(Label.PHI,), unknown_fields=("/new",)),
    "retained-field": facts(labels=(Label.PHI,), declared=(Label.PHI,), forbidden_fields=("/store",)),
    "no-exception-for-health-data": facts(
        labels=(Label.PHI,), declared=(Label.PHI,), uncovered=(Label.PHI,), excepted_labels=(Label.PHI,)
    ),
}


def without(text: str, rule: str) -> str:
    """The text less one rule."""
    shorter, cut = re.subn(rf'@id\("{rule}"\).*?\n(?:\}}|\w+ \([^\n]*);\n', "", text, flags=re.DOTALL)
    assert cut == 1
    return shorter


def test_there_is_a_case_for_every_shipped_rule(policy: Policy) -> None:
    assert tuple(rule.id for rule in policy.rules) == ("send", *SHIPPED_FORBIDS)
    assert set(ALONE) == set(SHIPPED_FORBIDS) == {rule.__name__.replace("_", "-") for rule in RULES}


@pytest.mark.parametrize("rule", SHIPPED_FORBIDS)
def test_each_rule_alone_holds_something_back(rule: str, policy: Policy, shipped: str, schema: str) -> None:
    (verdict,) = policy.ask((ALONE[rule],), NOW)
    assert not verdict.allowed
    assert [reason.rule for reason in verdict.reasons] == [rule]
    (verdict,) = Policy.load({"ringfence.cedar": without(shipped, rule)}, schema).ask((ALONE[rule],), NOW)
    assert verdict.allowed, "another rule forbids it too, so this case does not show what the rule is for"


def test_without_the_permit_nothing_is_sent(shipped: str, schema: str) -> None:
    (verdict,) = Policy.load({"ringfence.cedar": without(shipped, "send")}, schema).ask((BASE,), NOW)
    assert not verdict.allowed
    assert [reason.rule for reason in verdict.reasons] == ["nothing-permits"]


def test_cedar_agrees_with_the_twin(policy: Policy, scale: int) -> None:
    cases = tuple(random_facts(seed=20, count=6_000 * scale))
    seen: set[str] = set()
    allowed = 0
    for verdict in policy.ask(cases, NOW):
        expected = forbids(verdict.facts)
        assert tuple(reason.rule for reason in verdict.reasons) == (expected or ("send",)), verdict.facts
        assert verdict.allowed is (not expected)
        assert verdict.errors == ()
        seen.update(expected)
        allowed += verdict.allowed
    assert seen == set(SHIPPED_FORBIDS), "the cases no longer reach every rule"
    assert allowed > len(cases) / 20, "the cases are nearly all forbidden, so a rule too strict would not show"


def test_every_reason_says_why_and_every_forbid_what_to_do(policy: Policy) -> None:
    for rule in policy.rules:
        assert rule.says.endswith(".")
        assert rule.effect == "permit" or rule.remedy.endswith(".")


def _ask_raw(policy: Policy, context: dict[str, Any]) -> cedarpy.AuthzResult:
    request = {**request_json(BASE, NOW), "context": context}
    return cedarpy.is_authorized(request, policy.cedar_policies, "[]", policy.cedar_schema)


CONTEXT = msgspec.json.decode(msgspec.json.encode(request_json(BASE, NOW)["context"]))


def test_the_context_as_it_is_would_be_allowed(policy: Policy) -> None:
    assert _ask_raw(policy, CONTEXT).allowed


@pytest.mark.parametrize("member", CONTEXT)
def test_a_missing_member_is_no_decision(member: str, policy: Policy) -> None:
    answer = _ask_raw(policy, {name: value for name, value in CONTEXT.items() if name != member})
    assert answer.decision is cedarpy.Decision.NoDecision


STRANGE: tuple[Any, ...] = (7, {}, "?", ["?", 7], None)
WRONG = [
    (member, value)
    for member in CONTEXT
    for value in STRANGE
    if not (value == "?" and member in ("purpose", "vendor"))  # the two free strings
]


@pytest.mark.parametrize(("member", "value"), WRONG)
def test_a_mistyped_member_is_no_decision(member: str, value: Any, policy: Policy) -> None:
    assert _ask_raw(policy, {**CONTEXT, member: value}).decision is cedarpy.Decision.NoDecision


def test_a_superfluous_member_is_no_decision(policy: Policy) -> None:
    assert _ask_raw(policy, {**CONTEXT, "trusted": True}).decision is cedarpy.Decision.NoDecision


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ("phy",)},
        {"labels": (Label.GENERAL, "")},
        {"declared": ("General",)},
        {"uncovered": (None,)},
        {"form": "Masked"},
        {"completeness": "done"},
        {"mask_method": "safe harbor"},
        {"private": "yes"},
        {"names_searched": None},
        {"unmaskable": (1,)},
        {"unknown_fields": None},
        {"vendor": None},
        {"excepted_rules": ("private-host-not-covered",)},
        {"excepted_rules": ("label-not-covered",)},
        {"excepted_labels": ("phy",)},
    ],
    ids=str,
)
def test_facts_that_are_no_facts_are_denied(changes: dict[str, Any], policy: Policy) -> None:
    (verdict,) = policy.ask((facts(**changes),), NOW)
    assert not verdict.allowed
    assert [reason.rule for reason in verdict.reasons] == ["policy-error"]
    assert verdict.errors == ("the facts of this candidate do not fit the policy schema",)
