"""Every way in which a request fails raises the class of the SDK that fits, with what to do about it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import openai
import pytest

from ringfence.ledger.verify import verify
from support import vendor
from support.place import Place
from support.sdk import Sdk
from support.vendor import Received

HELLO: list[Any] = [{"role": "user", "content": "Hello."}]
PHI: list[Any] = [{"role": "user", "content": "Patient MRN: 12345678 takes metformin."}]


def _fails(place: Place, kind: type[openai.APIError], key: str = "general", **arguments: Any) -> Any:
    """The error that the sync and the async client raise for the same request."""
    arguments = {"model": "gpt-4o-mini", "messages": HELLO, **arguments}
    sdk = place.sdk(key)
    with pytest.raises(kind) as caught:
        sdk.sync.chat.completions.create(**arguments)

    async def ask() -> None:
        async with sdk.asynchronous() as client:
            await client.chat.completions.create(**arguments)

    with pytest.raises(kind) as again:
        asyncio.run(ask())
    assert type(again.value) is type(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "key",
    ["nothing", "rf_aaaaaaaaaa_" + "A" * 43, "sk-proj-1234", "disabled"],
    ids=["no shape", "unknown", "a vendor's", "disabled"],
)
def test_wrong_key(key: str, scripted: Place) -> None:
    sdk = Sdk(scripted.gateway.url, scripted.keys.get(key, key))
    with pytest.raises(openai.AuthenticationError) as caught:
        sdk.sync.chat.completions.create(model="gpt-4o-mini", messages=HELLO)
    assert caught.value.code == "ringfence_authentication_failed"
    assert "ringfence keys create" in str(caught.value)
    with pytest.raises(openai.AuthenticationError):
        sdk.sync.models.list()


def test_denied_says_why_and_what_to_do(scripted: Place) -> None:
    before = len(scripted.vendor.received)
    error = _fails(scripted, openai.PermissionDeniedError, key="undeclared", messages=PHI)
    assert error.code == "ringfence_denied"
    assert error.type == "permission_error"
    assert "no agreement on file covers" in error.body["message"]
    assert "ringfence register add" in error.body["remedy"]
    assert error.body["remedy"] in error.body["message"]
    assert error.body["reasons"][0]["rule"] == "label-not-covered"
    assert "12345678" not in json.dumps(error.body)
    headers = error.response.headers
    assert headers["x-ringfence-effect"] == "DENY"
    assert "x-ringfence-service" not in headers
    assert scripted.ended(headers["x-ringfence-record"])["outcome"] == "denied"
    assert len(scripted.vendor.received) == before


def test_denied_for_a_stream_raises_at_once(scripted: Place) -> None:
    assert _fails(scripted, openai.PermissionDeniedError, key="undeclared", stream=True).code == "ringfence_denied"


@pytest.mark.parametrize(
    ("arguments", "param"),
    [
        ({"messages": "hello"}, "/messages"),
        ({"messages": []}, "/messages"),
        ({"messages": [{"content": "x"}]}, "/messages/0/role"),
        ({"messages": [{"role": "user", "content": 7}]}, "/messages/0/content"),
        ({"model": ""}, "/model"),
        ({"tools": {"a": 1}}, "/tools"),
        ({"extra_body": {"stream": "yes"}}, "/stream"),
    ],
)
def test_malformed_request(arguments: dict[str, Any], param: str, scripted: Place) -> None:
    before = len(scripted.vendor.received)
    error = _fails(scripted, openai.BadRequestError, **arguments)
    assert (error.code, error.param) == ("ringfence_malformed_request", param)
    assert error.body["remedy"]
    assert len(scripted.vendor.received) == before


def test_unknown_model(scripted: Place) -> None:
    error = _fails(scripted, openai.NotFoundError, model="gtp-4o")
    assert error.code == "ringfence_model_not_found"
    assert "GET /v1/models" in error.body["remedy"]


def test_models_that_a_route_does_not_have(scripted: Place) -> None:
    """Nothing on the register makes vectors with this model."""
    client = scripted.sdk().sync
    for call in (
        lambda: client.embeddings.create(model="gpt-4o-mini", input="x"),
        lambda: client.models.retrieve("gtp-4o"),
    ):
        with pytest.raises(openai.NotFoundError) as caught:
            call()
        assert caught.value.code == "ringfence_model_not_found"


def test_routes_that_are_not_served(scripted: Place) -> None:
    client = scripted.sdk().sync
    with pytest.raises(openai.NotFoundError) as caught:
        client.get("/nothing", cast_to=object)
    assert caught.value.code == "ringfence_route_not_found"
    with pytest.raises(openai.PermissionDeniedError) as refused:
        client.files.list()
    assert refused.value.code == "ringfence_surface_not_served"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (404, openai.NotFoundError),
        (409, openai.ConflictError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_vendor_errors_pass_as_they_are(
    status: int, kind: type[openai.APIError], stream: bool, scripted: Place
) -> None:
    body = {"error": {"message": "Vendor says no.", "type": "t", "param": "p", "code": "c"}}
    scripted.vendor.answer = vendor.plain(body, status, headers="retry-after: 7\r\nx-request-id: req_1\r\n")
    error = _fails(scripted, kind, stream=stream)
    assert (error.status_code, error.code, error.param, error.type) == (status, "c", "p", "t")
    assert error.body["message"] == "Vendor says no."
    assert error.response.headers["retry-after"] == "7"
    assert error.request_id == "req_1"
    record = scripted.ended(error.response.headers["x-ringfence-record"])
    assert (record["outcome"], record["status"]) == ("completed", status)


@pytest.mark.parametrize("status", [401, 403])
def test_vendor_refusing_the_operators_key_is_not_the_clients_fault(status: int, scripted: Place) -> None:
    body = {"error": {"message": "Incorrect API key provided: sk-scripted.", "code": "invalid_api_key"}}
    scripted.vendor.answer = vendor.plain(body, status)
    error = _fails(scripted, openai.InternalServerError)
    assert (error.status_code, error.code) == (502, "ringfence_upstream_broken")
    assert "ringfence doctor" in error.body["remedy"]
    assert "sk-scripted" not in str(error)
    assert scripted.ended(error.response.headers["x-ringfence-record"])["outcome"] == "upstream_failed"


async def _closes(_: Received) -> Any:
    raise ConnectionAbortedError
    yield b""


async def _half(_: Received) -> Any:
    yield b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"
    raise ConnectionAbortedError


@pytest.mark.parametrize(
    "answer",
    [
        vendor.plain(b"<html>busy</html>"),
        vendor.plain(b"[1]"),
        vendor.plain(b"", 204),
        vendor.plain({}, 307, headers="location: http://127.0.0.1:1/\r\n"),
        vendor.plain(b"\x1f\x8b", headers="content-encoding: gzip\r\n"),
        vendor.stream([vendor.event({"content": "x"}), vendor.DONE]),
        _closes,
        _half,
    ],
    ids=["html", "a list", "nothing", "redirect", "compressed", "a stream not asked for", "closed", "cut short"],
)
def test_vendor_that_can_not_be_read(answer: Any, scripted: Place) -> None:
    scripted.vendor.answer = answer
    error = _fails(scripted, openai.InternalServerError)
    assert (error.status_code, error.code) == (502, "ringfence_upstream_broken")
    assert error.body["remedy"]
    assert "html" not in str(error)
    assert scripted.ended(error.response.headers["x-ringfence-record"])["outcome"] == "upstream_failed"


def test_client_that_gives_up_is_on_record(scripted: Place) -> None:
    async def never(_: Received) -> Any:
        await asyncio.sleep(30)
        yield b""

    scripted.vendor.answer = never
    first = len(scripted.records())
    with pytest.raises(openai.APITimeoutError):
        scripted.sdk().sync.with_options(timeout=0.3).chat.completions.create(model="gpt-4o-mini", messages=HELLO)
    assert scripted.wait_ended(first)["outcome"] == "client_left"


def test_ledger_of_all_this_verifies_while_it_runs(scripted: Place) -> None:
    report = verify(scripted.folder / "ledger", highest_path=scripted.folder / "ledger-highest")
    assert report.ok
    assert report.decided >= 1
