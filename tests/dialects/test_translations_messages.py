"""A Messages client that a private Chat model answers: the real SDK, plain and streamed, with tools and JSON."""

from __future__ import annotations

import json
import random
from typing import Any

import anthropic
import pytest
from anthropic.types import Message, RawMessageStreamEvent
from pydantic import TypeAdapter

from ringfence.vocabulary.errors import UpstreamBroken
from support.rerouted import HEAD, SHOWN, Call, Rerouted, Says, canonical, event, plain, streamed, to_chat

LOOK = {
    "name": "look",
    "description": "Looks.",
    "input_schema": {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]},
}
HELLO: Any = [{"role": "user", "content": "Hello"}]
CALLS = (Call("call_1", "look", '{"at": "the door", "times": 1.50}'), Call("call_2", "look", '{"at":"…⟦é⟧"}'))
BOTH = pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])


def ask(rerouted: Rerouted, stream: bool, **arguments: Any) -> Message:
    arguments = {"model": "claude-any", "max_tokens": 100, "messages": HELLO, **arguments}
    client = rerouted.anthropic()
    if not stream:
        return client.messages.create(**arguments)
    with client.messages.stream(**arguments) as events:
        return events.get_final_message()


def test_the_stream_is_what_the_interface_says() -> None:
    rerouted = Rerouted(Says("Hi there", CALLS[:1]))
    ask(rerouted, True)
    seen = [block for block in rerouted.received[0].decode().split("\n\n") if block]
    events = [json.loads(block.split("data: ", 1)[1]) for block in seen]
    for block, one in zip(seen, events, strict=True):
        assert block.startswith(f"event: {one['type']}\n")
        if one["type"] != "ping":
            TypeAdapter(RawMessageStreamEvent).validate_python(one)
    order = [one["type"] for one in events if one["type"] not in ("ping", "content_block_delta")]
    block = ["content_block_start", "content_block_stop"]
    assert order == ["message_start", *block, *block, "message_delta", "message_stop"]
    assert [one["index"] for one in events if one["type"] == "content_block_start"] == [0, 1]


@BOTH
def test_an_answer(stream: bool) -> None:
    rerouted = Rerouted(Says("It is — “here”.", reasoning="Where would it be?"))
    message = ask(rerouted, stream, system="Be brief.", stop_sequences=["END"], extra_body={"temperature": 0.5})
    Message.model_validate_json(message.model_dump_json())
    assert [block.type for block in message.content] == ["text"]
    assert message.content[0].text == "It is — “here”."  # type: ignore[union-attr]
    assert (message.stop_reason, message.model, message.id) == ("end_turn", SHOWN, "msg_chatcmpl97")
    usage = message.usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (10, 30, 9)
    sent = rerouted.sent[0]
    assert sent["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    assert (sent["max_tokens"], sent["temperature"], sent["stop"]) == (100, 0.5, ["END"])
    assert sent.get("stream_options") == ({"include_usage": True} if stream else None)


@BOTH
@pytest.mark.parametrize("interleaved", [False, True])
def test_a_loop_of_tools(stream: bool, interleaved: bool) -> None:
    rerouted = Rerouted(Says("I'll look.", CALLS), Says("Both are shut."), interleaved=interleaved)
    messages = list(HELLO)
    first = ask(rerouted, stream, messages=messages, tools=[LOOK], tool_choice={"type": "any"})
    assert first.stop_reason == "tool_use"
    calls = [block for block in first.content if block.type == "tool_use"]
    assert [(call.id, call.name, call.input) for call in calls] == [
        (call.id, call.name, json.loads(call.arguments)) for call in CALLS
    ]
    messages.append({"role": "assistant", "content": first.content})
    results = [
        {"type": "tool_result", "tool_use_id": "call_1", "content": "shut"},
        {"type": "tool_result", "tool_use_id": "call_2", "content": [{"type": "text", "text": "no"}], "is_error": True},
        {"type": "text", "text": "Well?"},
    ]
    messages.append({"role": "user", "content": results})
    last = ask(rerouted, stream, messages=messages, tools=[LOOK])
    assert last.content[0].text == "Both are shut."  # type: ignore[union-attr]
    assert rerouted.sent[0]["tool_choice"] == "required"
    assert rerouted.sent[0]["tools"] == [
        {
            "type": "function",
            "function": {"name": "look", "description": "Looks.", "parameters": LOOK["input_schema"]},
        }
    ]
    user, assistant, *rest = rerouted.sent[1]["messages"]
    assert user["role"] == "user" and assistant["content"] == "I'll look."
    sent_calls = [(call["id"], json.loads(call["function"]["arguments"])) for call in assistant["tool_calls"]]
    assert sent_calls == [(call.id, json.loads(call.arguments)) for call in CALLS]
    assert rest == [
        {"role": "tool", "tool_call_id": "call_1", "content": "shut"},
        {"role": "tool", "tool_call_id": "call_2", "content": "[The tool failed.]\nno"},
        {"role": "user", "content": "Well?"},
    ]


@BOTH
def test_json_after_a_schema(stream: bool) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    rerouted = Rerouted(Says('{"n": 1}'))
    ask(rerouted, stream, output_config={"effort": "low", "format": {"type": "json_schema", "schema": schema}})
    asked = rerouted.sent[0]["response_format"]
    assert asked == {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema, "strict": True}}


@BOTH
@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (Says("Half", finish="length"), "max_tokens"),
        (Says("", refusal="I won't."), "end_turn"),
        (Says("No", finish="content_filter"), "refusal"),
        (Says("", CALLS, finish="stop"), "tool_use"),
        (Says("", [Call("c", "look", "")]), "tool_use"),
        (Says("Odd", finish="eos"), "end_turn"),
        (Says("", usage=None), "end_turn"),
    ],
)
def test_how_it_ends(says: Says, reason: str, stream: bool) -> None:
    assert ask(Rerouted(says), stream).stop_reason == reason


@BOTH
def test_a_call_cut_off_by_the_limit(stream: bool) -> None:
    """Plain, half an object can't be sent, and nobody could run it. Streamed, the SDK makes of it what it can."""
    message = ask(Rerouted(Says("I'll", [Call("c", "look", '{"at": "th')], finish="length")), stream)
    assert message.stop_reason == "max_tokens"
    assert [block.type for block in message.content] == (["text", "tool_use"] if stream else ["text"])


@pytest.mark.parametrize("arguments", ["{at: door}", "[1]", '"x"', '{"a": 1} {"b": 2}'])
def test_arguments_that_are_no_object(arguments: str) -> None:
    """The interface has no place for them, so the reply is broken; and what came before still reaches the client."""
    asked = canonical("messages", b'{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}')
    says = Says("I'll look.", [Call("c", "look", arguments)])
    with pytest.raises(UpstreamBroken, match="no JSON object") as raised:
        to_chat("messages").reply(asked, plain(says), "m")
    assert arguments not in raised.value.message
    translator = to_chat("messages").stream(asked, "m")
    with pytest.raises(UpstreamBroken, match="no JSON object"):
        translator.feed(streamed(says, random.Random(0)))
    rest = translator.error_event("Broken", "c").decode()
    assert "text_delta" in rest and rest.count("event: error") == 1
    assert translator.error_event("Broken", "c") == translator.end() == translator.feed(b"data: {}\n\n") == b""


def test_an_error_amid_a_stream_raises_in_the_client() -> None:
    broken = event({"content": "Half"}) + b'data: {"error": {"message": "out of memory", "code": 500}}\n\n'
    with pytest.raises(anthropic.APIStatusError, match="out of memory"):
        ask(Rerouted(broken), True)


def test_a_stream_that_breaks_off_raises_in_the_client() -> None:
    with pytest.raises(anthropic.APIStatusError, match="broke off"):
        ask(Rerouted(event({"content": "Half"})), True)


def test_a_stream_without_done_is_whole_where_it_said_why_it_ended() -> None:
    message = ask(Rerouted(event({"content": "All"}) + event({}, "stop")), True)
    assert message.content[0].text == "All"  # type: ignore[union-attr]


@BOTH
def test_servers_that_count_no_calls_or_send_objects(stream: bool) -> None:
    """Each call complete, index 0, told apart by id only; arguments as an object; no id at all."""
    calls = [
        {"index": 0, "id": "a", "type": "function", "function": {"name": "look", "arguments": {"at": "x"}}},
        {"index": 0, "id": "b", "type": "function", "function": {"name": "look", "arguments": '{"at":"y"}'}},
        {"index": 1, "type": "function", "function": {"name": "look", "arguments": "{}"}},
    ]
    message = {"index": 0, "message": {"content": None, "tool_calls": calls}, "finish_reason": "stop"}
    body = event({"tool_calls": calls}) + event({}, "stop") + b"data: [DONE]\n\n"
    reply = ask(Rerouted(body if stream else json.dumps({**HEAD, "choices": [message]}).encode()), stream)
    found = [(block.id, block.input) for block in reply.content if block.type == "tool_use"]
    assert found == [("a", {"at": "x"}), ("b", {"at": "y"}), ("toolu_chatcmpl97_2", {})]


def test_numbers_of_a_call_keep_their_digits() -> None:
    asked = canonical("messages", b'{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}')
    body = to_chat("messages").reply(asked, plain(Says("", CALLS[:1])), "m")
    assert b'"times": 1.50' in body


AGENT = {
    "model": "claude-opus-4-6",
    "max_tokens": 32000,
    "stream": True,
    "metadata": {"user_id": "user_x"},
    "thinking": {"type": "adaptive"},
    "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
    "output_config": {"effort": "high"},
    "system": [
        {"type": "text", "text": "You are an agent."},
        {"type": "text", "text": "Rules.", "cache_control": {"type": "ephemeral"}},
    ],
    "tools": [{**LOOK, "name": f"tool_{n}", "eager_input_streaming": True} for n in range(30)],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Fix it."},
                {"type": "text", "text": "Now.", "cache_control": {"type": "ephemeral"}},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                {"type": "redacted_thinking", "data": "x"},
                {"type": "text", "text": "I'll read."},
                {"type": "tool_use", "id": "toolu_1", "name": "tool_1", "input": {"at": "a"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_1",
                    "content": [
                        {"type": "text", "text": "seen"},
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
                        },
                    ],
                    "cache_control": {"type": "ephemeral"},
                },
                {"type": "text", "text": "<system-reminder>Go on.</system-reminder>"},
            ],
        },
    ],
}
"""The shape of Claude Code's traffic: cached system blocks, many tools, thinking before and after, its own headers."""


def test_claude_code_needs_nothing_that_is_missing() -> None:
    request = canonical("messages", json.dumps(AGENT).encode(), [("anthropic-beta", "context-management-2025-06-27")])
    translation = to_chat("messages")
    assert translation.gaps(request) == ()
    translated = translation.request(request, json.dumps(AGENT).encode())
    paths = {dropped.pointer for dropped in translated.dropped}
    assert paths == {
        "/@anthropic-beta",
        "/context_management",
        "/messages/*/content/*",
        "/messages/*/content/*/cache_control",
        "/metadata",
        "/output_config/effort",
        "/system/*/cache_control",
        "/thinking",
        "/tools/*/eager_input_streaming",
    }
    chat = json.loads(translated.body)
    system, user, assistant, result, last = chat["messages"]
    assert system == {"role": "system", "content": "You are an agent.\n\nRules."}
    assert user["content"] == "Fix it.\n\nNow." and assistant["content"] == "I'll read."
    assert result["content"] == "seen\n\n[Images in the next message: 1]"
    kinds = [part["type"] for part in last["content"]]
    assert last["role"] == "user" and kinds == ["text", "image_url", "text"]
    assert last["content"][1]["image_url"]["url"] == "data:image/png;base64,iVBORw0KGgo="
