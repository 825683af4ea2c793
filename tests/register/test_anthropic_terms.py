"""Anthropic's list: every member and value of the real client is judged, and each beta by its name."""

from __future__ import annotations

import json
import typing
from datetime import date
from typing import Any

import pytest

from ringfence import dialects
from ringfence.register import Snapshot, review
from ringfence.register.catalogue import AllowList
from ringfence.vocabulary.decision import FieldReview
from ringfence.vocabulary.labels import Label
from support import anthropic_types
from support.needs import need_package

SERVICE, MODEL = "anthropic/messages", "claude-opus-5"
EXTRA = {
    "/temperature",
    "/top_k",
    "/top_p",
    "/output_format",
    "/user_profile_id",
    "/@anthropic-version",
    "/@anthropic-beta",
}
"""What is judged beside the members of the SDK's types: members that older clients send, and headers."""


def listed(snapshot: Snapshot, endpoint: str) -> AllowList:
    return next(each for each in snapshot.terms if (each.vendor, each.endpoint) == ("anthropic", endpoint))


def free(snapshot: Snapshot) -> set[str]:
    """Paths at which uses end: below them everything is a client's own."""
    ends = ("/input", "/input_schema", "/schema", "/input_examples/*", "content/*/trigger", "/configs")
    return {path for path in listed(snapshot, "messages").fields if path.endswith(ends)}


def judged(snapshot: Snapshot, today: date, *labels: Label, headers: Any = (), **members: Any) -> FieldReview:
    """What the list says of a request that the dialect reads."""
    dialect = next(each for each in dialects.all() if each.name == "anthropic.messages")
    body = {"model": MODEL, "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}], **members}
    uses = dialect.read(json.dumps(body).encode(), headers).uses
    return review(snapshot, SERVICE, "messages", body["model"], uses, today, labels)


def named(found: FieldReview) -> list[str]:
    return [use.name for use in (*found.unknown, *found.forbidden)]


@pytest.mark.parametrize("endpoint", ["messages", "count_tokens"])
def test_every_member_of_the_sdk_is_judged_and_no_other(shipped: Snapshot, endpoint: str) -> None:
    need_package("anthropic")
    above = tuple(f"{path}/" for path in free(shipped))
    sdk = {path for path in anthropic_types.paths(anthropic_types.MESSAGES) if not path.startswith(above)}
    assert len(sdk) > 500
    assert set(listed(shipped, endpoint).fields) - EXTRA == sdk


def test_every_value_of_the_sdk_is_judged(shipped: Snapshot) -> None:
    fields, above = listed(shipped, "messages").fields, tuple(f"{path}/" for path in free(shipped))
    documented = {pair for pair in anthropic_types.values(anthropic_types.MESSAGES) if not pair[0].startswith(above)}
    missing = {(p, value) for p, value in documented if value not in fields[p] and "" not in fields[p]}
    assert missing == set()
    chosen = {value for p, known in fields.items() for value in known if value and p not in EXTRA}
    assert chosen - {value for _, value in documented} == {"null", "false", "true", "opaque"}


def test_every_beta_of_the_sdk_is_judged_by_name(shipped: Snapshot) -> None:
    need_package("anthropic")
    from anthropic.types.anthropic_beta_param import AnthropicBetaParam

    _, literal = typing.get_args(AnthropicBetaParam)
    known = listed(shipped, "messages").fields["/@anthropic-beta"]
    assert len(known) > 50 and "" not in known
    assert set(typing.get_args(literal)) <= set(known)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("interleaved-thinking-2025-05-14", ""),
        ("context-1m-2025-08-07", ""),
        ("files-api-2025-04-14", "/@anthropic-beta=files-api-2025-04-14"),
        ("managed-agents-2026-04-01", "/@anthropic-beta=managed-agents-2026-04-01"),
        ("computer-use-2025-11-24", "/@anthropic-beta=computer-use-2025-11-24"),
        ("brand-new-2027-01-01", "/@anthropic-beta=brand-new-2027-01-01"),
        ("mrn-8812345", "/@anthropic-beta"),
        ("Ann Miller", "/@anthropic-beta"),
    ],
)
def test_betas(shipped: Snapshot, today: date, sent: str, name: str) -> None:
    headers = (("anthropic-version", "2026-10-21"), ("anthropic-beta", f"token-counting-2024-11-01, {sent}"))
    assert named(judged(shipped, today, headers=headers)) == ([name] if name else [])


def test_the_first_version_goes(shipped: Snapshot, today: date) -> None:
    assert named(judged(shipped, today, headers=(("anthropic-version", "2023-06-01"),))) == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("anthropic-version", "2029-01-01"),
    ],
)
def test_other_headers_stop(shipped: Snapshot, today: date, header: str, value: str) -> None:
    (name,) = named(judged(shipped, today, headers=((header, value),)))
    assert name.startswith(f"/@{header}")


THOUGHT = {"type": "thinking", "thinking": "Hm", "signature": "EqQB"}
CALL = {"type": "tool_use", "id": "t", "name": "look", "input": {"at": "it"}, "caller": {"type": "direct"}}
RESULT = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "seen"}], "is_error": False}
USER = "user_" + "0a" * 32 + "_account__session_2f1c7f0e-1a2b-4c3d-8e9f-001122334455"


def turns(*blocks: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(blocks)}]


@pytest.mark.parametrize(
    "members",
    [
        {"system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
        {"messages": turns(THOUGHT, CALL, RESULT, {"type": "text", "text": "And?"})},
        {"tools": [{"name": "f", "description": "d", "input_schema": {"type": "object"}, "strict": True}]},
        {"tools": [{"type": "bash_20250124", "name": "bash"}], "tool_choice": {"type": "auto"}},
        {"thinking": {"type": "enabled", "budget_tokens": 2_048}, "output_config": {"effort": "high"}},
        {"temperature": 0.5, "top_p": 0.9, "top_k": 5, "stop_sequences": ["x"], "stream": True, "service_tier": "auto"},
        {"metadata": {"user_id": USER}},
        {"messages": turns({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}})},
        {"messages": turns({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGk="}})},
    ],
)
def test_what_goes_with_phi(shipped: Snapshot, today: date, members: dict[str, Any]) -> None:
    assert named(judged(shipped, today, Label.PHI, **members)) == []


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({"metadata": {"user_id": "ann@example.org"}}, "/metadata/user_id"),
        ({"diagnostics": {"previous_message_id": "msg_1"}}, "/diagnostics"),
        ({"thread": {"type": "continue", "previous_message_id": "msg_1"}}, "/thread"),
        ({"fallbacks": "default"}, "/fallbacks"),
        ({"speed": "fast"}, "/speed=fast"),
        ({"messages": turns({"type": "image", "source": {"type": "url", "url": "https://h.test/a"}})}, "/messages/"),
        ({"messages": turns({**CALL, "caller": {"type": "code_execution_20260120", "tool_id": "s"}})}, "/messages/"),
        ({"messages": turns({"type": "compaction", "content": "So far"})}, "/messages/*/content/*/type=compaction"),
        ({"tools": [{"type": "mcp_toolset", "mcp_server_name": "x"}]}, "/tools/*/mcp_server_name"),
        ({"tools": [{"type": "brand_new_20270101", "name": "x"}]}, "/tools/*/type=brand_new_20270101"),
        ({"tools": [{"name": "f", "input_schema": {}, "defer_loading": True}]}, "/tools/*/defer_loading=true"),
        ({"cache_control": {"type": "ephemeral", "ttl": "24h"}}, "/cache_control/ttl"),
        ({"brand_new": 1}, "/brand_new"),
        ({"model": "claude-fable-5-2"}, "/model"),
        ({"model": "claude-mythos-preview"}, "/model"),
    ],
)
def test_what_does_not_go_with_phi(shipped: Snapshot, today: date, members: dict[str, Any], name: str) -> None:
    assert any(each.startswith(name) for each in named(judged(shipped, today, Label.PHI, **members)))
