"""responses: a plain reply, edited. Replies are checked with the real client's types."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.responses import Response

from ringfence.dialects import Dialect
from ringfence.vocabulary.errors import UpstreamBroken
from support import responses_replies as source

ANN = 'Ann "A" \\ O\'Neil'
ANN_IN_JSON = json.dumps(ANN)[1:-1]

CITED = {"type": "url_citation", "title": "of <P-1>", "url": "https://x/<P-1>", "start_index": 0, "end_index": 1}
MCP = {"id": "mcp_1", "type": "mcp_call", "server_label": "s", "name": "n", "arguments": '{"to":"<P-1>"}'}
OUTPUT: list[dict[str, Any]] = [
    {**source.reasoning(["thinks of <P-1>"], 0, "<P-1>"), "content": [{"type": "reasoning_text", "text": "<P-1>?"}]},
    source.message("Dear <P-1>,", 1),
    source.refusal("no <P-1>", 2),
    source.call("f", '{"to":"<P-1>"}', 3),
    source.custom_call("g", "raw <P-1>", 4),
    {**MCP, "output": "found <P-1>", "status": "completed"},
    {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "<P-1>"}},
    {
        **{"id": "ci_1", "type": "code_interpreter_call", "status": "completed", "container_id": "c"},
        **{"code": "say('<P-1>')", "outputs": [{"type": "logs", "logs": "<P-1>!"}]},
    },
    {
        **{"id": "ls_1", "type": "local_shell_call", "call_id": "c", "status": "completed"},
        "action": {"type": "exec", "command": ["echo", "<P-1>"], "env": {"WHO": "<P-1>"}},
    },
]
OUTPUT[1]["content"][0]["annotations"] = [CITED]


def test_every_text_of_every_item_is_restored(responses: Dialect, tiny: Any) -> None:
    _, restore, _ = tiny
    edited = responses.edit_reply(json.dumps(source.response(OUTPUT)).encode(), restore, None)
    now = Response.model_validate_json(edited.body)
    expected = json.loads(json.dumps(OUTPUT).replace("<P-1>", ANN_IN_JSON))
    expected[0]["encrypted_content"] = "<P-1>"
    for at in (3, 5):
        expected[at]["arguments"] = f'{{"to":"{ANN_IN_JSON}"}}'
        assert json.loads(expected[at]["arguments"]) == {"to": ANN}
    assert json.loads(edited.body)["output"] == expected
    assert now.output_text == f"Dear {ANN},"
    assert edited.model == "gpt-5.4-x" and edited.finish == ("completed",) and not edited.failed
    assert edited.usage == {
        "input_tokens": 9,
        "input_tokens_details.cache_write_tokens": 0,
        "input_tokens_details.cached_tokens": 2,
        "output_tokens": 3,
        "output_tokens_details.reasoning_tokens": 1,
        "total_tokens": 12,
    }
    for text in (f"Dear {ANN},", f"no {ANN}", f"raw {ANN}", f"of {ANN}", f"{ANN}!", f"thinks of {ANN}", "echo"):
        assert text in edited.texts
    assert not {"assistant", "msg_1", "completed", "call_3", "function_call"} & set(edited.texts)


def test_what_repeats_the_request_is_restored_and_not_scanned(responses: Dialect, tiny: Any) -> None:
    _, restore, _ = tiny
    echoed: dict[str, Any] = {
        "instructions": "for <P-1>",
        "metadata": {"who": "<P-1>"},
        "tools": [
            {"type": "function", "name": "f", "description": "of <P-1>", "strict": True, "parameters": {"a": "<P-1>"}}
        ],
        "text": {"format": {"type": "json_schema", "name": "n", "schema": {"title": "<P-1>"}}},
        "user": "<P-1>",
        "conversation": {"id": "<P-1>"},
    }
    edited = responses.edit_reply(json.dumps(source.response([], **echoed)).encode(), restore, None)
    now = json.loads(edited.body)
    assert {name: now[name] for name in echoed} == json.loads(json.dumps(echoed).replace("<P-1>", ANN_IN_JSON))
    assert edited.texts == ()
    Response.model_validate_json(edited.body)


def test_an_answer_that_was_asked_for_as_json_stays_json(responses: Dialect, tiny: Any) -> None:
    _, restore, _ = tiny
    output = [source.message('{"name":"<P-1>"}'), source.refusal("<P-1>", 1), source.reasoning(["<P-1>"], 2)]
    body = json.dumps(source.response(output)).encode()
    now = json.loads(responses.edit_reply(body, restore, None, json_reply=True).body)["output"]
    assert json.loads(now[0]["content"][0]["text"]) == {"name": ANN}
    assert now[1]["content"][0]["refusal"] == ANN and now[2]["summary"][0]["text"] == ANN


def test_nothing_to_restore_leaves_the_bytes(responses: Dialect, tiny: Any) -> None:
    body = b' {"output": [{"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}], "a":-0.10}'
    for edited in (responses.edit_reply(body, None), responses.edit_reply(body, tiny[1])):
        assert edited.body == body and edited.texts == ("Hi",)


def test_the_model_name_that_the_client_sees_can_be_replaced(responses: Dialect) -> None:
    edited = responses.edit_reply(json.dumps(source.response([])).encode(), None, "asked-for")
    assert Response.model_validate_json(edited.body).model == "asked-for"
    assert edited.model == "gpt-5.4-x"


@pytest.mark.parametrize(
    ("more", "finish", "failed"),
    [
        (source.INCOMPLETE, ("max_output_tokens",), False),
        ({"status": "incomplete"}, ("incomplete",), False),
        (source.FAILED, ("server_error",), True),
        ({"status": "failed"}, ("failed",), True),
        ({"status": "queued"}, ("queued",), False),
        ({"status": None}, (), False),
        ({"status": "two words"}, (), False),
    ],
)
def test_how_it_ended(responses: Dialect, more: dict[str, Any], finish: tuple[str, ...], failed: bool) -> None:
    edited = responses.edit_reply(json.dumps(source.response([], **more)).encode(), None)
    assert (edited.finish, edited.failed) == (finish, failed)


def test_an_error_of_the_service_is_passed_on_restored(responses: Dialect, tiny: Any) -> None:
    body = json.dumps({"error": {"message": "bad value '<P-12>'", "code": None}}).encode()
    edited = responses.edit_reply(body, tiny[1], "m")
    assert json.loads(edited.body) == {"error": {"message": "bad value 'Bö\nX'", "code": None}}
    assert edited.failed and edited.finish == () and edited.model == "" and edited.texts == ("bad value 'Bö\nX'",)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"5", b'{"a":', b"\xff", b'{"a":' * 70 + b'""' + b"}" * 70, b'{"a":"\\ud800"}']
)
def test_what_cannot_be_read_is_the_services_fault(responses: Dialect, tiny: Any, body: bytes) -> None:
    with pytest.raises(UpstreamBroken):
        responses.edit_reply(body, tiny[1], None)


@pytest.mark.parametrize(
    "body",
    [
        {"output": "x"},
        {"output": [1, "a", [], {"content": 5, "type": {"a": 1}}], "status": {"a": 1}},
        {"model": ["m"], "usage": {"a": "b", "x y": 1}, "error": None},
    ],
)
def test_odd_replies_pass(responses: Dialect, tiny: Any, body: Any) -> None:
    edited = responses.edit_reply(json.dumps(body).encode(), tiny[1], None)
    assert json.loads(edited.body) == body
    assert edited.model == "" and edited.finish == () and edited.usage == {}


def test_errors_and_models_are_those_of_the_other_interfaces_of_this_client(responses: Dialect) -> None:
    status, body = responses.error(403, "ringfence_denied", "No.", "Do this.", "input")
    assert (status, json.loads(body)["error"]["param"]) == (403, "input")
    assert json.loads(responses.models([{"id": "m"}]))["data"][0]["id"] == "m"
