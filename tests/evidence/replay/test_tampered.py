"""Somebody with the log's key changes one fact and signs anew: replay names the record, the candidate, the fact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest

from evidence.replay.made import HOURS, REGISTER, engine, kept, leaf, lists, policy
from policy.enumerate_facts import facts
from ringfence.evidence.replay.replaying import Replay, replay
from ringfence.policy import Policy
from ringfence.vocabulary.decision import Facts
from ringfence.vocabulary.labels import Label

OTHERS: dict[str, tuple[Any, ...]] = {
    "form": ("as_requested", "masked"),
    "completeness": ("complete", "partial", "failed"),
    "mask_method": ("none", "structured_acceptance", "safe_harbor", "expert_determination"),
    "service": ("vendor-chat", "rented-gpu", "embedded"),
    "labels": ([], ["phi"], ["general"], ["general", "phi"]),
    "declared": ([], ["phi"], ["personal"], ["secret"]),
    "uncovered": ([], ["phi"], ["confidential"]),
    "unmaskable": ([], ["DATE"]),
    "residual": ([], ["EMAIL_ADDRESS"]),
    "unknown_fields": ([], ["/new"]),
    "forbidden_fields": ([], ["/store"]),
    "excepted_rules": ([], ["retained-field"]),
    "excepted_labels": ([], ["personal"], ["phi"]),
}
TOLD_TWICE = {"client", "purpose", "labels", "uncovered", "vendor", "private", "own_host", "names_searched"}
"""Facts that the record, or its register, says once more."""


def changed(leaf_: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Each fact of each candidate with each other value: (candidate, fact, the leaf)."""
    record = json.loads(leaf_)
    for place, candidate in enumerate(record["body"]["candidates"]):
        for fact, value in candidate["facts"].items():
            others = (not value,) if isinstance(value, bool) else OTHERS.get(fact, ("somebody-else",))
            for other in others:
                if other != value:
                    candidate["facts"][fact] = other
                    yield place, fact, json.dumps(record).encode()
            candidate["facts"][fact] = value


def answers(rules: Policy, leaf_: bytes) -> list[tuple[bool, tuple[str, ...]]]:
    """What Cedar in Python says of the candidates of a record: another engine than the one that replays."""
    body = json.loads(leaf_)["body"]
    asked = [msgspec.convert(each["facts"], Facts) for each in body["candidates"]]
    verdicts = rules.ask(asked, datetime.fromisoformat(body["asked_at"]))
    return [(each.allowed, tuple(reason.rule for reason in each.reasons)) for each in verdicts]


def test_each_fact_on_which_the_outcome_hangs_is_named(scale: int) -> None:
    rules = policy(HOURS)
    whole = [leaf(candidates, rules, number) for number, candidates in enumerate(lists(1_500, seed=11))][
        :: max(80 // scale, 1)
    ]
    cases = [(first, *case) for first in whole for case in changed(first)]
    named: dict[int, list[Any]] = {}
    for start in range(0, len(cases), 300):  # mismatches are listed up to a bound
        done = replay(((at, cases[at][3]) for at in range(start, min(start + 300, len(cases)))), kept(rules), engine())
        for each in done.mismatches:
            named.setdefault(each.index, []).append(each)
    seen: dict[str, int] = {}
    for at, (first, place, fact, now) in enumerate(cases):
        before, after = answers(rules, first)[place], answers(rules, now)[place]
        here = [each for each in named.get(at, ()) if each.candidate == place]
        if before != after:
            seen[fact] = seen.get(fact, 0) + 1
            [verdict] = [each for each in here if each.what == "verdict"]
            assert fact in verdict.facts, (fact, verdict)
            assert set(verdict.fires) == set(after[1]) - set(before[1])
            assert set(verdict.silent) == set(before[1]) - set(after[1])
            assert f"Candidate {place + 1} of " in verdict.says
        if fact in TOLD_TWICE and not (fact == "uncovered" and not json.loads(first)["body"]["coverage"]):
            assert any(each.what == "fact" and fact in each.facts for each in named[at]), (fact, now)
    assert len(seen) >= 15, sorted(seen)


def test_a_fact_that_does_not_fit_the_schema_is_named() -> None:
    rules = policy()
    record = json.loads(leaf([facts()], rules, 0))
    held = record["body"]["candidates"][0]["facts"]
    cases: list[tuple[str, Any]] = [
        ("private", "yes"),
        ("labels", ["phy"]),
        ("labels", "general"),
        ("mask_method", "trust me"),
        ("purpose", 7),
        ("client", None),
        ("never_heard_of", True),
        ("uncovered", [{"a": 1}]),
        ("excepted_labels", 5),
    ]
    leaves = []
    for fact, value in cases:
        record["body"]["candidates"][0]["facts"] = {**held, fact: value}
        leaves.append(json.dumps(record).encode())
    record["body"]["candidates"][0]["facts"] = {name: held[name] for name in held if name != "readable"}
    leaves.append(json.dumps(record).encode())
    done = replay(enumerate(leaves), kept(rules), engine())
    assert done.mismatched == len(leaves)
    verdicts = {each.index: each for each in done.mismatches if each.what == "verdict"}
    for at, fact in enumerate([*(fact for fact, _ in cases), "readable"]):
        assert verdicts[at].facts == (fact,)
        assert verdicts[at].fires == ("policy-error",)


def one(change: dict[str, Any]) -> Replay:
    """The replay of one record of two candidates, the second one taken, with members of its body changed."""
    rules = policy()
    first = facts(labels=(Label.PERSONAL,), declared=(), uncovered=(Label.PERSONAL,))
    second = msgspec.structs.replace(first, service="embedded", vendor="own", private=True, own_host=True)
    candidates = [first, msgspec.structs.replace(second, uncovered=(), rerouted=True)]
    record = json.loads(leaf(candidates, rules, 3))
    assert record["body"]["effect"] == "REROUTE"
    record["body"] |= change
    return replay([(90, json.dumps(record).encode())], kept(rules), engine())


def test_it_matches_unchanged() -> None:
    assert one({}).ok


@pytest.mark.parametrize(
    ("member", "value"),
    [("effect", "ALLOW"), ("service", "vendor-chat"), ("form", "masked"), ("rules", ["label-not-covered"])],
)
def test_a_wrong_decision_is_named(member: str, value: Any) -> None:
    done = one({member: value})
    assert (done.matched, done.mismatched) == (0, 1)
    assert [(each.index, each.candidate, each.what) for each in done.mismatches] == [(90, None, member)]


def test_a_wrong_verdict_is_named_with_its_rules() -> None:
    record = json.loads(leaf([facts(configured=False)], policy(), 0))
    record["body"]["candidates"][0] |= {"allowed": True, "rules": ["send"]}
    record["body"] |= {"effect": "ALLOW", "service": "vendor-chat", "rules": ["send"]}
    done = replay([(5, json.dumps(record).encode())], kept(policy()), engine())
    verdict = done.mismatches[0]
    assert (verdict.candidate, verdict.what) == (0, "verdict")
    assert (verdict.fires, verdict.silent) == (("service-not-configured",), ("send",))
    assert verdict.facts == ("configured",)
    assert {each.what for each in done.mismatches} == {"verdict", "effect", "service", "rules"}


def test_a_candidate_after_the_taken_one_is_named() -> None:
    record = json.loads(leaf([facts()], policy(), 0))
    record["body"]["candidates"] *= 2
    done = replay([(5, json.dumps(record).encode())], kept(policy()), engine())
    assert [each.what for each in done.mismatches] == ["candidates"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"labels": ["phi"]}, "labels"),
        ({"declared": ["personal"]}, "declared"),
        ({"client": "somebody"}, "client"),
        ({"purpose": "else"}, "purpose"),
        ({"names_searched": True}, "names_searched"),
        ({"completeness": "partial"}, "completeness"),
        ({"coverage": [{"label": "personal", "service": "vendor-chat", "covered": True}]}, "uncovered"),
    ],
)
def test_a_fact_that_another_part_of_the_record_contradicts_is_named(change: dict[str, Any], what: str) -> None:
    done = one(change)
    assert done.mismatched == 1
    assert {each.what for each in done.mismatches} == {"fact"}
    assert what in {fact for each in done.mismatches for fact in each.facts}


@pytest.mark.parametrize("fact", ["model_allowed", "reroute_allowed"])
def test_what_is_the_request_s_own_must_not_differ_between_candidates(fact: str) -> None:
    record = json.loads(leaf([facts(configured=False)] * 2, policy(), 0))
    record["body"]["candidates"][1]["facts"][fact] = False
    done = replay([(5, json.dumps(record).encode())], kept(policy()), engine())
    assert (None, (fact,)) in {(each.candidate, each.facts) for each in done.mismatches if each.what == "fact"}


@pytest.mark.parametrize(
    "cover",
    [
        {"documents": ["no-such-paper"], "covered": True},
        {"covered": True, "until": "2031-05-05"},
    ],
)
def test_coverage_that_could_not_have_been_is_named(cover: dict[str, Any]) -> None:
    done = one({"coverage": [{"label": "personal", "service": "elsewhere", **cover}]})
    assert [(each.index, each.what) for each in done.mismatches] == [(90, "record")]


@pytest.mark.parametrize(
    ("member", "value", "exceptions"),
    [
        ("excepted_labels", ["personal"], []),
        ("excepted_rules", ["retained-field"], []),
        (None, None, ["ex-1"]),
    ],
)
def test_an_exception_is_claimed_by_the_facts_and_named_by_the_record(
    member: str | None, value: Any, exceptions: list[str]
) -> None:
    rules = policy()
    left = (Label.PERSONAL,)
    taken = facts(labels=left, declared=(), uncovered=left, excepted_labels=left, forbidden_fields=("/store",))
    taken = msgspec.structs.replace(taken, excepted_rules=("retained-field",))
    record = json.loads(leaf([taken], rules, 0))
    assert record["body"]["effect"] == "ALLOW"
    record["body"]["exceptions"] = ["ex-1"]
    assert replay([(0, json.dumps(record).encode())], kept(rules), engine()).ok
    held = record["body"]["candidates"][0]["facts"]
    held |= {"excepted_rules": [], "excepted_labels": [], "forbidden_fields": [], "private": False}
    if member is None:
        held |= {"labels": ["general"], "uncovered": []}
        record["body"] |= {"labels": ["general"], "coverage": []}
    elif member == "excepted_labels":
        held |= {member: value}
    else:
        held |= {member: value, "uncovered": [], "forbidden_fields": ["/store"]}
        record["body"] |= {"coverage": []}
    record["body"]["exceptions"] = exceptions
    done = replay([(0, json.dumps(record).encode())], kept(rules), engine())
    named = [each for each in done.mismatches if each.what == "fact"]
    assert [each.candidate for each in named] == [0]
    assert set(named[0].facts) == {"excepted_rules", "excepted_labels"}


@pytest.mark.parametrize("change", [{"excepted_labels": (Label.CARD,)}, {"private": True, "service": "rented-gpu"}])
def test_an_exception_for_what_needs_none_is_named(change: dict[str, Any]) -> None:
    rules = policy()
    left = (Label.PERSONAL,)
    asked = facts(labels=left, declared=(), uncovered=left, excepted_labels=left, configured=False)
    asked = msgspec.structs.replace(asked, **change, vendor="own" if "private" in change else "vendor")
    done = replay([(0, leaf([asked], rules, 0))], kept(rules), engine())
    assert [each.facts for each in done.mismatches] == [("excepted_labels",)]


def test_a_register_of_another_digest_is_not_believed() -> None:
    rules = policy()
    done = replay([(0, leaf([facts(service="nowhere")], rules, 0, REGISTER + b" "))], kept(rules), engine())
    assert done.ok, "a register that is not at hand says nothing; verdicts do not rest on it"
    done = replay([(0, leaf([facts(service="nowhere")], rules, 0))], kept(rules), engine())
    assert [each.facts for each in done.mismatches] == [("service",)]
