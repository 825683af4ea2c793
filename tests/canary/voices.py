"""How a service and a client speak at each interface: a prompt, a reply of two texts and a call, and what is read."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ringfence.dialects import Dialect, chat, messages, responses
from support import messages_replies, responses_replies, vendor

Texts = Mapping[str, str]
"""What is said: `first` and `second` are texts, `arguments` those of a call, as JSON."""


@dataclass(frozen=True)
class Voice:
    """One interface.

    `ask`: the prompt, whether the reply is streamed and whether it shall be JSON -> a request. `asked`: the prompt of a
    body. `plain` and `events`: the reply of a service. `read_plain` and `read_stream`: what a client makes of it.
    """

    dialect: Dialect
    ask: Callable[[str, bool, bool], dict[str, Any]]
    asked: Callable[[dict[str, Any]], str]
    plain: Callable[[Texts], bytes]
    events: Callable[[Texts, random.Random], bytes]
    read_plain: Callable[[bytes], dict[str, str]]
    read_stream: Callable[[bytes], dict[str, str]]


def pieces(text: str, rng: random.Random) -> list[str]:
    """Tokens of one to six characters."""
    made = []
    while text:
        size = rng.randint(1, 6)
        made.append(text[:size])
        text = text[size:]
    return made


def _data(body: bytes) -> list[str]:
    """The data of each event."""
    events = body.decode().split("\n\n")
    assert events.pop() == ""
    return [event.partition("data: ")[2] for event in events]


# ---- Chat Completions: two choices, of which the first has the call ----


def _chat_ask(text: str, stream: bool, as_json: bool) -> dict[str, Any]:
    form = {"response_format": {"type": "json_object"}} if as_json else {}
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], "stream": stream, **form}


def _chat_call(arguments: str) -> dict[str, Any]:
    return {"index": 0, "id": "call_1", "type": "function", "function": {"name": "send", "arguments": arguments}}


def _chat_plain(texts: Texts) -> bytes:
    body = vendor.completion({"content": texts["first"], "tool_calls": [_chat_call(texts["arguments"])]})
    body["choices"].append({**body["choices"][0], "index": 1, "message": {"content": texts["second"]}})
    return json.dumps(body).encode()


def _chat_event(index: int, delta: dict[str, Any], finish: str | None) -> bytes:
    event = json.loads(vendor.event(delta, finish).removeprefix(b"data: "))
    event["choices"][0]["index"] = index
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _chat_events(texts: Texts, rng: random.Random) -> bytes:
    """The three texts at once, in random order."""
    queues = {name: pieces(text, rng) for name, text in texts.items()}
    events = []
    while any(queues.values()):
        name = rng.choice([name for name, left in queues.items() if left])
        piece = queues[name].pop(0)
        delta = {"tool_calls": [_chat_call(piece)]} if name == "arguments" else {"content": piece}
        events.append(_chat_event(int(name == "second"), delta, None))
    return b"".join([*events, _chat_event(0, {}, "tool_calls"), _chat_event(1, {}, "stop"), vendor.DONE])


def _chat_read(choices: list[dict[str, Any]], member: str) -> dict[str, str]:
    texts = {"first": "", "second": "", "arguments": ""}
    for choice in choices:
        texts["second" if choice["index"] else "first"] += choice[member].get("content") or ""
        for call in choice[member].get("tool_calls", ()):
            texts["arguments"] += call["function"]["arguments"]
    return texts


def _chat_read_stream(body: bytes) -> dict[str, str]:
    *events, done = _data(body)
    assert done == "[DONE]"
    return _chat_read([choice for event in events for choice in json.loads(event)["choices"]], "delta")


CHAT = Voice(
    chat.DIALECT,
    _chat_ask,
    lambda body: str(body["messages"][0]["content"]),
    _chat_plain,
    _chat_events,
    lambda body: _chat_read(json.loads(body)["choices"], "message"),
    _chat_read_stream,
)


# ---- Responses: two messages and a call ----


def _responses_ask(text: str, stream: bool, as_json: bool) -> dict[str, Any]:
    form = {"text": {"format": {"type": "json_object"}}} if as_json else {}
    return {"model": "gpt-4o-mini", "input": text, "stream": stream, **form}


def _response(texts: Texts) -> dict[str, Any]:
    said = [responses_replies.message(texts[name], at) for at, name in enumerate(("first", "second"))]
    return responses_replies.response([*said, responses_replies.call("send", texts["arguments"], 2)])


def _responses_read(output: list[dict[str, Any]]) -> dict[str, str]:
    first, second, call = output
    return {
        "first": first["content"][0]["text"],
        "second": second["content"][0]["text"],
        "arguments": call["arguments"],
    }


def _responses_read_stream(body: bytes) -> dict[str, str]:
    """From the deltas; each event that repeats a text must say the same."""
    events = [json.loads(data) for data in _data(body)]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    names = ("first", "second", "arguments")
    texts = dict.fromkeys(names, "")
    repeated: list[tuple[str, str]] = []
    for event in events:
        name = names[event.get("output_index", 0)]
        if event["type"].endswith(".delta"):
            assert name not in dict(repeated)
            texts[name] += event["delta"]
        if event["type"] in ("response.output_text.done", "response.function_call_arguments.done"):
            repeated.append((name, event.get("text", event.get("arguments"))))
    assert events[-1]["type"] == "response.completed"
    assert dict(repeated) == texts == _responses_read(events[-1]["response"]["output"])
    return texts


RESPONSES = Voice(
    responses.DIALECT,
    _responses_ask,
    lambda body: str(body["input"]),
    lambda texts: json.dumps(_response(texts)).encode(),
    lambda texts, rng: responses_replies.streamed(_response(texts), rng.randint(1, 6)),
    lambda body: _responses_read(json.loads(body)["output"]),
    _responses_read_stream,
)


# ---- Messages: two blocks of text and a call, whose input is an object ----


def _messages_ask(text: str, stream: bool, as_json: bool) -> dict[str, Any]:
    form = {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}} if as_json else {}
    head = {"model": "claude-sonnet-4-5", "max_tokens": 64, "stream": stream, **form}
    return {**head, "messages": [{"role": "user", "content": text}]}


def _blocks(texts: Texts) -> list[dict[str, Any]]:
    said = [messages_replies.text(texts[name]) for name in ("first", "second")]
    return [*said, messages_replies.tool_use("send", json.loads(texts["arguments"]))]


def _messages_events(texts: Texts, rng: random.Random) -> bytes:
    body = [messages_replies.begin(), messages_replies.PING]
    for index, block in enumerate(_blocks(texts)):
        longest = max(map(len, texts.values()))
        cuts = rng.sample(range(1, longest), rng.randint(0, longest - 1))
        body += messages_replies.block_events(index, block, cuts)
    return b"".join([*body, messages_replies.end("tool_use")])


def _as_text(given: Any) -> str:
    return json.dumps(given, ensure_ascii=False)


def _messages_read_plain(body: bytes) -> dict[str, str]:
    first, second, call = json.loads(body)["content"]
    return {"first": first["text"], "second": second["text"], "arguments": _as_text(call["input"])}


def _messages_read_stream(body: bytes) -> dict[str, str]:
    events = [json.loads(data) for data in _data(body)]
    names = ("first", "second", "arguments")
    texts = dict.fromkeys(names, "")
    stopped = set()
    for event in events:
        if event["type"] == "content_block_stop":
            stopped.add(event["index"])
        if event["type"] == "content_block_delta":
            assert event["index"] not in stopped
            texts[names[event["index"]]] += event["delta"].get("text", event["delta"].get("partial_json"))
    assert events[-1]["type"] == "message_stop"
    return {**texts, "arguments": _as_text(json.loads(texts["arguments"]))}


MESSAGES = Voice(
    messages.DIALECT,
    _messages_ask,
    lambda body: str(body["messages"][0]["content"]),
    lambda texts: messages_replies.plain(*_blocks(texts), stop_reason="tool_use"),
    _messages_events,
    _messages_read_plain,
    _messages_read_stream,
)

ALL = (CHAT, RESPONSES, MESSAGES)
