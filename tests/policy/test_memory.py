"""A remembered verdict is given only for the same question, within its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from enumerate_facts import BASE, NOW, facts, random_facts

from ringfence.policy.decide import decide
from ringfence.policy.engine import Policy
from ringfence.policy.memory import Memory
from ringfence.vocabulary.decision import Facts, Form
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Completeness

TODAY = NOW.date()
DATED = """
@id("until-summer") @says("Only until the summer.")
forbid (principal, action == Action::"send", resource)
when { context.now >= datetime("2031-06-01T00:00:00Z") };
"""
OTHER: dict[str, Any] = {
    "client": "another",
    "purpose": "letters",
    "service": "other-chat",
    "vendor": "other",
    "private": True,
    "rerouted": True,
    "form": Form.MASKED,
    "labels": (Label.PHI,),
    "declared": (),
    "uncovered": (Label.GENERAL,),
    "completeness": Completeness.PARTIAL,
    "names_searched": True,
    "unmaskable": ("DATE",),
    "residual": ("DATE",),
    "mask_method": "safe_harbor",
    "unknown_fields": ("/x",),
    "forbidden_fields": ("/x",),
    "model_allowed": False,
    "configured": False,
    "readable": False,
    "reroute_allowed": False,
    "own_host": True,
    "excepted_rules": ("unknown-field",),
    "excepted_labels": (Label.PERSONAL,),
}


def filled(policy: Policy, facts: Facts = BASE, until: date | None = None, now: datetime = NOW) -> Memory:
    memory = Memory(8)
    (verdict,) = policy.ask((facts,), now)
    memory.keep(policy, verdict, now, until)
    return memory


def test_the_same_facts_are_remembered(policy: Policy) -> None:
    memory = filled(policy)
    verdict = memory.recall(policy, msgspec.structs.replace(BASE), NOW)
    assert verdict is not None
    assert verdict == policy.ask((BASE,), NOW)[0]


@pytest.mark.parametrize("field", Facts.__struct_fields__)
def test_any_other_fact_is_another_question(field: str, policy: Policy) -> None:
    assert filled(policy).recall(policy, facts(**{field: OTHER[field]}), NOW) is None


def test_other_rules_are_another_question(policy: Policy, shipped: str, schema: str) -> None:
    other = Policy.load({"ringfence.cedar": shipped + "// reviewed\n"}, schema)
    assert filled(policy).recall(other, BASE, NOW) is None


def test_it_holds_to_the_end_of_the_day_handed_in(policy: Policy) -> None:
    memory = filled(policy, until=TODAY + timedelta(days=1))
    tomorrow = NOW.replace(hour=23, minute=59) + timedelta(days=1)
    assert memory.recall(policy, BASE, tomorrow) is not None
    assert memory.recall(policy, BASE, tomorrow + timedelta(minutes=1)) is None


def test_what_is_already_past_is_not_kept(policy: Policy) -> None:
    assert len(filled(policy, until=TODAY - timedelta(days=1))) == 0


def test_without_a_day_it_holds(policy: Policy) -> None:
    assert filled(policy).recall(policy, BASE, NOW + timedelta(days=4000)) is not None


def test_a_verdict_with_errors_is_never_kept(policy: Policy) -> None:
    assert len(filled(policy, facts(mask_method="?"))) == 0


def test_the_oldest_goes_first(policy: Policy) -> None:
    memory = Memory(2)
    asked = [facts(client=name) for name in ("a", "b", "a", "c")]
    for verdict in policy.ask(asked, NOW):
        memory.keep(policy, verdict, NOW, None)
    assert len(memory) == 2
    assert [memory.recall(policy, facts(client=name), NOW) is not None for name in "abc"] == [True, False, True]


def test_where_a_rule_reads_the_time_it_holds_for_the_minute(shipped: str, schema: str) -> None:
    dated = Policy.load({"ringfence.cedar": shipped, "dated.cedar": DATED}, schema)
    last = datetime(2031, 5, 31, 23, 59, 1, tzinfo=UTC)
    memory = filled(dated, now=last)
    assert memory.recall(dated, BASE, last + timedelta(seconds=58)) is not None
    assert memory.recall(dated, BASE, last.astimezone(timezone(timedelta(hours=5)))) is not None
    assert memory.recall(dated, BASE, last + timedelta(seconds=59)) is None
    effects = [decide(dated, [BASE], (), "r", last + timedelta(seconds=s), memory=memory).effect for s in (58, 59)]
    assert effects == ["ALLOW", "DENY"]


def test_a_time_without_a_zone_is_a_defect(policy: Policy) -> None:
    with pytest.raises(InternalError):
        filled(policy).recall(policy, BASE, datetime(2031, 5, 6))  # noqa: DTZ001


@pytest.mark.parametrize("every", [False, True])
def test_decisions_with_and_without_memory_are_equal(every: bool, policy: Policy) -> None:
    memory = Memory(64)
    cases = list(random_facts(seed=3, count=300))
    for index in (*range(0, 300, 3), *range(0, 300, 3)):
        asked = cases[index : index + 3]
        remembered = decide(policy, asked, (), "r", NOW, every=every, memory=memory, until=TODAY)
        assert remembered == decide(policy, asked, (), "r", NOW, every=every)
    assert 0 < len(memory) <= 64


def test_a_decision_is_remembered_to_the_day_handed_in(policy: Policy) -> None:
    memory = Memory(8)
    decide(policy, [BASE], (), "r", NOW, memory=memory, until=TODAY)
    assert memory.recall(policy, BASE, NOW) is not None
    assert memory.recall(policy, BASE, NOW + timedelta(days=1)) is None


def test_a_second_decision_does_not_ask_cedar(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(8)
    first = decide(policy, [BASE], (), "r", NOW, memory=memory)
    monkeypatch.setattr("cedarpy.is_authorized_batch", None)
    assert decide(policy, [BASE], (), "r", NOW, memory=memory) == first
