"""A gateway as a process: signs of life, changes while it runs and while it does not, and exceptions that end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openai
import pytest

from ringfence.approvals import approve, write_proposal
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.changes import user
from ringfence.gateway.keys import KeyStore
from ringfence.gateway.state import load_policy, shipped_rules
from ringfence.ledger.observed import observed
from ringfence.vocabulary.approval import Act, Proposal
from support import home
from support.people import enrol, exception, key_of, person
from support.place import Place, place

NOTICED_S = 8.0
SETTINGS = '[ledger]\nheartbeat_s = 0.5\ninstance = "east"\n'
HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello."}]}
RULE = '@id("{}")\n@says("Ours.")\nforbid (principal, action == Action::"send", resource) when {{ false }};\n'
SINCE = date(2001, 1, 1)
ME = user(Path(__file__).stat().st_uid)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("live")
    for name, text in shipped_rules().items():
        (folder / "policies").mkdir(mode=0o755)
        (folder / "policies" / name).write_text(text)
    enrol(folder / "approvers", "ann", "ben")
    with place(folder, settings=SETTINGS) as made:
        made.keys["confidential"] = home.key(folder, "confidential", on_uncovered="deny")
        yield made


def _notice(live: Place, event: str, first: int, **having: Any) -> dict[str, Any]:
    """The next notice of that event."""
    found: list[dict[str, Any]] = []

    def there() -> bool:
        bodies = [each["body"] for each in live.records(first) if each["phase"] == "notice"]
        found[:] = [body for body in bodies if body["event"] == event and having.items() <= body.items()]
        return bool(found)

    _wait(there)
    return found[0]


def _wait(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + NOTICED_S
    while not condition():
        assert time.monotonic() < deadline, "not noticed"
        time.sleep(0.05)


def _size(live: Place) -> int:
    return len(live.records())


def _home(live: Place) -> homes.Home:
    return homes.find(live.folder, live.folder / "ringfence.toml")


def _effect(live: Place, key: str) -> str:
    sdk = live.sdk(key)
    try:
        sdk.sync.chat.completions.create(model="gpt-4o-mini", **HELLO)
    except openai.PermissionDeniedError:
        return "DENY"
    return sdk.headers["x-ringfence-effect"]


def test_heartbeats_name_the_gateway_and_count_what_was_decided(live: Place) -> None:
    first = _size(live)
    assert _effect(live, "general") == "ALLOW"
    body = _notice(live, "heartbeat", first, decided=1)
    assert (body["instance"], body["heartbeat_s"]) == ("east", 0.5)
    assert _notice(live, "heartbeat", first, decided=0, in_flight=0)
    assert body["policy_digest"] == load_policy(_home(live).policies).digest


def test_a_rule_is_named_with_who_wrote_it_and_who_approved_it(live: Place) -> None:
    first = _size(live)
    path = live.folder / "policies/house.cedar"
    path.write_text(RULE.format("no-one"))
    body = _notice(live, "register_or_policy_read", first)
    assert body["changed"] == {"rules": {"added": ["no-one"]}, "files": {"added": ["house.cedar"]}}
    assert (body["actor"], body["approvers"], body["envelopes"], body["instance"]) == (ME, [], [], "east")
    assert set(body["before"]) == {"policy_digest"}
    assert body["before"]["policy_digest"] != body["policy_digest"]
    first = _size(live)
    path.unlink()
    assert _notice(live, "register_or_policy_read", first)["actor"] == "unknown"


def test_an_approved_change_carries_its_approvals(live: Place) -> None:
    path = live.folder / "policies/house.cedar"
    path.write_text(RULE.format("approved"))
    digest = load_policy(_home(live).policies).digest
    path.unlink()
    _wait(lambda: _ready(live, load_policy(_home(live).policies).digest))
    act = Act("policy_change", {"digest": digest, "reason": "r"})
    at = datetime.now(UTC)
    envelopes = tuple(approve(act, key_of(who), person(who, SINCE), at=at, reason="r") for who in ("ann", "ben", "dan"))
    (live.folder / "approvers/changes").mkdir()
    write_proposal(live.folder / "approvers/changes/p.json", Proposal(act, envelopes))
    first = _size(live)
    path.write_text(RULE.format("approved"))
    body = _notice(live, "register_or_policy_read", first, policy_digest=digest)
    assert body["approvers"] == ["ann", "ben"]
    assert [each["signatures"][0]["keyid"] for each in body["envelopes"]] == ["ann", "ben"]
    first = _size(live)
    path.write_text(RULE.format("approved") + "// more\n")
    assert _notice(live, "register_or_policy_read", first)["approvers"] == []


def _ready(live: Place, digest: str) -> bool:
    import json
    import urllib.request

    with urllib.request.urlopen(f"{live.gateway.url}/ready", timeout=5) as reply:
        return bool(json.load(reply)["policy_digest"] == digest)


def test_people_are_named_and_their_keys_are_not(live: Place) -> None:
    first = _size(live)
    enrol(live.folder / "approvers", "cat")
    body = _notice(live, "people_changed", first)
    assert body["changed"] == {"people": {"added": ["cat"]}}
    assert body["actor"] == ME
    assert body["before"]["exceptions_digest"] != body["exceptions_digest"]
    assert person("cat").public_key not in str(body)


def test_keys_are_named(live: Place) -> None:
    first = _size(live)
    key = home.key(live.folder, "general").split("_")[1]
    assert _notice(live, "keys_changed", first)["changed"] == {"keys": {"added": [key]}}
    first = _size(live)
    KeyStore(live.folder).disable(key)
    assert _notice(live, "keys_changed", first)["changed"]["keys"]["disabled"] == [key]


def test_an_exception_counts_at_once_and_ends_without_a_new_start(live: Place) -> None:
    assert _effect(live, "confidential") == "DENY"
    first, now = _size(live), datetime.now(UTC)
    ends = now + timedelta(seconds=5)
    lifted = exception("pilot", now, "ann", "ben", label="confidential", clients=["test"], until=ends)
    (live.folder / "exceptions").mkdir()
    write_proposal(live.folder / "exceptions/pilot.json", lifted)
    body = _notice(live, "exceptions_changed", first)
    assert body["changed"]["exceptions"] == {"added": ["pilot"], "in_force": ["pilot"]}
    assert body["approvers"] == ["ann", "ben"]
    assert _effect(live, "confidential") == "ALLOW"
    decided = live.record(live.sdk("confidential").headers["x-ringfence-record"])
    assert decided["exceptions"] == ["pilot"]
    kept = boot.snapshots(_home(live)).read("exceptions", decided["exceptions_digest"])
    assert kept is not None
    assert b"pilot.json" in kept
    body = _notice(live, "exceptions_changed", first, actor="clock")
    assert body["changed"] == {"exceptions": {"no_longer": ["pilot"]}}
    assert body["before"] == {}
    assert _effect(live, "confidential") == "DENY"


def test_a_bad_exception_closes_no_vendor(live: Place) -> None:
    first = _size(live)
    (live.folder / "exceptions/bad.json").write_text("{")
    _wait(lambda: "bad.json" in live.gateway.log.read_text())
    assert _effect(live, "general") == "ALLOW"
    assert not [each for each in live.records(first) if each["body"].get("event") == "register_broken"]


def test_z_what_changed_while_it_was_stopped_is_said_at_the_next_start(live: Place) -> None:
    live.gateway.stop()
    first = _size(live)
    assert live.records()[-1]["body"] == {"event": "stop", "instance": "east"}
    (live.folder / "policies/house.cedar").write_text(RULE.format("while-down"))
    (live.folder / "register/documents/dpa.toml").unlink()
    key = home.key(live.folder, "general").split("_")[1]
    live.gateway.start()
    start = _notice(live, "start", first)
    assert start["last_run"] == "stopped"
    assert start["last_time"] == live.records()[first - 1]["time"]
    body = _notice(live, "changed_while_stopped", first)
    assert body["changed"]["documents"] == {"removed": ["test-dpa"]}
    assert body["changed"]["rules"]["added"] == ["while-down"]
    assert body["changed"]["keys"] == {"added": [key]}
    assert set(body["before"]) == {"policy_digest", "register_digest", "keys_digest", "keys_listed_digest"}
    assert body["actor"] == ME
    _wait(lambda: sum(each["body"].get("event") == "heartbeat" for each in live.records(first)) > 2)
    records = [(each["time"], each["phase"], each["body"]) for each in live.records()]
    spans = observed(records).instances["east"]
    assert [each.why for each in spans if each.why != "silent"][-3:] == [None, "stopped", None]


def test_zz_a_crash_is_told_from_a_stop(live: Place) -> None:
    live.gateway.kill()
    first = _size(live)
    live.gateway.start()
    assert _notice(live, "start", first)["last_run"] == "not_stopped"
    assert not [each for each in live.records(first) if each["body"].get("event") == "changed_while_stopped"]
