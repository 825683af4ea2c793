"""responses: what a request must be, what is seen in it, and that reading and rewriting lose nothing."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming

from ringfence.dialects import Dialect
from ringfence.dialects.strict_json import decode, encode
from ringfence.vocabulary.errors import InternalError, MalformedRequest
from ringfence.vocabulary.text import Place

HELLO = {"role": "user", "content": "Hello"}
BASE: dict[str, Any] = {"model": "m", "input": [HELLO]}


def test_reads_a_request(responses: Dialect) -> None:
    read = responses.read(encode({**BASE, "stream": True, "temperature": 1.0}))
    assert (read.dialect, read.endpoint, read.model, read.stream) == ("openai.responses", "responses", "m", True)
    assert (read.modalities, read.unread) == (("text",), ())


def test_input_may_be_one_string(responses: Dialect) -> None:
    read = responses.read(encode({"model": "m", "input": "I am Ann."}))
    assert ("/input", "user", "I am Ann.") in [(s.pointer, s.role, s.text) for s in read.segments]
    assert decode(responses.rewrite(read, {"/input": "I am X."}, {"/store": False})) == {
        "model": "m",
        "input": "I am X.",
        "store": False,
    }


@pytest.mark.parametrize("absent", [{}, {"input": None}])
def test_input_may_be_absent(responses: Dialect, absent: dict[str, Any]) -> None:
    read = responses.read(encode({"model": "m", "instructions": "Go.", **absent}))
    assert ("/instructions", "system") in [(s.pointer, s.role) for s in read.segments]
    assert responses.json_text(read) == frozenset()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([], "The body must be an object"),
        ({**BASE, "model": ""}, "/model must be the name of a model"),
        ({"input": "Hi"}, "/model must be the name of a model"),
        ({**BASE, "input": {}}, "/input must be a string, null or an array of items"),
        ({**BASE, "input": ["Hi"]}, "/input/0 must be an object"),
        ({**BASE, "input": [{**HELLO, "content": 5}]}, "/input/0/content must be a string, null or an array"),
        ({**BASE, "input": [HELLO, {**HELLO, "content": ["Hi"]}]}, "/input/1/content/0 must be an object"),
        ({**BASE, "tools": {}}, "/tools must be an array of objects"),
        ({**BASE, "tools": [None]}, "/tools/0 must be an object"),
        ({**BASE, "stream": "yes"}, "/stream must be true or false"),
        ({**BASE, "stream_options": True}, "/stream_options must be an object"),
        ({**BASE, "text": "json"}, "/text must be an object"),
    ],
)
def test_says_what_was_expected_where(responses: Dialect, body: Any, says: str) -> None:
    with pytest.raises(MalformedRequest) as caught:
        responses.read(encode(body))
    assert says in caught.value.message
    assert says.startswith(caught.value.where or "The body")


ITEMS: list[tuple[dict[str, Any], str]] = [
    ({"role": "user", "content": "T"}, "user"),
    ({"role": "system", "content": [{"type": "input_text", "text": "T"}]}, "system"),
    ({"type": "message", "role": "developer", "content": "T"}, "developer"),
    ({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "T"}]}, "assistant"),
    ({"type": "message", "role": "Mara", "content": "T"}, "user"),
    ({"type": "function_call", "call_id": "c", "name": "n", "arguments": '{"a": "T"}'}, "assistant"),
    ({"type": "function_call_output", "call_id": "c", "output": "T"}, "tool"),
    ({"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "T"}]}, "tool"),
    ({"type": "custom_tool_call", "call_id": "c", "name": "n", "input": "T"}, "assistant"),
    ({"type": "custom_tool_call_output", "call_id": "c", "output": "T"}, "tool"),
    ({"type": "reasoning", "id": "i", "summary": [{"type": "summary_text", "text": "T"}]}, "assistant"),
    (
        {"type": "reasoning", "id": "i", "summary": [], "content": [{"type": "reasoning_text", "text": "T"}]},
        "assistant",
    ),
    ({"type": "local_shell_call", "id": "i", "action": {"type": "exec", "command": ["T"], "env": {}}}, "assistant"),
    ({"type": "local_shell_call_output", "id": "i", "output": "T"}, "tool"),
    ({"type": "shell_call_output", "call_id": "c", "output": [{"stdout": "T", "stderr": "", "outcome": {}}]}, "tool"),
    ({"type": "mcp_call", "id": "i", "name": "n", "server_label": "l", "output": "T"}, "tool"),
    ({"type": "mcp_approval_response", "approval_request_id": "a", "approve": True, "reason": "T"}, "user"),
    ({"type": "file_search_call", "id": "i", "results": [{"text": "T"}]}, "tool"),
    ({"type": "code_interpreter_call", "id": "i", "outputs": [{"type": "logs", "logs": "T"}]}, "tool"),
    ({"type": "apply_patch_call", "call_id": "c", "operation": {"type": "create_file", "diff": "T"}}, "assistant"),
    ({"type": "program_output", "id": "i", "result": "T T"}, "tool"),
    ({"type": "telepathy", "thought": "T"}, "user"),
]


@pytest.mark.parametrize(
    ("item", "role"), ITEMS, ids=lambda each: str(each.get("type")) if isinstance(each, dict) else each
)
def test_who_speaks_in_an_item(responses: Dialect, item: dict[str, Any], role: str) -> None:
    read = responses.read(encode({"model": "m", "input": [item]}))
    assert {segment.role for segment in read.segments if "T" in segment.text} == {role}


def test_what_cannot_be_read_as_text(responses: Dialect) -> None:
    parts = [
        {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="},
        {"type": "input_image", "image_url": "https://example.org/ann.png"},
        {"type": "input_image", "file_id": "file-1"},
        {"type": "input_file", "file_data": "data:application/pdf;base64,JVBERi0=", "filename": "ann.pdf"},
        {"type": "input_file", "file_data": "JVBERi0="},
        {"type": "input_file", "file_url": "https://example.org/ann.pdf"},
        {"type": "input_file", "file_id": "file-2"},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        {"type": "input_smell"},
    ]
    read = responses.read(encode({"model": "m", "input": [{"role": "user", "content": parts}]}))
    here = "/input/0/content"
    assert [(part.pointer, part.kind) for part in read.unread] == [
        (f"{here}/0/image_url", "image"),
        (f"{here}/1/image_url", "remote file"),
        (f"{here}/2/file_id", "remote file"),
        (f"{here}/3/file_data", "file"),
        (f"{here}/4/file_data", "file"),
        (f"{here}/5/file_url", "remote file"),
        (f"{here}/6/file_id", "remote file"),
        (f"{here}/7/input_audio/data", "audio"),
        (f"{here}/8", "file"),
    ]
    assert read.modalities == ("audio", "file", "image", "text")
    carried = [file for file in responses.files(read) if file.pointer.endswith("/file_data")]
    assert [(file.pointer, file.encoded, file.name, file.media_type) for file in carried] == [
        (f"{here}/3/file_data", "JVBERi0=", "ann.pdf", "application/pdf"),
        (f"{here}/4/file_data", "JVBERi0=", "", ""),
    ]
    texts = [segment.text for segment in read.segments]
    assert "https://example.org/ann.png" in texts and "ann.pdf" in texts and "JVBERi0=" not in texts


def test_a_tools_result_may_hold_files_and_a_screen(responses: Dialect) -> None:
    items = [
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_file", "file_data": "JVBERi0="}]},
        {"type": "computer_call_output", "call_id": "c", "output": {"type": "computer_screenshot", "file_id": "f"}},
    ]
    read = responses.read(encode({"model": "m", "input": items}))
    assert [(part.pointer, part.kind) for part in read.unread] == [
        ("/input/0/output/0/file_data", "file"),
        ("/input/1/output/file_id", "remote file"),
    ]
    assert read.modalities == ("file", "image", "text")


def test_what_stays_at_the_vendor_does_not_leave_and_is_no_unread_part(responses: Dialect) -> None:
    read = responses.read(
        encode({"model": "m", "input": [{"id": "msg_1"}], "previous_response_id": "resp_1", "prompt": {"id": "p_1"}})
    )
    assert read.unread == ()


def test_variables_of_a_prompt_may_be_files(responses: Dialect) -> None:
    variables = {"who": "Ann", "a/b": {"type": "input_file", "file_id": "f"}, "c": {"type": "input_text", "text": "T"}}
    read = responses.read(encode({"model": "m", "prompt": {"id": "p_1", "variables": variables}}))
    assert [part.pointer for part in read.unread] == ["/prompt/variables/a~1b"]
    assert {"Ann", "a/b", "T", "who"} <= {segment.text for segment in read.segments}


@pytest.mark.parametrize(
    ("more", "uses"),
    [
        ({"store": True, "background": True}, {("/store", "true"), ("/background", "true")}),
        ({"input": [{"id": "msg_1"}]}, {("/input/*/id", ""), ("/input/*/type", "item_reference")}),
        ({"input": [{"type": None}]}, {("/input/*/type", "null"), ("/input/*/type", "item_reference")}),
        ({"tools": [{"name": "f"}]}, {("/tools/*/name", ""), ("/tools/*/type", "absent")}),
        (
            {"tools": [{"type": "web_search"}]},
            {("/tools/*/type", "web_search"), ("/tools/*/external_web_access", "absent")},
        ),
        (
            {"tools": [{"type": "web_search", "external_web_access": False}, {"type": "web_search_preview"}]},
            {("/tools/*/type", "web_search"), ("/tools/*/type", "web_search_preview")}
            | {("/tools/*/external_web_access", "false")},
        ),
        ({"tools": [{"type": "shell"}]}, {("/tools/*/type", "shell"), ("/tools/*/environment", "absent")}),
        (
            {"tools": [{"type": "shell", "environment": {}}]},
            {("/tools/*/type", "shell"), ("/tools/*/environment", ""), ("/tools/*/environment/type", "absent")},
        ),
        (
            {"tools": [{"type": "shell", "environment": {"type": "local"}}]},
            {("/tools/*/type", "shell"), ("/tools/*/environment", ""), ("/tools/*/environment/type", "local")},
        ),
        (
            {"include": ["reasoning.encrypted_content"]},
            {("/include", ""), ("/include/*", "reasoning.encrypted_content")},
        ),
        ({"metadata": {"Ann": "1"}, "user": "u"}, {("/metadata", ""), ("/user", "")}),
        ({"client_metadata": {"a": 1}}, {("/client_metadata", "")}),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "https://x"}]}]},
            {("/input/*/role", "user"), ("/input/*/content", ""), ("/input/*/content/*/type", "input_image")}
            | {("/input/*/content/*/image_url", "remote")},
        ),
    ],
)
def test_what_a_request_uses(responses: Dialect, more: dict[str, Any], uses: set[tuple[str, str]]) -> None:
    read = responses.read(encode({"model": "m", "input": "Hi", **more}))
    found = [(use.path, use.value) for use in read.uses]
    assert len(set(found)) == len(found)
    listed = {("/tools", "")} if "tools" in more else set()
    assert set(found) == {("/model", ""), ("/input", "")} | listed | uses


def test_strings_that_are_json(responses: Dialect) -> None:
    items = [HELLO, {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]
    assert "/input/1/arguments" in responses.json_text(responses.read(encode({"model": "m", "input": items})))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (None, False),
        ({}, False),
        ({"format": None}, False),
        ({"format": "json"}, False),
        ({"format": {"type": "text"}}, False),
        ({"format": {"type": "json_object"}}, True),
        ({"format": {"type": "json_schema"}}, True),
    ],
)
def test_a_reply_that_is_json(responses: Dialect, text: Any, answer: bool) -> None:
    assert responses.json_reply(responses.read(encode({**BASE, "text": text}))) is answer
    assert responses.json_reply(responses.read(encode(BASE))) is False


def test_words_of_the_interface(responses: Dialect) -> None:
    items = [
        HELLO,
        {"type": "function_call", "id": "fc_1", "call_id": "c_1", "name": "look_up", "arguments": '{"who": "Mara"}'},
        {"type": "function_call_output", "call_id": "c_1", "output": "Mara"},
    ]
    tools = [{"type": "function", "name": "look_up", "description": "Mara", "parameters": {"title": "Mara"}}]
    body = {"model": "m", "input": items, "tools": tools, "user": "mara", "previous_response_id": "resp_1"}
    assert responses.wire(responses.read(encode(body))) == {
        *("/model", "/input/0/role", "/input/1/type", "/input/1/id", "/input/1/call_id", "/input/1/name"),
        *("/input/2/type", "/input/2/call_id", "/tools/0/type", "/tools/0/name", "/previous_response_id"),
    }


def test_rewrite_changes_every_text_and_sets_members(responses: Dialect, sdk_types: Any) -> None:
    value, _ = sdk_types
    rng = random.Random(9)
    for turn in range(20):
        tree = {**value(ResponseCreateParamsStreaming, rng, turn % 2 == 0), "model": "gpt-5.4"}
        read = responses.read(json.dumps(tree).encode())
        assert decode(responses.rewrite(read, {}, {})) == read.tree
        before = copy.deepcopy(read.tree)
        steering = ("/type", "/role", "/encrypted_content", "/model")
        texts = {
            segment.pointer: f"masked {place}"
            for place, segment in enumerate(read.segments)
            if segment.place is Place.VALUE and not segment.pointer.endswith(steering)
        }
        again = responses.read(responses.rewrite(read, texts, {"/store": False}))
        now = {segment.pointer: segment.text for segment in again.segments}
        assert {pointer: now[pointer] for pointer in texts} == texts
        assert again.tree["store"] is False and read.tree == before


def test_a_rewrite_that_does_not_fit_is_our_defect(responses: Dialect) -> None:
    with pytest.raises(InternalError):
        responses.rewrite(responses.read(encode(BASE)), {"/input/1/content": "x"}, {})


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_any_tree_under_any_member_is_read_or_refused(responses: Dialect, trees: Any, data: st.DataObject) -> None:
    names = st.sampled_from(["input", "tools", "text", "prompt", "x", "conversation", "metadata", "model", "reasoning"])
    inner = st.sampled_from(["content", "output", "type", "tools", "encrypted_content", "action", "environment"])
    tree = {**BASE, **data.draw(st.dictionaries(names, trees, max_size=2))}
    if data.draw(st.booleans()):
        tree["input"] = [{**HELLO, **data.draw(st.dictionaries(inner, trees))}]
        tree["tools"] = [{"type": "shell", **data.draw(st.dictionaries(inner, trees))}]
    try:
        read = responses.read(encode(tree))
    except MalformedRequest:
        return
    assert decode(responses.rewrite(read, {}, {})) == read.tree
    responses.json_text(read), responses.json_reply(read), responses.wire(read), responses.files(read)


def test_noise_raises_only_malformed_request(responses: Dialect, scale: int) -> None:
    rng = random.Random(13)
    body = encode({**BASE, "tools": [{"type": "function", "name": "f"}], "top_p": 1})
    for _ in range(3_000 * scale):
        noise = bytearray(body)
        for _ in range(rng.randrange(4)):
            noise[rng.randrange(len(noise))] = rng.choice(b'"{}[]:,0n\\\xff e')
        with contextlib.suppress(MalformedRequest):
            responses.read(bytes(noise))
