"""What replay can't show, it says; what keeps it from running is an error with a remedy."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from evidence.replay.made import NAMING, ROOT, engine, kept, leaf, policy
from policy.enumerate_facts import facts
from ringfence.evidence.replay import engine as engines
from ringfence.evidence.replay.engine import PACKAGE, Answer, CedarWasm, find_engine
from ringfence.evidence.replay.replaying import LIMITS, Kept, replay
from ringfence.policy import Policy
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label

COUNTED = facts(labels=(Label.PHI,), declared=(Label.PHI,), unknown_fields=("(unknown 0)",))


class Silent:
    """An engine that must not be asked."""

    title, cedar = "none", "4.12.0"

    def derive(self, content: bytes, leaves: object) -> Answer:
        raise AssertionError("asked")


def test_a_policy_that_is_not_at_hand() -> None:
    done = replay([(0, leaf([facts()], policy(), 0))], Kept({}.get, {}.get), Silent())
    assert (done.decisions, done.matched, done.unproven, done.ok) == (1, 0, 1, False)
    [why] = done.unproven_because
    assert "not at hand" in why
    assert policy().digest[:16] in why


def test_a_policy_that_is_not_what_its_digest_says() -> None:
    other = policy(NAMING).content
    done = replay([(0, leaf([facts()], policy(), 0))], Kept(lambda _: other, {}.get), Silent())
    assert [why for why in done.unproven_because if "another digest" in why]


def test_a_policy_of_another_cedar_version_is_refused() -> None:
    rules = policy()
    content = rules.content.replace(b'"cedar":"4.12.0"', b'"cedar":"4.11.0"')
    import hashlib

    old = msgspec.structs.replace(rules, content=content, digest=hashlib.sha256(content).hexdigest())
    done = replay([(0, leaf([facts()], old, 0)), (1, leaf([facts()], rules, 1))], kept(old, rules), engine())
    assert (done.matched, done.unproven) == (1, 1)
    assert [why for why in done.unproven_because if "Cedar 4.11.0" in why and "4.12.0" in why]


@pytest.mark.parametrize(
    ("rule", "proven"),
    [
        ("context.unknown_fields.isEmpty()", True),
        ("!context.unknown_fields.isEmpty() && context.private", True),
        ('context["unknown_fields"].isEmpty()', True),
        ('context.unknown_fields.contains("/mine")', False),
        ('["/mine"].containsAll(context.unknown_fields)', False),
        ('context.unknown_fields == ["/mine"]', False),
        ("!context.unknown_fields.isEmpty() && context.unknown_fields.containsAny([context.vendor])", False),
    ],
)
def test_a_rule_that_reads_names_which_are_only_counted(rule: str, proven: bool) -> None:
    text = f'@id("site") @says("x") forbid (principal, action == Action::"send", resource) when {{ {rule} }};'
    rules = policy(text)
    named = facts(unknown_fields=("/new",))
    done = replay([(0, leaf([COUNTED], rules, 0)), (1, leaf([named], rules, 1))], kept(rules), engine())
    assert (done.matched, done.unproven, done.mismatched) == ((2, 0, 0) if proven else (1, 1, 0))
    assert proven or any("site" in why for why in done.unproven_because)


def test_it_says_what_it_can_not_show() -> None:
    rules = policy(beside={"detection.toml": "[mrn]", "masking.toml": ""})
    done = replay([(0, leaf([facts()], rules, 0))], kept(rules), engine())
    assert done.limits[:2] == LIMITS
    assert "It does not re-derive labels" in done.limits[0]
    assert "detection.toml, masking.toml" in done.limits[2]
    assert done.policies[0].decisions == 1


def test_a_record_that_can_not_be_read_is_named() -> None:
    done = replay([(7, b'{"phase":"decided","body":{}}'), (8, b'{"phase":"ended","body":{}}')], kept(), Silent())
    assert [(each.index, each.what) for each in done.mismatches] == [(7, "record")]


def test_facts_that_can_not_even_be_asked_are_named() -> None:
    rules = policy()
    record = json.loads(leaf([facts()], rules, 0))
    record["body"]["asked_at"] = "yesterday"
    done = replay([(7, json.dumps(record).encode())], kept(rules), engine())
    assert done.mismatched == 1
    assert {(each.index, each.what) for each in done.mismatches} == {(7, "record")}


def _node(folder: Path, script: str) -> CedarWasm:
    """An engine whose Node.js is a shell script."""
    (folder / "package.json").write_text('{"version": "4.12.0"}')
    node = folder / "node"
    node.write_text(f"#!/bin/sh\n{script}\n")
    node.chmod(0o700)
    return CedarWasm(str(node), folder, timeout_s=1.0)


HEAD = '{"cedar":"4.12.0","rules":{}}'


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("kill -9 $$", "signal 9"),
        ("echo 'TypeError: no' >&2; exit 3", "ended with 3: TypeError: no"),
        ("exec sleep 20", "within 1 s"),
        ("echo nonsense", "something else than decisions"),
        ("true", "something else than decisions"),
        (f"echo '{HEAD}'", "0 of 1 decisions"),
        (f"echo '{HEAD.replace('12', '11')}'", "Cedar 4.11.0"),
    ],
)
def test_an_engine_that_fails_is_an_error_with_a_remedy(script: str, why: str, tmp_path: Path) -> None:
    rules = policy()
    with pytest.raises(ConfigurationError) as failed:
        replay([(0, leaf([facts()], rules, 0))], kept(rules), _node(tmp_path, script))
    assert why in failed.value.message
    assert failed.value.remedy


def test_rules_that_can_not_be_read_are_an_error() -> None:
    rules = policy()
    content = rules.content.replace(b"permit (principal", b"permitt (principal")
    with pytest.raises(ConfigurationError, match="ended with 1"):
        engine().derive(content, [leaf([facts()], rules, 0)])


def test_without_node_or_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="not installed") as missing:
        find_engine(None, tmp_path)
    assert f"npm install {PACKAGE}" in missing.value.remedy
    with pytest.raises(ConfigurationError, match="does not hold"):
        find_engine(tmp_path, tmp_path)
    monkeypatch.setattr(engines.shutil, "which", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"no Node\.js"):
        find_engine(None, ROOT)


def test_it_is_found_in_a_folder_above(tmp_path: Path) -> None:
    engine()
    assert find_engine(None, ROOT / "tests" / "evidence").cedar == "4.12.0"


def test_more_than_one_process_is_used_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    rules: Policy = policy()
    asked: list[int] = []

    class Counting:
        title, cedar = "counting", "4.12.0"

        def derive(self, content: bytes, leaves: list[bytes]) -> Answer:
            asked.append(sum(len(json.loads(each)["body"]["candidates"]) for each in leaves))
            return engine().derive(content, leaves)

    one = leaf([facts(configured=False)] * 3, rules, 0)
    done = replay(enumerate([one] * 334), kept(rules), Counting())
    assert done.ok
    assert asked == [999, 3]


@pytest.mark.parametrize("fact", [b"[" * 20_000 + b"]" * 20_000, b'"\xff"'])
def test_record_that_no_parser_takes_is_counted_and_named(fact: bytes) -> None:
    """Whoever holds the log's key can sign one: it must not end the replay."""
    poisoned = b'{"body":{"candidates":[{"facts":{"a":' + fact + b'}}]},"phase":"decided"}'
    done = replay([(7, poisoned)], kept(), Silent())
    assert (done.ok, done.decisions, done.mismatched) == (False, 1, 1)
    assert done.mismatches[0].index == 7
