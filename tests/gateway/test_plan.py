"""Classify, cover, decide, mask: which services are asked about in which form, and what would leave."""

from __future__ import annotations

import dataclasses
import itertools
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.scripts import HELLO, MAIL, MAILED, caller, stations
from ringfence.gateway import plan
from ringfence.gateway.admit import Caller
from ringfence.gateway.plan import Plan
from ringfence.gateway.stations import Stations
from ringfence.upstream.isolation import STEERING
from ringfence.vocabulary.decision import Effect, Form
from ringfence.vocabulary.errors import ModelNotFound
from ringfence.vocabulary.text import Completeness, Finding, Place
from support import home
from support.inprocess import DIALECT

PRIVATE = "private/url"
URL = 'url = "http://127.0.0.1:1/v1"\nmodel = "llama"\nown_host = true\n'


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Stations:
    """Both services of OpenAI, and a private model on an own host."""
    folder = tmp_path_factory.mktemp("home")
    return stations(folder, (home.UNCOVERED, home.COVERED, PRIVATE), engine="url", settings=URL).stations


def _plan(body: dict[str, Any], by: Caller, inside: Stations, **more: Any) -> Plan:
    return plan.make(DIALECT.read(json.dumps(body).encode()), DIALECT, by, inside, **more)


def _asked(made: Plan) -> list[tuple[str, str, bool]]:
    return [(verdict.facts.service, str(verdict.facts.form), verdict.allowed) for verdict in made.decision.verdicts]


COVERED_MAIL = {**MAILED, "model": "gpt-4o-baa"}


@pytest.mark.parametrize(
    ("body", "by", "effect", "asked"),
    [
        (HELLO, caller("general"), "ALLOW", [(home.UNCOVERED, "as_requested", True)]),
        (
            MAILED,
            caller("general"),
            "MASK",
            [(home.UNCOVERED, "as_requested", False), (home.UNCOVERED, "masked", True)],
        ),
        (HELLO, caller(), "REROUTE", [(home.UNCOVERED, "as_requested", False), (PRIVATE, "as_requested", True)]),
        (
            MAILED,
            caller(on_uncovered="deny"),
            "DENY",
            [
                (home.UNCOVERED, "as_requested", False),
                (home.UNCOVERED, "masked", False),
                (PRIVATE, "as_requested", False),
            ],
        ),
        (COVERED_MAIL, caller("phi"), "MASK", [(home.COVERED, "masked", True)]),
        (COVERED_MAIL, caller("phi", needs_identity=True), "ALLOW", [(home.COVERED, "as_requested", True)]),
        ({**HELLO, "model": "llama"}, caller(), "ALLOW", [(PRIVATE, "as_requested", True)]),
    ],
    ids=["nothing found", "masked second", "private last", "denied", "masked first", "identity needed", "by its name"],
)
def test_order_in_which_policy_is_asked(
    body: dict[str, Any], by: Caller, effect: str, asked: list[tuple[str, str, bool]], inside: Stations
) -> None:
    made = _plan(body, by, inside)
    assert made.decision.effect == effect
    assert _asked(made) == asked
    assert (made.leaving is None) == (effect == "DENY")


def test_every_candidate_is_judged_for_an_explanation(inside: Stations) -> None:
    made = _plan(HELLO, caller("general"), inside, every=True)
    assert _asked(made) == [(home.UNCOVERED, "as_requested", True), (PRIVATE, "as_requested", True)]
    assert made.decision.service == home.UNCOVERED


def test_vendor_never_keeps(inside: Stations) -> None:
    made = _plan({**HELLO, "store": True}, caller("general"), inside)
    assert made.leaving == json.dumps({**HELLO, "store": False}, separators=(",", ":")).encode()
    assert [(rewrite.pointer, "keep" in rewrite.why) for rewrite in made.rewrites] == [("/store", True)]


def test_private_model_is_asked_by_its_own_name_with_a_salt_of_the_clients(inside: Stations) -> None:
    made = _plan({**HELLO, "cache_salt": "mine"}, caller(), inside)
    assert made.leaving is not None
    apart = {"cache_salt": "salt", "cache_prompt": False, "id_slot": -1}
    assert json.loads(made.leaving) == {**HELLO, "model": "llama", **apart}
    pointers = ["/cache_salt", "/model", "/cache_salt", "/cache_prompt", "/id_slot"]
    assert [rewrite.pointer for rewrite in made.rewrites] == pointers
    assert made.decision.form is Form.AS_REQUESTED


@pytest.mark.parametrize("member", sorted(STEERING))
def test_a_private_server_is_not_steered_by_a_client(member: str, inside: Stations) -> None:
    made = _plan({**HELLO, member: {"remote_host": "10.0.0.8"}}, caller(), inside)
    assert made.leaving is not None and b"10.0.0.8" not in made.leaving
    assert f"/{member}" in [rewrite.pointer for rewrite in made.rewrites]


def test_a_vendor_gets_what_the_client_sent(inside: Stations) -> None:
    made = _plan({**HELLO, "request_id": "r-1"}, caller("general"), inside)
    assert made.leaving is not None and json.loads(made.leaving)["request_id"] == "r-1"


def test_name_that_no_service_has(inside: Stations) -> None:
    with pytest.raises(ModelNotFound):
        _plan({**HELLO, "model": "gtp-4o"}, caller("general"), inside)


def test_search_that_ran_out_of_time_stays_here(inside: Stations) -> None:
    late = dataclasses.replace(inside, detect_timeout_s=-1.0)
    made = _plan(HELLO, caller("general"), late)
    assert made.classification.completeness is Completeness.FAILED
    assert (made.decision.effect, made.decision.service) == (Effect.REROUTE, PRIVATE)


def _anywhere(mail: str) -> list[tuple[str, dict[str, Any]]]:
    tool = {"type": "function", "function": {"name": "f", "description": mail, "parameters": {"description": mail}}}
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": json.dumps({"to": mail})}}
    return [
        ("tool", {**HELLO, "tools": [tool]}),
        ("call", {**HELLO, "messages": [{"role": "assistant", "tool_calls": [call]}, *HELLO["messages"]]}),
        ("result", {**HELLO, "messages": [{"role": "tool", "tool_call_id": "c", "content": mail}]}),
        ("name", {**HELLO, "messages": [{"role": "user", "name": mail, "content": "x"}]}),
        ("user", {**HELLO, "user": mail}),
        ("metadata", {**HELLO, "metadata": {"to": mail}}),
        ("stop", {**HELLO, "stop": [mail]}),
        ("unknown", {**HELLO, "brand_new": [{"to": mail}]}),
        ("schema", {**HELLO, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {
            "enum": [mail]}}}}),
        ("file name", {**HELLO, "messages": [{"role": "user", "content": [{"type": "text", "text": mail}]}]}),
        ("choice", {**HELLO, "reasoning_effort": mail}),
        ("key", {**HELLO, "metadata": {mail: "x"}}),
        ("role", {**HELLO, "messages": [{"role": mail, "content": "x"}]}),
        ("model", {**HELLO, "model": f"gpt-{mail}"}),
    ]  # fmt: skip


# Where a finding can't be replaced, or in a field that regulated data may not use.
UNMASKABLE = {"choice", "key", "role", "model", "user", "metadata", "unknown"}


@pytest.mark.parametrize(("place", "body"), [pytest.param(*each, id=each[0]) for each in _anywhere(MAIL)])
def test_identifier_anywhere_never_reaches_the_vendor(place: str, body: dict[str, Any], inside: Stations) -> None:
    made = _plan(body, caller("general"), inside)
    if made.decision.service == home.UNCOVERED:
        assert made.leaving is not None
        assert MAIL.encode() not in made.leaving
        assert made.masked is not None
        assert made.masked.replaced["EMAIL_ADDRESS"] >= 1
    assert made.decision.effect == ("REROUTE" if place in UNMASKABLE else "MASK")


def test_documents_count_on_their_days_only(tmp_path: Path) -> None:
    """The day is handed in: a year on, what is on file has ended."""
    inside = stations(tmp_path).stations
    for days, effect in ((0, "ALLOW"), (334, "ALLOW"), (337, "DENY"), (-31, "DENY")):
        then = datetime.now(UTC) + timedelta(days=days)
        made = _plan({**HELLO, "model": "gpt-4o-baa"}, caller("phi"), dataclasses.replace(inside, now=lambda t=then: t))
        assert (made.decision.effect, made.asked_at) == (effect, then), days


def test_what_steers_a_request_is_gathered_once_for_all_findings() -> None:
    """Gathered anew for each finding, 4,000 beside 8,000 choices would hold the event loop for 6 s."""
    messages = [{"role": "user", "content": "x"}] * 4_000
    body = {"model": "gpt-4o", "messages": messages, "tools": [{"type": f"a{letter}"} for letter in _words(8_000)]}
    request = DIALECT.read(json.dumps(body).encode())
    steering = plan._steering(request)
    assert len(steering) > 8_000 and {"/model", "/tools/7/type"} <= steering
    findings = [Finding(f"/messages/{number}/content", 0, 1, "US_SSN", 1.0, "test/1") for number in range(4_000)]
    began = time.perf_counter()
    assert all(plan._fixed(finding, steering) is finding for finding in findings)
    assert time.perf_counter() - began < 2
    steers = Finding("/tools/7/type", 0, 1, "US_SSN", 1.0, "test/1")
    assert plan._fixed(steers, steering).place is Place.KEY


def _words(count: int) -> list[str]:
    return ["".join(letters) for letters in itertools.islice(itertools.product("abcdefghijklm", repeat=4), count)]
