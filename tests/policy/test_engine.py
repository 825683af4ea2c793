"""Loading rules: what is refused, what is warned of, and what an erring rule does."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from pathlib import Path
from typing import Any

import pytest
from enumerate_facts import BASE, NOW, facts

from ringfence.policy.engine import CEDAR_VERSION, SHIPPED_FORBIDS, Policy
from ringfence.policy.request import request_json
from ringfence.vocabulary.decision import Facts, Form
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Completeness

OWN_RULE = """
@id("no-card-at-night")
@says("Card data is not sent at night.")
@remedy("Wait until six.")
forbid (principal == Client::"billing", action == Action::"send", resource)
when { context.labels.contains(Label::"card") };
"""
# Validates, and overflows whenever it is evaluated for a request that is not private.
ERRING = """
@id("erring")
@says("Never evaluates.")
forbid (principal, action == Action::"send", resource)
when { !context.private && 9223372036854775807 + 1 > 0 };
"""


def load(shipped: str, schema: str, **more: str) -> Policy:
    return Policy.load({"ringfence.cedar": shipped, **{f"{name}.cedar": text for name, text in more.items()}}, schema)


def test_a_file_of_ones_own_adds_its_rules(shipped: str, schema: str) -> None:
    policy = load(shipped, schema, own=OWN_RULE)
    card = facts(labels=(Label.CARD,), declared=())
    (verdict,) = policy.ask((card,), NOW)
    assert not verdict.allowed
    assert verdict.reasons[0].rule == "no-card-at-night"
    assert verdict.reasons[0].says == "Card data is not sent at night."
    assert verdict.reasons[0].remedy == "Wait until six."
    assert policy.ask((facts(client="other", labels=(Label.CARD,), declared=()),), NOW)[0].allowed
    assert policy.ask((BASE,), NOW)[0].allowed


def test_an_own_permit_opens_nothing_that_a_forbid_closes(shipped: str, schema: str) -> None:
    wide = load(shipped, schema, own='@id("all") @says("All.") permit (principal, action, resource);')
    (verdict,) = wide.ask((facts(uncovered=(Label.GENERAL,)),), NOW)
    assert not verdict.allowed
    assert [reason.rule for reason in verdict.reasons] == ["label-not-covered"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("permit (principal", "own.cedar can't be read as Cedar"),
        (OWN_RULE.replace('"card"', '"cards"'), 'rule no-card-at-night: .*`"cards"` is not declared'),
        (OWN_RULE.replace("context.labels", "context.lables"), "rule no-card-at-night: .*`lables`"),
        (OWN_RULE.replace('Label::"card"', '"card"'), "rule no-card-at-night: .*not compatible"),
        (OWN_RULE.replace('"send"', '"sent"'), "rule no-card-at-night: .*unrecognized action"),
        (OWN_RULE.replace('@id("no-card-at-night")', ""), "own.cedar: rule 1 has no usable @id"),
        (OWN_RULE.replace('@id("no-card-at-night")', "@id"), "own.cedar: rule 1 has no usable @id"),
        (OWN_RULE.replace("no-card", "No card\\r\\n"), "has no usable @id"),
        (OWN_RULE.replace("no-card-at-night", "policy-error"), "rule policy-error has no usable @id"),
        (OWN_RULE.replace("no-card-at-night", "label-not-covered"), "label-not-covered: one in own.cedar, one in ring"),
        (OWN_RULE.replace("Card data is not sent at night.", " "), "rule no-card-at-night has no @says"),
        (OWN_RULE.replace('@says("Card data is not sent at night.")', ""), "rule no-card-at-night has no @says"),
        (OWN_RULE.replace('principal == Client::"billing"', "principal == ?principal"), "holds a template"),
    ],
)
def test_what_can_not_be_used_is_refused(text: str, message: str, shipped: str, schema: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        load(shipped, schema, own=text)
    assert caught.value.remedy != ConfigurationError.remedy
    assert caught.value.where.startswith(("own.cedar", "ringfence.cedar"))


def test_no_rule_and_no_schema_are_refused(shipped: str, schema: str) -> None:
    with pytest.raises(ConfigurationError, match="no rule"):
        Policy.load({}, schema)
    with pytest.raises(ConfigurationError, match="schema can't be read"):
        Policy.load({"ringfence.cedar": shipped}, "entity Client")


@pytest.mark.parametrize("rule", ["label-not-covered", "unread-needs-cover"])
def test_a_missing_or_turned_rule_is_warned_of(rule: str, shipped: str, schema: str) -> None:
    assert load(shipped, schema).warnings == ()
    renamed = load(shipped.replace(f'@id("{rule}")', '@id("mine")'), schema)
    assert [warning.split()[3] for warning in renamed.warnings] == [rule]
    turned = (
        shipped[: shipped.index(f'@id("{rule}")')] + f'@id("{rule}") @says("Yes.") permit (principal,action,resource);'
    )
    assert any(rule in warning for warning in load(turned, schema).warnings)
    bare = Policy.load({"own.cedar": OWN_RULE}, schema)
    assert len(bare.warnings) == len(SHIPPED_FORBIDS) + 1
    assert bare.warnings[0] == "no rule in the policies folder permits anything, so every request is denied"


def test_an_erring_forbid_denies(shipped: str, schema: str) -> None:
    policy = load(shipped, schema, a=OWN_RULE, erring=ERRING)
    (verdict,) = policy.ask((BASE,), NOW)
    assert not verdict.allowed
    assert [reason.rule for reason in verdict.reasons] == ["policy-error"]
    assert verdict.errors == ("rule erring could not be evaluated",)


def test_an_erring_forbid_does_not_hide_the_others(shipped: str, schema: str) -> None:
    policy = load(shipped, schema, zz=ERRING)
    (verdict,) = policy.ask((facts(configured=False, uncovered=(Label.GENERAL,)),), NOW)
    rules = [reason.rule for reason in verdict.reasons]
    assert rules == ["service-not-configured", "label-not-covered", "policy-error"]


def test_an_error_tells_nothing_that_a_client_wrote(shipped: str, schema: str) -> None:
    policy = load(shipped, schema, own=ERRING)
    for bad in (facts(unknown_fields=("/canary-7",)), facts(unknown_fields=("/canary-7",), private="canary-7")):
        (verdict,) = policy.ask((bad,), NOW)
        assert verdict.errors
        assert "canary-7" not in "".join(verdict.errors) + str(verdict.reasons)


def test_one_bad_candidate_does_not_spoil_the_next(policy: Policy) -> None:
    bad: Any = "masqued"
    first, second = policy.ask((facts(form=bad), BASE), NOW)
    assert not first.allowed
    assert second.allowed


def test_a_file_may_end_within_a_comment(shipped: str, schema: str) -> None:
    policy = load(shipped, schema, a=OWN_RULE + "// the end", b=ERRING.replace("erring", "b").replace("\n", " "))
    assert [rule.file for rule in policy.rules[:3]] == ["a.cedar", "b.cedar", "ringfence.cedar"]
    assert policy.ask((BASE,), NOW)[0].errors == ("rule b could not be evaluated",)


def test_the_digest_changes_with_every_text_and_name(shipped: str, schema: str) -> None:
    whole = {"cedar": CEDAR_VERSION, "policies": {"ringfence.cedar": shipped}, "schema": schema}
    recomputed = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    first = load(shipped, schema).digest
    assert first == hashlib.sha256(recomputed.encode()).hexdigest()
    others = {
        load(shipped + "\n", schema).digest,
        load(shipped, schema + "\n").digest,
        load(shipped, schema, own=OWN_RULE).digest,
        Policy.load({"r.cedar": shipped}, schema).digest,
    }
    assert len(others | {first}) == 5


@pytest.mark.parametrize(
    ("condition", "reads"),
    [
        ('context.now > datetime("2031-01-01")', True),
        ('context["now"] > datetime("2031-01-01")', True),
        ('context["n\\u{6f}w"] > datetime("2031-01-01")', True),
        ("context has now", True),
        ('context.purpose == "nowhere"', False),
    ],
)
def test_a_rule_that_reads_the_time_is_noticed(condition: str, reads: bool, shipped: str, schema: str) -> None:
    own = f'@id("own") @says("Own.") forbid (principal, action == Action::"send", resource) when {{ {condition} }};'
    assert load(shipped, schema, own=own).reads_time is reads
    assert load(shipped, schema).reads_time is False


def test_the_schema_names_what_the_vocabulary_names(policy: Policy, schema: str) -> None:
    members = set(request_json(BASE, NOW)["context"])
    assert members == {*Facts.__struct_fields__, "now"} - {"client", "service"}
    for member in (*(label.value for label in Label), *Form, *Completeness):
        assert f'"{member}"' in schema
    (verdict,) = policy.ask((facts(labels=tuple(Label), declared=tuple(Label)),), NOW)
    assert verdict.allowed


def test_cedarpy_holds_the_cedar_that_is_named() -> None:
    (sbom,) = (path for path in importlib.metadata.files("cedarpy") or () if path.match("sboms/*.json"))
    parts = json.loads(Path(str(sbom.locate())).read_text(encoding="utf-8"))["components"]
    assert [part["version"] for part in parts if part["name"] == "cedar-policy"] == [CEDAR_VERSION]
