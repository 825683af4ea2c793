"""HTTP as clients, proxies and attackers write it: a clear answer, nothing sent on, and the gateway lives."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from gateway.requests import BODY, PATH, request
from support import vendor
from support.place import Place
from support.wire import Answer, Wire, ask

ERROR_CODES = {
    "ringfence_malformed_request",
    "ringfence_model_not_found",
    "ringfence_route_not_found",
    "ringfence_authentication_failed",
}


@pytest.fixture(autouse=True)
def _lives(small: Place) -> Iterator[None]:
    """Nothing that a test of this file sends reaches the vendor; and afterwards a request does."""
    small.vendor.answer = vendor.echo
    before = len(small.vendor.received)
    yield
    reached = len(small.vendor.received) - before
    answer = ask(small.gateway.port, request(small))
    assert answer is not None
    assert answer.status == 200
    assert reached == 0


def _refused(small: Place, data: bytes, status: int, code: str) -> Answer:
    answer = ask(small.gateway.port, data)
    assert answer is not None
    assert (answer.status, answer.error["code"]) == (status, code)
    assert "x-ringfence-effect" not in answer.headers
    return answer


def _nested(depth: int) -> bytes:
    return b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"metadata":' + (
        b"[" * depth + b"]" * depth + b"}"
    )


def _with(member: bytes) -> bytes:
    return BODY[:-1] + b"," + member + b"}"


BODIES = {
    "empty": b"",
    "not JSON": b"hello",
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "two documents": BODY + BODY,
    "something after it": BODY + b"x",
    "a member twice": _with(b'"model":"gpt-4o"'),
    "a member twice, written differently": _with(b'"\\u006dodel":"gpt-4o"'),
    "a member twice, deep inside": _with(b'"metadata":{"a":{"b":1,"b":2}}'),
    "not UTF-8": _with(b'"user":"\xff"'),
    "UTF-16": BODY.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + BODY,
    "NaN": _with(b'"temperature":NaN'),
    "Infinity": _with(b'"temperature":-Infinity'),
    "a comment": _with(b'/* x */"n":1'),
    "a comma too many": BODY[:-1] + b",}",
    "half a surrogate pair": _with(b'"user":"\\ud800"'),
    "a raw control character": _with(b'"user":"a\x01"'),
    "nested 65 deep": _nested(65),
    "nested 9,000 deep": _nested(9_000),
    "a number of 5,000 digits": _with(b'"seed":' + b"9" * 5_000),
    "a number with a huge exponent": _with(b'"temperature":1e999999999'),
}


@pytest.mark.parametrize("name", BODIES)
def test_body_that_two_readers_could_read_differently(name: str, small: Place) -> None:
    _refused(small, request(small, BODIES[name]), 400, "ringfence_malformed_request")


HEADERS = {
    "compressed": (b"content-encoding: gzip\r\n", (), 400, "ringfence_malformed_request"),
    "compressed on the way": (b"transfer-encoding: gzip, chunked\r\n", ("content-length",), 400, None),
    "no content type": (b"", ("content-type",), 400, "ringfence_malformed_request"),
    "text": (b"content-type: text/plain\r\n", ("content-type",), 400, "ringfence_malformed_request"),
    "a form": (b"content-type: multipart/form-data\r\n", ("content-type",), 400, "ringfence_malformed_request"),
    "two content types": (b"content-type: text/plain\r\n", (), 400, "ringfence_malformed_request"),
    "no key": (b"", ("authorization",), 401, "ringfence_authentication_failed"),
    "a basic key": (b"authorization: Basic YTpi\r\n", ("authorization",), 401, "ringfence_authentication_failed"),
    "a key twice": (b"authorization: Bearer x\r\n", (), 400, "ringfence_malformed_request"),
    "two different keys": (b"x-api-key: other\r\n", (), 401, "ringfence_authentication_failed"),
    "a key that is not ASCII": (b"x-api-key: \xff\r\n", (), 400, "ringfence_malformed_request"),
    "a source twice": (b"x-ringfence-source: crm\r\nx-ringfence-source: ehr\r\n", (), 400, None),
    "a source that is not ASCII": (b"x-ringfence-source: ehr\xe9\r\n", (), 400, None),
    "a source that is no tag": (b"x-ringfence-source: e h r\r\n", (), 400, "ringfence_malformed_request"),
    "a label that is no tag": (b"x-ringfence-label: <phi>\r\n", (), 400, "ringfence_malformed_request"),
    "a conversation that is no tag": (b"x-ringfence-conversation: a,b\r\n", (), 400, "ringfence_malformed_request"),
    "a misspelt header": (b"x-ringfence-sources: ehr\r\n", (), 400, "ringfence_malformed_request"),
    "a wish to switch something off": (b"x-ringfence-mask: off\r\n", (), 400, "ringfence_malformed_request"),
    "no host": (b"", ("host",), 421, "ringfence_host_not_allowed"),
    "a host of somebody else": (b"host: evil.example\r\n", ("host",), 421, "ringfence_host_not_allowed"),
    "a host that only begins well": (b"host: 127.0.0.1.evil.example\r\n", ("host",), 421, None),
    "two hosts": (b"host: evil.example\r\n", (), 400, "ringfence_malformed_request"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_that_are_refused(name: str, small: Place) -> None:
    extra, drop, status, code = HEADERS[name]
    _refused(small, request(small, extra=extra, drop=drop), status, code or _code(status))


def _code(status: int) -> str:
    return {400: "ringfence_malformed_request", 421: "ringfence_host_not_allowed"}[status]


LINES = {
    "GET the completions": (f"GET {PATH}", 405, "ringfence_method_not_allowed"),
    "OPTIONS": (f"OPTIONS {PATH}", 405, "ringfence_method_not_allowed"),
    "DELETE the health": ("DELETE /health", 405, "ringfence_method_not_allowed"),
    "POST the models": ("POST /v1/models", 405, "ringfence_method_not_allowed"),
    "a method of one's own": (f"BREW {PATH}", 405, "ringfence_method_not_allowed"),
    "the root": ("GET /", 404, "ringfence_route_not_found"),
    "a slash too many": (f"POST {PATH}/", 404, "ringfence_route_not_found"),
    "two slashes": (f"POST /{PATH}", 404, "ringfence_route_not_found"),
    "dots": (f"POST /v1/models/..{PATH.removeprefix('/v1')}", 405, "ringfence_method_not_allowed"),
    "capital letters": ("POST /v1/Chat/Completions", 404, "ringfence_route_not_found"),
    "no version": ("POST /chat/completions", 404, "ringfence_route_not_found"),
    "an interface that nobody has": ("POST /v1/conversing", 404, "ringfence_route_not_found"),
    "what a vendor keeps": ("POST /v1/files", 403, "ringfence_surface_not_served"),
    "one that a vendor kept": ("GET /v1/responses/resp_1", 403, "ringfence_surface_not_served"),
    "all": ("OPTIONS *", 404, "ringfence_route_not_found"),
    "a query": (f"POST {PATH}?api_base=http://evil.example", 400, "ringfence_malformed_request"),
    "a URL of somebody else": (f"POST http://evil.example{PATH}", 421, "ringfence_host_not_allowed"),
    "a tunnel": ("CONNECT evil.example:443", 421, "ringfence_host_not_allowed"),
}


@pytest.mark.parametrize("name", LINES)
def test_request_lines_that_are_refused(name: str, small: Place) -> None:
    line, status, code = LINES[name]
    answer = _refused(small, request(small, line=f"{line} HTTP/1.1"), status, code)
    assert ("allow" in answer.headers) == (status == 405)


def test_405_says_which_method(small: Place) -> None:
    wrong = _refused(small, request(small, line=f"GET {PATH} HTTP/1.1"), 405, "ringfence_method_not_allowed")
    assert wrong.headers["allow"] == "POST"
    wrong = _refused(small, request(small, line="PUT /ready HTTP/1.1"), 405, "ringfence_method_not_allowed")
    assert wrong.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/ready", 200), ("/v1/models", 200), (PATH, 405)])
def test_head_has_no_body(path: str, status: int, small: Place) -> None:
    with Wire(small.gateway.port) as wire:
        wire.send(request(small, b"", line=f"HEAD {path} HTTP/1.1"))
        answer = wire.read(head=True)
        assert answer is not None
        assert answer.status == status
        wire.send(request(small, b"", line="GET /health HTTP/1.1"))
        answer = wire.read()
        assert answer is not None
        assert (answer.status, answer.body) == (200, b'{"status":"ok"}')


def test_health_needs_neither_key_nor_host(small: Place) -> None:
    answer = ask(small.gateway.port, b"GET /health HTTP/1.1\r\nhost: anything\r\n\r\n")
    assert answer is not None
    assert answer.status == 200


def test_ready_names_no_service_and_no_path(small: Place) -> None:
    answer = ask(small.gateway.port, request(small, b"", line="GET /ready HTTP/1.1", drop=("authorization",)))
    assert answer is not None
    state = json.loads(answer.body)
    assert state.pop("register_digest") != state.pop("policy_digest")
    said = {"ledger": "ok", "private_model": "none", "names": "ok", "register": "ok", "keys": "ok"}
    assert state == {"ready": True, **said}


def test_errors_never_repeat_what_was_sent(small: Place) -> None:
    canary = "zebra-7781"
    for data in (
        request(small, f'{{"model":"{canary}","messages":[{{"role":"user","content":"x"}}]}}'.encode()),
        request(small, f'{{"model":"m","messages":[{{"role":"{canary}","content":7}}]}}'.encode()),
        request(small, f'{{"{canary}":1,"{canary}":1}}'.encode()),
        request(small, canary.encode()),
        request(small, line=f"POST /v1/{canary} HTTP/1.1"),
        request(small, extra=f"x-ringfence-{canary}: {canary}\r\n".encode()),
        request(small, extra=f"x-ringfence-source: <{canary}>\r\n".encode()),
        request(small, extra=f"x-api-key: {canary}\r\n".encode()),
    ):
        answer = ask(small.gateway.port, data)
        assert answer is not None
        assert answer.error["code"] in ERROR_CODES
        assert canary not in answer.body.decode()
    assert canary not in small.gateway.log.read_text()
