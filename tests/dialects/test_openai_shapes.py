"""The real client library makes its own error classes and lists of what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest

from ringfence.dialects import Dialect
from ringfence.vocabulary.decision import Reason

Answer = Callable[[httpx2.Request], httpx2.Response]


def _client(answer: Answer) -> openai.OpenAI:
    """The real SDK over a transport that opens no socket."""
    http = openai.DefaultHttpxClient(transport=httpx2.MockTransport(answer))
    return openai.OpenAI(api_key="k", base_url="http://gateway.test/v1", http_client=http, max_retries=0)


def _ask(client: openai.OpenAI, stream: bool = False) -> list[object]:
    messages = [{"role": "user", "content": "Hello"}]
    reply = client.chat.completions.create(model="m", messages=messages, stream=stream)  # type: ignore[call-overload]
    return list(reply) if stream else [reply]


@pytest.mark.parametrize(
    ("status", "kind", "its_type"),
    [
        (400, openai.BadRequestError, "invalid_request_error"),
        (401, openai.AuthenticationError, "authentication_error"),
        (403, openai.PermissionDeniedError, "permission_error"),
        (404, openai.NotFoundError, "invalid_request_error"),
        (413, openai.APIStatusError, "invalid_request_error"),
        (429, openai.RateLimitError, "rate_limit_error"),
        (502, openai.InternalServerError, "server_error"),
        (503, openai.InternalServerError, "server_error"),
    ],
)
def test_an_error_becomes_the_sdks_own(
    chat: Dialect, status: int, kind: type[openai.APIStatusError], its_type: str
) -> None:
    given, body = chat.error(status, "ringfence_denied", "Not covered.", "Put a BAA on file.", "/messages/0")
    with pytest.raises(kind) as caught:
        _ask(_client(lambda _: httpx2.Response(given, content=body, headers={"content-type": "application/json"})))
    error = caught.value
    assert error.status_code == status
    assert (error.code, error.type, error.param) == ("ringfence_denied", its_type, "/messages/0")
    assert "Not covered. Put a BAA on file." in str(error)
    assert error.body == {
        "message": "Not covered. Put a BAA on file.",
        "type": its_type,
        "param": "/messages/0",
        "code": "ringfence_denied",
        "remedy": "Put a BAA on file.",
    }


def test_an_error_tells_every_reason(chat: Dialect) -> None:
    reasons = (Reason("no-baa", "No BAA covers it.", "Add one."), Reason("model", "The model isn't allowed."))
    _, body = chat.error(403, "ringfence_denied", "Denied", "Ask the operator.", reasons=reasons)
    with pytest.raises(openai.PermissionDeniedError) as caught:
        _ask(_client(lambda _: httpx2.Response(403, content=body)))
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["reasons"] == [
        {"rule": "no-baa", "says": "No BAA covers it.", "remedy": "Add one."},
        {"rule": "model", "says": "The model isn't allowed.", "remedy": ""},
    ]
    assert caught.value.body["message"] == "Denied. Ask the operator."
    assert caught.value.param is None


def test_an_error_within_a_stream_becomes_the_sdks_own(chat: Dialect) -> None:
    chunk = b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[]}\n\n'
    editor = chat.stream(None)
    body = editor.feed(chunk) + editor.error_event("The service stopped in mid-reply.", "ringfence_upstream_broken")
    client = _client(lambda _: httpx2.Response(200, content=body, headers={"content-type": "text/event-stream"}))
    with pytest.raises(openai.APIError, match="The service stopped in mid-reply") as caught:
        _ask(client, stream=True)
    assert caught.value.code == "ringfence_upstream_broken"


def test_models_are_listed(chat: Dialect) -> None:
    body = chat.models([{"id": "gpt-5.4", "owned_by": "openai"}, {"id": "private", "created": 5}])
    page = _client(
        lambda _: httpx2.Response(200, content=body, headers={"content-type": "application/json"})
    ).models.list()
    assert [(model.id, model.owned_by, model.created, model.object) for model in page] == [
        ("gpt-5.4", "openai", 0, "model"),
        ("private", "ringfence", 5, "model"),
    ]


def test_the_sdks_own_stream_helper_puts_a_restored_reply_together(chat: Dialect, tiny: Any) -> None:
    def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        return b"data: " + json.dumps({**head, "choices": [choice]}).encode() + b"\n\n"

    def call(**function: str) -> dict[str, Any]:
        return {"tool_calls": [{"index": 0, "function": function}]}

    first = {"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": ""}}]}
    body = event({"role": "assistant", "content": ""}) + event({"content": "Dear <P-"}) + event({"content": "1>, <P"})
    body += event(first) + event(call(arguments='{"to":"<P')) + event(call(arguments='-1>"}'))
    body += event({}, "tool_calls") + b"data: [DONE]\n\n"
    editor = chat.stream(tiny[0])
    sent = b"".join(editor.feed(body[start : start + 7]) for start in range(0, len(body), 7)) + editor.end()
    client = _client(lambda _: httpx2.Response(200, content=sent, headers={"content-type": "text/event-stream"}))
    with client.chat.completions.stream(model="m", messages=[{"role": "user", "content": "Hello"}]) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.content == 'Dear Ann "A" \\ O\'Neil, lessP'
    assert message.tool_calls is not None
    assert json.loads(message.tool_calls[0].function.arguments) == {"to": 'Ann "A" \\ O\'Neil'}
