"""chat: a plain reply, edited. Replies are checked with the real client's types."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from ringfence.dialects import Dialect
from ringfence.vocabulary.errors import UpstreamBroken

ANN = 'Ann "A" \\ O\'Neil'
ANN_IN_JSON = json.dumps(ANN)[1:-1]


def reply(message: dict[str, Any], **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop", "logprobs": None}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "gpt-5.4-x", "choices": [choice], **more}


EVERY_STRING = {
    "content": "Dear <P-1>,",
    "refusal": "no <P-1>",
    "reasoning_content": "<P-1>?",
    "reasoning": "<P-1>!",
    "annotations": [
        {
            "type": "url_citation",
            "url_citation": {"title": "of <P-1>", "url": "u", "start_index": 0, "end_index": 1},
        }
    ],
    "tool_calls": [
        {"id": "c<P-1>", "type": "function", "function": {"name": "f<P-1>", "arguments": '{"to":"<P-1>"}'}},
        {"id": "c2", "type": "custom", "custom": {"name": "g", "input": "raw <P-1>"}},
    ],
    "function_call": {"name": "f", "arguments": '["<P-1>"]'},
    "audio": {"id": "a", "data": "PFAtMT4=<P-1>", "expires_at": 1, "transcript": "said <P-1>"},
}


def test_every_string_of_a_choice_is_restored(chat: Dialect, tiny: Any) -> None:
    _, restore, _ = tiny
    usage = {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 2},
    }
    body = json.dumps(reply(EVERY_STRING, usage=usage, metadata={"who": "<P-1>"})).encode()
    edited = chat.edit_reply(body, restore, None)
    now = ChatCompletion.model_validate_json(edited.body)
    assert now.choices[0].message.to_dict() == {
        "role": "assistant",
        "content": f"Dear {ANN},",
        "refusal": f"no {ANN}",
        "reasoning_content": f"{ANN}?",
        "reasoning": f"{ANN}!",
        "annotations": [
            {
                "type": "url_citation",
                "url_citation": {"title": f"of {ANN}", "url": "u", "start_index": 0, "end_index": 1},
            }
        ],
        "tool_calls": [
            {
                "id": f"c{ANN}",
                "type": "function",
                "function": {"name": f"f{ANN}", "arguments": f'{{"to":"{ANN_IN_JSON}"}}'},
            },
            {"id": "c2", "type": "custom", "custom": {"name": "g", "input": f"raw {ANN}"}},
        ],
        "function_call": {"name": "f", "arguments": f'["{ANN_IN_JSON}"]'},
        "audio": {"id": "a", "data": "PFAtMT4=<P-1>", "expires_at": 1, "transcript": f"said {ANN}"},
    }
    assert json.loads(message_arguments(now)) == {"to": ANN}
    assert now.metadata == {"who": ANN}
    assert edited.model == "gpt-5.4-x"
    assert edited.usage == {
        "prompt_tokens": 3,
        "completion_tokens": 4,
        "total_tokens": 7,
        "prompt_tokens_details.cached_tokens": 2,
    }
    assert edited.finish == ("stop",)
    assert not edited.failed
    for text in (f"Dear {ANN},", f"no {ANN}", f'["{ANN_IN_JSON}"]', f"raw {ANN}", f"of {ANN}", f"said {ANN}"):
        assert text in edited.texts
    assert "assistant" not in edited.texts and "c2" not in edited.texts


def message_arguments(completion: ChatCompletion) -> str:
    call = (completion.choices[0].message.tool_calls or [])[0]
    assert call.type == "function"
    return call.function.arguments


def test_content_that_was_asked_for_as_json_stays_json(chat: Dialect, tiny: Any) -> None:
    _, restore, _ = tiny
    body = json.dumps(reply({"content": '{"name":"<P-1>"}', "refusal": "<P-1>"})).encode()
    message = json.loads(chat.edit_reply(body, restore, None, json_reply=True).body)["choices"][0]["message"]
    assert json.loads(message["content"]) == {"name": ANN}
    assert message["refusal"] == ANN


def test_nothing_to_restore_leaves_the_bytes(chat: Dialect, tiny: Any) -> None:
    _, restore, _ = tiny
    body = (
        b' {"choices": [{"message": {"content": "Hi"}, "logprobs": {"content": [{"logprob": -0.10}]}}], "model" : "m"}'
    )
    for edited in (chat.edit_reply(body, None, None), chat.edit_reply(body, restore, None)):
        assert edited.body == body
        assert edited.texts == ("Hi",)


def test_the_model_name_that_the_client_sees_can_be_replaced(chat: Dialect) -> None:
    edited = chat.edit_reply(json.dumps(reply({"content": "Hi"})).encode(), None, "asked-for")
    assert ChatCompletion.model_validate_json(edited.body).model == "asked-for"
    assert edited.model == "gpt-5.4-x"


def test_numbers_stay(chat: Dialect, tiny: Any) -> None:
    _, restore, _ = tiny
    body = b'{"choices":[{"message":{"content":"<P-1>"}}],"a":1.0,"b":-0.31725305,"c":123456789012345678901,"d":1e-9}'
    edited = chat.edit_reply(body, restore, None).body
    assert b'"a":1.0,"b":-0.31725305,"c":123456789012345678901,"d":1e-9}' in edited


@pytest.mark.parametrize(
    ("body", "now"),
    [
        (
            {"error": {"message": "bad value '<P-12>'", "code": None}},
            {"error": {"message": "bad value 'Bö\nX'", "code": None}},
        ),
        ({"error": "<P-12>"}, {"error": "Bö\nX"}),
    ],
)
def test_an_error_of_the_service_is_passed_on_restored(chat: Dialect, tiny: Any, body: Any, now: Any) -> None:
    _, restore, _ = tiny
    edited = chat.edit_reply(json.dumps(body).encode(), restore, "m")
    assert json.loads(edited.body) == now
    assert edited.failed and edited.finish == () and edited.model == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"5",
        b'{"a":',
        b"\xff",
        b"[" * 10_000,
        b'{"a":' * 70 + b'""' + b"}" * 70,
        b'{"a":"\\ud800"}',
    ],
)
def test_what_cannot_be_read_is_the_services_fault(chat: Dialect, tiny: Any, body: bytes) -> None:
    with pytest.raises(UpstreamBroken):
        chat.edit_reply(body, tiny[1], None)


@pytest.mark.parametrize(
    "body",
    [
        {"choices": "x"},
        {"choices": [1, "a", [], {"message": 5, "finish_reason": {"a": 1}}]},
        {"choices": {"message": {}}, "usage": [1]},
        {"model": ["m"], "usage": {"a": "b", "t": True, "f": 0.5, "c": {"d": {"e": 1}}, "x y": 1}},
        {"model": "two\r\nlines", "choices": [{"finish_reason": "x" * 500}]},
    ],
)
def test_odd_replies_pass_and_odd_names_do_not(chat: Dialect, tiny: Any, body: Any) -> None:
    edited = chat.edit_reply(json.dumps(body).encode(), tiny[1], None)
    assert json.loads(edited.body) == body
    assert edited.model == "" and not any(edited.finish) and edited.usage == {}
