"""chat: what a request must be, and that reading and rewriting lose nothing."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.dialects import Dialect
from ringfence.dialects.strict_json import decode, encode
from ringfence.vocabulary.errors import InternalError, MalformedRequest
from ringfence.vocabulary.text import Place

HELLO = {"role": "user", "content": "Hello"}
BASE: dict[str, Any] = {"model": "m", "messages": [HELLO]}


def test_reads_a_request(chat: Dialect) -> None:
    read = chat.read(encode({**BASE, "stream": True, "temperature": 1.0}))
    assert (read.dialect, read.endpoint, read.model, read.stream) == ("openai.chat", "chat_completions", "m", True)
    assert read.tree["messages"] == [HELLO]
    assert read.modalities == ("text",)
    assert read.unread == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([], "The body must be an object"),
        ({**BASE, "model": ""}, "/model must be the name of a model"),
        ({**BASE, "model": 5}, "/model must be the name of a model"),
        ({"messages": [HELLO]}, "/model must be the name of a model"),
        ({"model": "m"}, "/messages must be an array of objects"),
        ({**BASE, "messages": "Hi"}, "/messages must be an array of objects"),
        ({**BASE, "messages": []}, "/messages must be at least one message"),
        ({**BASE, "messages": [HELLO, "Hi"]}, "/messages/1 must be an object"),
        ({**BASE, "messages": [{"content": "Hi"}]}, "/messages/0/role must be a string"),
        ({**BASE, "messages": [{**HELLO, "role": 1}]}, "/messages/0/role must be a string"),
        ({**BASE, "messages": [{**HELLO, "content": 5}]}, "/messages/0/content must be a string, null or an array"),
        ({**BASE, "messages": [{**HELLO, "content": {"a": 1}}]}, "/messages/0/content must be a string, null or an"),
        ({**BASE, "messages": [HELLO, {**HELLO, "content": ["Hi"]}]}, "/messages/1/content/0 must be an object"),
        ({**BASE, "messages": [{"role": "assistant", "tool_calls": {}}]}, "/messages/0/tool_calls must be an array"),
        (
            {**BASE, "messages": [{"role": "assistant", "tool_calls": [1]}]},
            "/messages/0/tool_calls/0 must be an object",
        ),
        ({**BASE, "tools": {}}, "/tools must be an array of objects"),
        ({**BASE, "tools": [None]}, "/tools/0 must be an object"),
        ({**BASE, "functions": ["f"]}, "/functions/0 must be an object"),
        ({**BASE, "stream": "yes"}, "/stream must be true or false"),
        ({**BASE, "stream": 1}, "/stream must be true or false"),
        ({**BASE, "stream_options": True}, "/stream_options must be an object"),
        ({**BASE, "response_format": "json"}, "/response_format must be an object"),
    ],
)
def test_says_what_was_expected_where(chat: Dialect, body: Any, says: str) -> None:
    with pytest.raises(MalformedRequest) as caught:
        chat.read(encode(body))
    assert says in caught.value.message
    assert says.startswith(caught.value.where or "The body")


@pytest.mark.parametrize("name", ["stream", "stream_options", "response_format", "tools", "functions"])
def test_null_is_as_good_as_absent(chat: Dialect, name: str) -> None:
    assert chat.read(encode({**BASE, name: None})).stream is False


def test_rewrite_without_changes_gives_the_same_document(chat: Dialect, sdk_request: Any) -> None:
    rng = random.Random(8)
    for turn in range(60):
        body = json.dumps(sdk_request(rng, full=turn % 2 == 0)).encode()
        read = chat.read(body)
        assert decode(chat.rewrite(read, {}, {})) == decode(body)


def test_rewrite_changes_every_text_and_sets_members(chat: Dialect, sdk_request: Any) -> None:
    read = chat.read(encode(sdk_request(random.Random(9), full=True)))
    before = copy.deepcopy(read.tree)
    values = [s.pointer for s in read.segments if s.place is Place.VALUE and not s.pointer.endswith(("/type", "/role"))]
    texts = {pointer: f"masked {place}" for place, pointer in enumerate(values)}
    members = {"/store": False, "/model": "other", "/stream_options": {"include_usage": False}}
    again = chat.read(chat.rewrite(read, texts, members))
    now = {s.pointer: s.text for s in again.segments if s.place is Place.VALUE}
    assert {pointer: now[pointer] for pointer in texts if pointer != "/model"} == {
        pointer: text for pointer, text in texts.items() if pointer != "/model"
    }
    assert again.model == "other" and again.tree["store"] is False
    assert read.tree == before


def test_a_rewrite_that_does_not_fit_is_our_defect(chat: Dialect) -> None:
    with pytest.raises(InternalError):
        chat.rewrite(chat.read(encode(BASE)), {"/messages/1/content": "x"}, {})


def test_strings_that_are_json(chat: Dialect) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [HELLO, {"role": "assistant", "tool_calls": [call, call]}, {"role": "assistant", "function_call": {}}]
    pointers = chat.json_text(chat.read(encode({**BASE, "messages": messages})))
    assert {"/messages/1/tool_calls/0/function/arguments", "/messages/1/tool_calls/1/function/arguments"} <= pointers
    assert "/messages/2/function_call/arguments" in pointers
    assert all(pointer.endswith("/arguments") for pointer in pointers)


@pytest.mark.parametrize(
    ("wished", "answer"),
    [
        (None, False),
        ({"type": "text"}, False),
        ({"type": "json_object"}, True),
        ({"type": "json_schema"}, True),
        ({}, False),
    ],
)
def test_a_reply_that_is_json(chat: Dialect, wished: Any, answer: bool) -> None:
    assert chat.json_reply(chat.read(encode({**BASE, "response_format": wished}))) is answer
    assert chat.json_reply(chat.read(encode(BASE))) is False


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data())
def test_any_tree_under_any_member_is_read_or_refused(chat: Dialect, trees: Any, data: st.DataObject) -> None:
    names = st.sampled_from(
        ["messages", "tools", "response_format", "stream_options", "x", "audio", "metadata", "model"]
    )
    tree = {**BASE, **data.draw(st.dictionaries(names, trees, max_size=2))}
    if data.draw(st.booleans()):
        tree["messages"] = [{**HELLO, **data.draw(st.dictionaries(st.sampled_from(["content", "audio"]), trees))}]
    try:
        read = chat.read(encode(tree))
    except MalformedRequest:
        return
    assert decode(chat.rewrite(read, {}, {})) == read.tree
    chat.json_text(read)
    chat.json_reply(read)


def test_noise_raises_only_malformed_request(chat: Dialect, scale: int) -> None:
    rng = random.Random(13)
    body = encode({**BASE, "tools": [{"type": "function", "function": {"name": "f"}}], "n": 1})
    for _ in range(3_000 * scale):
        noise = bytearray(body) if rng.random() < 0.7 else bytearray(rng.randbytes(rng.randrange(80)))
        for _ in range(rng.randrange(4)):
            if noise:
                noise[rng.randrange(len(noise))] = rng.choice(b'"{}[]:,0n\\\xff e')
        with contextlib.suppress(MalformedRequest):
            chat.read(bytes(noise))
