"""The allow-lists for Responses: every member that the SDK documents has a verdict, and each row its effect."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)

from ringfence import dialects
from ringfence.register import Document, Snapshot, forced_members, review
from ringfence.register.catalogue import AllowList
from ringfence.vocabulary.decision import FieldReview
from ringfence.vocabulary.labels import Label
from support.sdk_members import sdk_members

OPENAI, AZURE = "openai/responses", "azure-openai/responses"
DIALECT = next(each for each in dialects.all() if each.endpoint == "responses")
DOCUMENTED = sdk_members(ResponseCreateParamsNonStreaming, ResponseCreateParamsStreaming)
# Kept by name though the SDK does not document it as a member of a request, and what another of its types documents.
BESIDE = {
    *("/multi_agent", "/client_metadata"),
    *(f"/input/*/content/*/input_audio{more}" for more in ("", "/data", "/format")),
}
SEALED = base64.urlsafe_b64encode(random.Random(2).randbytes(600)).decode()


def listed(snapshot: Snapshot, vendor: str = "openai") -> AllowList:
    return next(each for each in snapshot.terms if (each.vendor, each.endpoint) == (vendor, "responses"))


def look(
    snapshot: Snapshot, today: date, body: dict[str, Any], service: str = OPENAI, found: tuple[str, ...] = ()
) -> FieldReview:
    """What the register says of a request with health data, as the dialect reads it."""
    request = DIALECT.read(json.dumps({"model": "gpt-4o", "input": "Hi", **body}).encode())
    return review(snapshot, service, "responses", request.model, request.uses, today, [Label.PHI], found)


def tool(kind: str, **more: Any) -> dict[str, Any]:
    return {"tools": [{"type": kind, **more}]}


def item(kind: str, **more: Any) -> dict[str, Any]:
    return {"input": [{"type": kind, **more}]}


def part(kind: str, **more: Any) -> dict[str, Any]:
    return {"input": [{"role": "user", "content": [{"type": kind, **more}]}]}


def test_every_member_that_the_sdk_documents_has_a_verdict(shipped: Snapshot) -> None:
    assert len(DOCUMENTED) > 500
    assert not set(DOCUMENTED) - set(listed(shipped).fields)
    assert set(listed(shipped).fields) - set(DOCUMENTED) == BESIDE


def test_so_has_every_value(shipped: Snapshot) -> None:
    fields = listed(shipped).fields
    missing = {
        f"{path}={value}"
        for path, values in DOCUMENTED.items()
        for value in values
        if value not in fields[path] and "" not in fields[path]
    }
    assert not missing


def test_what_is_null_or_false_does_not_stand_in_the_way_unless_it_steers(shipped: Snapshot) -> None:
    """A client that sends every optional member as null asks for nothing."""
    names = [path[1:] for path, values in DOCUMENTED.items() if path.count("/") == 1 and "null" in values]
    assert len(names) > 20
    assert look(shipped, date(2026, 12, 1), dict.fromkeys(names)).forbidden == ()


GOES: list[dict[str, Any]] = [
    {},
    {"store": True},
    {"background": False},
    {"stream": True, "stream_options": {"include_obfuscation": False}, "temperature": 0.5, "truncation": "auto"},
    {"reasoning": {"effort": "high", "summary": "auto"}, "include": ["reasoning.encrypted_content"]},
    {"text": {"format": {"type": "json_schema", "name": "n", "schema": {"a": 1}, "strict": True}, "verbosity": "low"}},
    {"context_management": [{"type": "compaction", "compact_threshold": 9}]},
    {"prompt_cache_key": "01a204c5-20da-7b82-9bc6-47608d3cd3f3"},
    {"prompt_cache_retention": "in_memory", "prompt_cache_options": {"mode": "explicit"}},
    {"tool_choice": {"type": "function", "name": "f"}},
    {"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]}},
    tool("function", name="f", description="d", parameters={"a": 1}, strict=True),
    tool("custom", name="f", format={"type": "grammar", "syntax": "lark", "definition": "d"}),
    tool("namespace", name="n", description="d", tools=[{"type": "function", "name": "f", "parameters": {}}]),
    tool("apply_patch"),
    tool("local_shell"),
    tool("shell", environment={"type": "local"}),
    tool(
        "web_search", external_web_access=False, search_context_size="low", filters={"allowed_domains": ["x.example"]}
    ),
    item("message", role="assistant", id="m", status="completed", phase="final_answer", content=[]),
    item("reasoning", id="r", summary=[{"type": "summary_text", "text": "t"}], encrypted_content=SEALED),
    item("reasoning", id="r", summary=[], encrypted_content=None),
    item("compaction", encrypted_content=SEALED),
    item("function_call", call_id="c", name="f", arguments="{}", status="completed"),
    item("function_call_output", call_id="c", output=[{"type": "input_text", "text": "t"}]),
    item("custom_tool_call", call_id="c", name="f", input="t"),
    item("custom_tool_call_output", call_id="c", output="t"),
    item("local_shell_call", id="i", call_id="c", action={"type": "exec", "command": ["ls"], "env": {}}),
    item("shell_call", call_id="c", action={"commands": ["ls"]}, environment={"type": "local"}),
    item("shell_call_output", call_id="c", output=[{"stdout": "", "stderr": "", "outcome": {"type": "timeout"}}]),
    item("apply_patch_call", call_id="c", operation={"type": "update_file", "path": "p", "diff": "d"}),
    item("web_search_call", id="w", status="completed", action={"type": "search", "query": "q"}),
    part("input_text", text="t"),
    part("input_image", detail="auto", image_url="data:image/png;base64,aGk="),
    part("input_file", filename="a.pdf", file_data="data:application/pdf;base64,aGk="),
]


@pytest.mark.parametrize("body", GOES, ids=lambda body: json.dumps(body)[:60])
def test_what_may_go_with_regulated_data(shipped: Snapshot, today: date, body: dict[str, Any]) -> None:
    found = look(shipped, today, body)
    assert (found.unknown, found.forbidden) == ((), ())


STOPS: list[tuple[dict[str, Any], str]] = [
    ({"background": True}, "/background"),
    ({"background": True, "background_options": {"completion_window": "2h"}}, "/background_options"),
    ({"previous_response_id": "resp_1"}, "/previous_response_id"),
    ({"conversation": "conv_1"}, "/conversation"),
    ({"conversation": {"id": "conv_1"}}, "/conversation/id"),
    ({"prompt": {"id": "pmpt_1", "variables": {"who": "Ann"}}}, "/prompt/id"),
    (item("item_reference", id="msg_1"), "/input/*/type=item_reference"),
    ({"input": [{"id": "msg_1"}]}, "/input/*/type=item_reference"),
    ({"metadata": {"a": "b"}}, "/metadata"),
    ({"user": "u"}, "/user"),
    ({"safety_identifier": "u"}, "/safety_identifier"),
    ({"prompt_cache_key": "k"}, "/prompt_cache_key"),
    ({"client_metadata": {"a": "b"}}, "/client_metadata"),
    ({"prompt_cache_retention": "24h"}, "/prompt_cache_retention=24h"),
    ({"prompt_cache_options": {"mode": "implicit"}}, "/prompt_cache_options/mode=implicit"),
    ({"prompt_cache_options": {"ttl": "12h"}}, "/prompt_cache_options/ttl"),
    ({"prompt_cache_options": {"comparison_response_id": "r"}}, "/prompt_cache_options/comparison_response_id"),
    (
        part("input_text", text="t", prompt_cache_breakpoint={"mode": "explicit"}),
        "/input/*/content/*/prompt_cache_breakpoint",
    ),
    ({"moderation": {"model": "m"}}, "/moderation"),
    ({"multi_agent": {"enabled": True}}, "/multi_agent"),
    ({"service_tier": "flex"}, "/service_tier"),
    ({"image": {"context_compression": "auto"}}, "/image"),
    ({"access_programs": {"cyber": "standard"}}, "/access_programs"),
    (part("input_file", file_id="f"), "/input/*/content/*/file_id"),
    (part("input_file", file_url="https://x.example/a"), "/input/*/content/*/file_url"),
    (part("input_image", image_url="https://x.example/a"), "/input/*/content/*/image_url"),
    (part("input_image", file_id="f"), "/input/*/content/*/file_id"),
    (part("input_audio", input_audio={"data": "aGk=", "format": "wav"}), "/input/*/content/*/input_audio"),
    (
        item("function_call_output", call_id="c", output=[{"type": "input_file", "file_id": "f"}]),
        "/input/*/output/*/file_id",
    ),
    (item("reasoning", id="r", summary=[], encrypted_content="Ann Lee"), "/input/*/encrypted_content"),
    (tool("file_search", vector_store_ids=["vs"]), "/tools/*/type=file_search"),
    (tool("code_interpreter", container="c"), "/tools/*/type=code_interpreter"),
    (tool("mcp", server_label="s", server_url="https://x.example"), "/tools/*/type=mcp"),
    (tool("mcp", server_label="s", connector_id="connector_gmail"), "/tools/*/connector_id"),
    (tool("mcp", server_label="s", tunnel_id="t"), "/tools/*/tunnel_id"),
    (tool("image_generation", input_image_mask={"file_id": "f"}), "/tools/*/input_image_mask/file_id"),
    (tool("computer"), "/tools/*/type=computer"),
    (tool("computer_use_preview", environment="browser"), "/tools/*/environment=browser"),
    (tool("programmatic_tool_calling"), "/tools/*/type=programmatic_tool_calling"),
    (tool("tool_search"), "/tools/*/type=tool_search"),
    (tool("function", name="f", allowed_callers=["programmatic"]), "/tools/*/allowed_callers/*=programmatic"),
    (tool("shell"), "/tools/*/environment=absent"),
    (tool("shell", environment=None), "/tools/*/environment=null"),
    (tool("shell", environment={"type": "container_auto"}), "/tools/*/environment/type=container_auto"),
    (tool("shell", environment={"type": "local", "skills": []}), "/tools/*/environment/skills"),
    (tool("web_search"), "/tools/*/external_web_access"),
    (tool("web_search", external_web_access=True), "/tools/*/external_web_access"),
    (tool("web_search", external_web_access=None), "/tools/*/external_web_access"),
    (
        {"tools": [{"type": "web_search", "external_web_access": False}, {"type": "web_search_2025_08_26"}]},
        "/tools/*/external_web_access",
    ),
    (tool("web_search_preview", external_web_access=False), "/tools/*/type=web_search_preview"),
    (tool("web_search", external_web_access=False, user_location={"type": "approximate"}), "/tools/*/user_location"),
    (item("mcp_call", id="i", name="n", server_label="s", arguments="{}"), "/input/*/type=mcp_call"),
    (item("code_interpreter_call", id="i", container_id="c"), "/input/*/container_id"),
    (
        item("computer_call_output", call_id="c", output={"type": "computer_screenshot"}),
        "/input/*/type=computer_call_output",
    ),
    (item("additional_tools", role="developer", tools=[{"type": "function"}]), "/input/*/tools"),
    (item("program", id="i", call_id="c", code="c", fingerprint="f"), "/input/*/fingerprint"),
]


@pytest.mark.parametrize(("body", "name"), STOPS, ids=lambda each: each if isinstance(each, str) else "")
def test_what_may_not_go_with_regulated_data(shipped: Snapshot, today: date, body: dict[str, Any], name: str) -> None:
    found = look(shipped, today, body)
    assert not found.unknown
    assert name in [use.name for use in found.forbidden]
    assert all(use.why.endswith(".") for use in found.forbidden)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"brand_new": 1}, "/brand_new"),
        (tool("telepathy"), "/tools/*/type=telepathy"),
        ({"tools": [{"name": "f"}]}, "/tools/*/type=absent"),
        (tool("shell", environment={}), "/tools/*/environment/type=absent"),
        (item("telepathy"), "/input/*/type=telepathy"),
        (part("input_smell"), "/input/*/content/*/type=input_smell"),
        ({"include": ["everything"]}, "/include/*=everything"),
        ({"input": [{"role": "Ann Lee", "content": "Hi"}]}, "/input/*/role"),
        ({"context_management": [{"type": "other"}]}, "/context_management/*/type=other"),
    ],
)
def test_what_nobody_knows_is_named(shipped: Snapshot, today: date, body: dict[str, Any], name: str) -> None:
    found = look(shipped, today, body)
    assert name in [use.name for use in found.unknown]


def test_a_schema_may_go_as_long_as_nothing_is_found_in_it(shipped: Snapshot, today: date) -> None:
    body = tool("function", name="f", parameters={"title": "MRN 12345678"})
    assert not look(shipped, today, body).forbidden
    (use,) = look(shipped, today, body, found=("/tools/*/parameters/title",)).forbidden
    assert use.name == "/tools/*/parameters"


def test_the_gateway_sets_store_to_false(shipped: Snapshot) -> None:
    for service in (OPENAI, AZURE):
        (member,) = forced_members(shipped, service, "responses")
        assert member[:2] == ("/store", False) and member[2].endswith(".")


@pytest.mark.parametrize("model", ["gpt-5.5", "gpt-5.6-sol", "gpt-6-astra", "gpt-daybreak-blue-latest", "gpt-x"])
def test_models_with_caches_of_24_hours_need_an_approval_that_accepts_them(
    shipped: Snapshot,
    filed: Callable[..., Snapshot],
    paper: Callable[..., Document],
    today: date,
    model: str,
) -> None:
    assert [use.name for use in look(shipped, today, {"model": model}).forbidden] == ["/model"]
    accepts = paper("zdr_approval", limits={"retention": ["prompt_cache_24h"]})
    assert not look(filed([accepts]), today, {"model": model}).forbidden
    off = {"model": model, "prompt_cache_options": {"mode": "explicit"}}
    assert bool(look(shipped, today, off).forbidden) is (model == "gpt-5.5")


def test_older_models_need_none(shipped: Snapshot, today: date) -> None:
    for model in ("gpt-4o", "o3", "codex-mini-latest"):
        assert not look(shipped, today, {"model": model}).forbidden


@pytest.mark.parametrize("model", ["gpt-5", "gpt-5.4-nano", "gpt-5.1-codex-max", "gpt-4.1"])
def test_where_a_cache_may_be_of_24_hours_the_approval_or_the_request_says_that_it_is_not(
    shipped: Snapshot, filed: Callable[..., Snapshot], paper: Callable[..., Document], today: date, model: str
) -> None:
    assert [use.name for use in look(shipped, today, {"model": model}).forbidden] == ["/model"]
    assert not look(shipped, today, {"model": model, "prompt_cache_retention": "in_memory"}).forbidden
    assert not look(filed([paper("zdr_approval")]), today, {"model": model}).forbidden
    lesser = paper("zdr_approval", limits={"tier": "modified_abuse_monitoring"})
    assert look(filed([lesser]), today, {"model": model}).forbidden


class TestAzure:
    def test_it_takes_over_what_openai_says(self, shipped: Snapshot, today: date) -> None:
        assert set(listed(shipped).fields) < set(listed(shipped, "azure-openai").fields)
        for body in ({}, tool("function", name="f"), item("reasoning", id="r", summary=[], encrypted_content=SEALED)):
            found = look(shipped, today, body, AZURE)
            assert (found.unknown, found.forbidden) == ((), ())
        assert look(shipped, today, {"background": True}, AZURE).forbidden

    def test_web_search_and_the_security_context_of_its_own(self, shipped: Snapshot, today: date) -> None:
        search = tool("web_search", external_web_access=False)
        assert "/tools/*/external_web_access" in [use.name for use in look(shipped, today, search, AZURE).forbidden]
        context = {"user_security_context": {"end_user_id": "u"}}
        assert [use.name for use in look(shipped, today, context, AZURE).forbidden] == ["/user_security_context"]
