"""The real client library makes its own error classes and lists of what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
import pytest

from ringfence import dialects
from ringfence.dialects import Dialect
from ringfence.dialects.anthropic_shapes import dated
from ringfence.vocabulary.decision import Reason
from support import messages_replies as vendor

Answer = Callable[[httpx2.Request], httpx2.Response]
VERSION = "2026-10-21"
"""What the SDK sends (`ANTHROPIC_API_VERSION` in its `_constants.py`)."""
ASKED: Any = [{"role": "user", "content": "Hello"}]


@pytest.fixture(scope="module")
def messages() -> Dialect:
    return next(dialect for dialect in dialects.all() if dialect.name == "anthropic.messages")


def client(answer: Answer) -> anthropic.Anthropic:
    """The real SDK over a transport that opens no socket."""
    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return anthropic.Anthropic(api_key="k", base_url="http://gateway.test", http_client=http, max_retries=0)


@pytest.mark.parametrize(
    ("status", "kind", "its_type"),
    [
        (400, anthropic.BadRequestError, "invalid_request_error"),
        (401, anthropic.AuthenticationError, "authentication_error"),
        (403, anthropic.PermissionDeniedError, "permission_error"),
        (404, anthropic.NotFoundError, "not_found_error"),
        (413, anthropic.APIStatusError, "request_too_large"),
        (422, anthropic.UnprocessableEntityError, "invalid_request_error"),
        (429, anthropic.RateLimitError, "rate_limit_error"),
        (500, anthropic.InternalServerError, "api_error"),
        (502, anthropic.InternalServerError, "api_error"),
        (504, anthropic.InternalServerError, "timeout_error"),
        (529, anthropic.InternalServerError, "overloaded_error"),
    ],
)
def test_an_error_is_raised_in_its_class(
    messages: Dialect, status: int, kind: type[anthropic.APIStatusError], its_type: str
) -> None:
    reason = Reason("rule", "phi needs a BAA", "File one.")
    answered, body = messages.error(status, "ringfence_denied", "No.", "Ask.", "/messages", (reason,))
    with pytest.raises(kind) as caught:
        client(lambda _: httpx2.Response(answered, content=body)).messages.create(
            model="m", max_tokens=9, messages=ASKED
        )
    tree: Any = caught.value.body
    assert tree["type"] == "error"
    assert tree["error"]["type"] == its_type
    assert tree["error"]["message"] == "No. Ask."
    assert (tree["error"]["code"], tree["error"]["remedy"], tree["error"]["param"]) == (
        "ringfence_denied",
        "Ask.",
        "/messages",
    )
    assert "phi needs a BAA" in json.dumps(tree["error"]["reasons"])
    assert "Ask." in str(caught.value)


def test_what_is_not_known_is_left_out(messages: Dialect) -> None:
    _, body = messages.error(500, "c", "Broken", "")
    assert json.loads(body) == {"type": "error", "error": {"type": "api_error", "message": "Broken", "code": "c"}}


def test_an_error_within_a_stream_is_raised(messages: Dialect) -> None:
    editor = messages.stream(None)
    body = editor.feed(vendor.begin()) + editor.error_event("Stopped. Ask again.", "ringfence_upstream_broken")
    headers = {"content-type": "text/event-stream"}
    asked = client(lambda _: httpx2.Response(200, headers=headers, content=body)).messages
    stream = asked.create(model="m", max_tokens=9, messages=ASKED, stream=True)
    assert next(iter(stream)).type == "message_start"
    with pytest.raises(anthropic.APIStatusError, match=r"Stopped\. Ask again\."):
        list(stream)


def test_an_error_of_the_service_is_a_failed_reply(messages: Dialect) -> None:
    assert messages.edit_reply(vendor.error(), None).failed
    assert not messages.edit_reply(vendor.refusal(), None).failed


def test_models_are_a_page(messages: Dialect) -> None:
    body = messages.models([{"id": "claude-opus-5", "created": 1_790_000_000, "owned_by": "x"}, {"id": "own-7b"}])
    page = client(lambda _: httpx2.Response(200, content=body)).models.list()
    first, second = page
    assert (first.id, first.type, first.display_name) == ("claude-opus-5", "model", "claude-opus-5")
    assert (first.created_at.year, second.created_at.year) == (2026, 1970)
    assert (page.has_more, page.first_id, page.last_id) == (False, "claude-opus-5", "own-7b")
    empty = client(lambda _: httpx2.Response(200, content=messages.models([]))).models.list()
    assert list(empty) == []


def test_what_the_gateway_adds_to_a_model_stays(messages: Dialect) -> None:
    body = messages.models([{"id": "m", "ringfence": {"covered": ["phi"]}}])
    assert json.loads(body)["data"][0]["ringfence"] == {"covered": ["phi"]}


def test_the_real_client_counts(messages: Dialect) -> None:
    counting = next(dialect for dialect in dialects.all() if dialect.name == "anthropic.count_tokens")
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        read = counting.read(request.content, [(n, v) for n, v in request.headers.items() if n in counting.headers])
        assert [use.value for use in read.uses if use.path == "/@anthropic-version"] == [VERSION]
        return httpx2.Response(200, content=counting.edit_reply(vendor.count(14), None).body)

    sdk = client(answer)
    assert sdk.messages.count_tokens(model="m", messages=ASKED).input_tokens == 14
    assert sdk.beta.messages.count_tokens(model="m", messages=ASKED, betas=["context-1m-2025-08-07"]).input_tokens == 14
    plain, beta = seen
    assert (plain.method, plain.url.path) == counting.routes[0] == (beta.method, beta.url.path)
    # Its beta client asked `?beta=true` in earlier versions, which coding agents still use.
    assert {request.url.query.decode() for request in seen} <= {"", *counting.queries}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("web_search_20250305", True),
        ("files-api-2025-04-14", True),
        ("2023-06-01", True),
        ("custom", True),
        ("born-1954-03-02", False),
        ("mrn_88123452025", False),
        ("ann smith-2025-04-14", False),
        ("12025-04-14", False),
    ],
)
def test_only_a_versions_day_may_have_many_digits(name: str, shown: bool) -> None:
    assert dated(name) == (name if shown else "…")
