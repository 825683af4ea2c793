from __future__ import annotations

import json
from typing import Any

import pytest

from ringfence.gateway.differences import MOST_IDS, compared, differences
from ringfence.gateway.state import schema_text, shipped_rules
from ringfence.policy import Policy

RULE = '@id("{}") @says("S.") forbid (principal, action == Action::"send", resource) when {{ {} }};\n'


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def _policy(*rules: str, beside: dict[str, str] | None = None, note: str = "") -> bytes:
    texts = {**shipped_rules(), "own.cedar": note + "".join(rules) or "// none"}
    return Policy.load(texts, schema_text(), beside).content


def test_ids_and_never_what_stands_under_them() -> None:
    found = compared({"a": 1, "b": "secret", "c": 3}, {"b": "other", "c": 3, "d": 4})
    assert found == {"added": ["d"], "removed": ["a"], "changed": ["b"]}
    assert compared({"a": 1}, {"a": 1}) == {}


def test_a_long_list_is_cut_and_counted() -> None:
    ids = [f"{number:04d}" for number in range(MOST_IDS + 7)]
    assert compared({}, dict.fromkeys(ids))["added"] == [*ids[:MOST_IDS], "and 7 more"]


def test_register() -> None:
    before = {"documents": {"baa": 1, "dpa": 1}, "services": {"s": 1}, "relaxations": [], "posture": 1}
    after = {"documents": {"dpa": 2}, "services": {"s": 1}, "relaxations": [1], "posture": 1}
    assert differences("register", _bytes(before), _bytes(after)) == {
        "documents": {"removed": ["baa"], "changed": ["dpa"]},
        "other": ["relaxations"],
    }


def test_policy_by_rules_and_by_files() -> None:
    one, two = RULE.format("one", "context.private"), RULE.format("two", "!context.private")
    changed = RULE.format("one", "context.own_host")
    assert differences("policy", _policy(one), _policy(changed, two)) == {
        "rules": {"added": ["two"], "changed": ["one"]},
        "files": {"changed": ["own.cedar"]},
    }
    assert differences("policy", _policy(one), _policy(one, note="// reviewed\n")) == {
        "files": {"changed": ["own.cedar"]}
    }
    with_beside = _policy(one, beside={"detection.toml": "x"})
    assert differences("policy", _policy(one), with_beside) == {"files": {"added": ["detection.toml"]}}


def test_keys() -> None:
    key = {"client": "c", "disabled": False}
    before = {"a": key, "b": key, "c": key}
    after = {"a": {**key, "disabled": True}, "b": {**key, "client": "d"}, "n": key}
    assert differences("keys", _bytes(before), _bytes(after)) == {
        "keys": {"added": ["n"], "removed": ["c"], "changed": ["a", "b"], "disabled": ["a"]}
    }


def test_people_and_exceptions_by_their_ids() -> None:
    def proposal(body: Any) -> Any:
        return {"act": {"kind": "exception", "body": body}, "approvals": []}

    before = {"people": {"ann": 1}, "exceptions": {"x.json": proposal({"id": "e", "reason": "r"})}}
    after = {
        "people": {"ann": 2, "ben": 1},
        "exceptions": {"x.json": proposal({"id": "e", "reason": "s"}), "y.json": proposal({"id": 7})},
    }
    assert differences("exceptions", _bytes(before), _bytes(after)) == {
        "people": {"added": ["ben"], "changed": ["ann"]},
        "exceptions": {"added": ["y.json"], "changed": ["e"]},
    }


@pytest.mark.parametrize("part", ["register", "policy", "keys", "exceptions"])
def test_nothing_changed_and_nothing_kept(part: str) -> None:
    assert differences(part, b"{", b"{") == {}
    assert list(differences(part, None, b"{}")) == [part]
