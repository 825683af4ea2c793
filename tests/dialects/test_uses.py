"""uses: every member that is present is listed, once, without content."""

from __future__ import annotations

import itertools
import random
from contextlib import nullcontext
from typing import Any

import pytest

from ringfence.dialects import Dialect
from ringfence.dialects.strict_json import encode
from ringfence.vocabulary.chat import Use
from ringfence.vocabulary.errors import MalformedRequest

BASE: dict[str, Any] = {"model": "gpt-5.4", "messages": [{"role": "user", "content": "Hello"}]}
BASE_USES = {("/model", ""), ("/messages", ""), ("/messages/*/role", "user"), ("/messages/*/content", "")}


def _uses(dialect: Dialect, more: dict[str, Any]) -> set[tuple[str, str]]:
    uses = dialect.read(encode({**BASE, **more})).uses
    assert len({(use.path, use.value) for use in uses}) == len(uses)
    return {(use.path, use.value) for use in uses} - BASE_USES


@pytest.mark.parametrize(
    ("more", "uses"),
    [
        ({}, set()),
        ({"store": True}, {("/store", "true")}),
        ({"store": None}, {("/store", "null")}),
        ({"store": "true"}, {("/store", "true")}),
        ({"n": 2, "max_tokens": 100_000, "temperature": 0.5}, {("/n", "2"), ("/max_tokens", ""), ("/temperature", "")}),
        (
            {"modalities": ["text", "audio"]},
            {("/modalities", ""), ("/modalities/*", "text"), ("/modalities/*", "audio")},
        ),
        ({"stop": ["a", "b"]}, {("/stop", "")}),
        (
            {"stream_options": {"include_usage": True}},
            {("/stream_options", ""), ("/stream_options/include_usage", "true")},
        ),
        ({"metadata": {"Ann Lee": "1", "store": True}}, {("/metadata", "")}),
        ({"logit_bias": {"50256": -100}}, {("/logit_bias", "")}),
        ({"tool_choice": "required"}, {("/tool_choice", "required")}),
        (
            {"tool_choice": {"type": "function", "function": {"name": "f"}}},
            {("/tool_choice", ""), ("/tool_choice/type", "function")}
            | {("/tool_choice/function", ""), ("/tool_choice/function/name", "")},
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "strict": True, "parameters": {"a": {"b": 1}}}}]},
            {("/tools", ""), ("/tools/*/type", "function"), ("/tools/*/function", ""), ("/tools/*/function/name", "")}
            | {("/tools/*/function/strict", "true"), ("/tools/*/function/parameters", "")},
        ),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"store": True}}}},
            {("/response_format", ""), ("/response_format/type", "json_schema"), ("/response_format/json_schema", "")}
            | {("/response_format/json_schema/name", ""), ("/response_format/json_schema/schema", "")},
        ),
        ({"top_k": 5, "chat_template_kwargs": {"deep": 1}}, {("/top_k", ""), ("/chat_template_kwargs", "")}),
        # What may be content is never a name or a value.
        ({"078-05-1120": 1, "Ann Lee": 2}, {("/…", "")}),
        ({"service_tier": "MRN 00482913"}, {("/service_tier", "…")}),
        # The wrong kind of value shows as a path that no catalogue lists.
        ({"user": {"plan": 1}}, {("/user", ""), ("/user/plan", "")}),
        ({"user": ["x"]}, {("/user", ""), ("/user/*", "")}),
        ({"store": {}}, {("/store", "")}),
    ],
)
def test_lists(chat: Dialect, more: dict[str, Any], uses: set[tuple[str, str]]) -> None:
    assert _uses(chat, more) == uses


def test_messages_and_parts(chat: Dialect) -> None:
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "t"}, {"type": "image_url", "image_url": {"url": "x"}}]},
        {"role": "user", "content": "again", "colour": 1},
        {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"arguments": {"a": 1}}}]},
    ]
    uses = chat.read(encode({"model": "m", "messages": messages})).uses
    assert uses == (
        Use("/model", "", "/model"),
        Use("/messages", "", "/messages"),
        Use("/messages/*/role", "user", "/messages/0/role"),
        Use("/messages/*/content", "", "/messages/0/content"),
        Use("/messages/*/content/*/type", "text", "/messages/0/content/0/type"),
        Use("/messages/*/content/*/text", "", "/messages/0/content/0/text"),
        Use("/messages/*/content/*/type", "image_url", "/messages/0/content/1/type"),
        Use("/messages/*/content/*/image_url", "", "/messages/0/content/1/image_url"),
        Use("/messages/*/content/*/image_url/url", "remote", "/messages/0/content/1/image_url/url"),
        Use("/messages/*/colour", "", "/messages/1/colour"),
        Use("/messages/*/role", "assistant", "/messages/2/role"),
        Use("/messages/*/tool_calls", "", "/messages/2/tool_calls"),
        Use("/messages/*/tool_calls/*/id", "", "/messages/2/tool_calls/0/id"),
        Use("/messages/*/tool_calls/*/type", "function", "/messages/2/tool_calls/0/type"),
        Use("/messages/*/tool_calls/*/function", "", "/messages/2/tool_calls/0/function"),
        Use("/messages/*/tool_calls/*/function/arguments", "", "/messages/2/tool_calls/0/function/arguments"),
    )


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("data:image/png;base64,iVBO", "data"),
        ("DATA:,x", "data"),
        ("https://a.example/b", "remote"),
        ("data", "remote"),
    ],
)
def test_how_an_image_travels(chat: Dialect, url: str, value: str) -> None:
    content = [{"type": "image_url", "image_url": {"url": one}} for one in ("data:,", url)]
    uses = chat.read(encode({"model": "m", "messages": [{"role": "user", "content": content}]})).uses
    values = {use.value for use in uses if use.path == "/messages/*/content/*/image_url/url"}
    assert values == {"data", value}


def test_a_choice_is_listed_whatever_stood_there_before(chat: Dialect) -> None:
    content = [{"type": {}}, {"type": "text"}, {"type": "image_url"}, {"type": "text"}]
    uses = chat.read(encode({"model": "m", "messages": [{"role": "user", "content": content}]})).uses
    assert [use.value for use in uses if use.path == "/messages/*/content/*/type"] == ["", "text", "image_url"]


def test_every_member_of_a_real_request_is_listed_by_its_path(
    chat: Dialect, sdk_request: Any, sdk_request_paths: frozenset[str]
) -> None:
    rng = random.Random(5)
    listed = set()
    for turn in range(60):
        uses = chat.read(encode(sdk_request(rng, full=turn < 30))).uses
        assert all(use.path in sdk_request_paths or use.path == "/modalities/*" for use in uses)
        listed |= {use.path for use in uses}
    assert len(sdk_request_paths - listed) <= 3, sdk_request_paths - listed


@pytest.mark.parametrize("kind", ["members", "values"])
def test_more_of_them_than_any_client_has_are_refused(chat: Dialect, kind: str) -> None:
    """Each is judged for each service: a body made of them would hold everybody else up."""
    letters = "abcdefghij"
    names = ["".join(four) for four in itertools.product(letters, repeat=4)]
    for count, refused in ((7_000, False), (9_000, True)):
        more: dict[str, Any] = (
            dict.fromkeys(names[:count], 1)
            if kind == "members"
            else {"messages": [{"role": name, "content": "x"} for name in names[:count]]}
        )
        with pytest.raises(MalformedRequest, match="different members") if refused else nullcontext():
            _uses(chat, more)
