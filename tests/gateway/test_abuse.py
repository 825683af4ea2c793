"""The list of HTTP abuse, for every interface: refused in the client's own shape, and nothing of it reaches a service.

What belongs to the connection and not to an interface (smuggling, broken heads) is in test_framing.py.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from gateway import interfaces
from gateway.interfaces import DIALECTS
from gateway.requests import request
from support.place import Place
from support.wire import Answer, Wire, ask


@pytest.fixture(autouse=True)
def _nothing_arrives(small: Place) -> Iterator[None]:
    before = len(small.vendor.received)
    yield
    assert len(small.vendor.received) == before


def _line(endpoint: str) -> str:
    [(method, path)] = DIALECTS[endpoint].routes
    return f"{method} {path} HTTP/1.1"


def _body(endpoint: str) -> bytes:
    return json.dumps(interfaces.body(endpoint, "Hello.")).encode()


def _refused(answer: Answer | None, endpoint: str, status: int, code: str) -> None:
    assert answer is not None
    assert (answer.status, answer.error["code"] if endpoint in interfaces.OPENAI else _code(answer)) == (status, code)
    assert ("type" in json.loads(answer.body)) == (endpoint not in interfaces.OPENAI)
    assert "x-ringfence-effect" not in answer.headers


def _code(answer: Answer) -> Any:
    return json.loads(answer.body)["error"]["code"]


def _with(endpoint: str, member: bytes) -> bytes:
    return _body(endpoint)[:-1] + b"," + member + b"}"


BODIES = {
    "a member twice": lambda endpoint: _with(endpoint, b'"model":"gpt-4o-baa"'),
    "a member twice, written differently": lambda endpoint: _with(endpoint, b'"\\u006dodel":"x"'),
    "a member twice, deep inside": lambda endpoint: _with(endpoint, b'"metadata":{"a":{"b":1,"b":2}}'),
    "not UTF-8": lambda endpoint: _with(endpoint, b'"user":"\xff"'),
    "half a surrogate pair": lambda endpoint: _with(endpoint, b'"user":"\\ud800"'),
    "nested 9,000 deep": lambda endpoint: _with(endpoint, b'"a":' + b"[" * 9_000 + b"]" * 9_000),
    "NaN": lambda endpoint: _with(endpoint, b'"temperature":NaN'),
    "no JSON": lambda endpoint: b"hello",
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("endpoint", DIALECTS)
def test_body_that_two_readers_could_read_differently(endpoint: str, name: str, small: Place) -> None:
    data = request(small, BODIES[name](endpoint), line=_line(endpoint))
    _refused(ask(small.gateway.port, data), endpoint, 400, "ringfence_malformed_request")


@pytest.mark.parametrize("endpoint", DIALECTS)
def test_compressed_body_is_not_unpacked(endpoint: str, small: Place) -> None:
    """A thousand times its size when unpacked: refused by its header, for every interface."""
    bomb = gzip.compress(b" " * 10_000_000)
    for name, data in (("gzip", bomb), ("br", b"x"), ("identity, gzip", bomb[:100])):
        sent = request(small, data[:19_000], line=_line(endpoint), extra=f"content-encoding: {name}\r\n".encode())
        _refused(ask(small.gateway.port, sent), endpoint, 400, "ringfence_malformed_request")


@pytest.mark.parametrize("endpoint", DIALECTS)
def test_oversize_body_is_not_read(endpoint: str, small: Place) -> None:
    head = request(small, b"", line=_line(endpoint), drop=("content-length",), extra=b"content-length: 20001\r\n")
    _refused(ask(small.gateway.port, head), endpoint, 413, "ringfence_request_too_large")
    chunked = request(
        small, b"", line=_line(endpoint), drop=("content-length",), extra=b"transfer-encoding: chunked\r\n"
    )
    sent = chunked + b"".join(b"1388\r\n" + b" " * 5_000 + b"\r\n" for _ in range(5)) + b"0\r\n\r\n"
    _refused(ask(small.gateway.port, sent), endpoint, 413, "ringfence_request_too_large")


@pytest.mark.parametrize("endpoint", DIALECTS)
def test_slow_body_is_given_up(endpoint: str, small: Place) -> None:
    stop, body = threading.Event(), _body(endpoint)

    def drip(wire: Wire) -> None:
        for byte in body:
            if stop.wait(0.2):
                return
            wire.send(bytes([byte]))

    started = time.monotonic()
    with Wire(small.gateway.port) as wire:
        wire.send(request(small, body, line=_line(endpoint))[: -len(body)])
        thread = threading.Thread(target=drip, args=(wire,))
        thread.start()
        answer = wire.read()
        stop.set()
        thread.join()
    _refused(answer, endpoint, 408, "ringfence_request_timeout")
    assert time.monotonic() - started < 8


@pytest.mark.parametrize("endpoint", DIALECTS)
def test_request_behind_a_body_is_no_second_one(endpoint: str, small: Place) -> None:
    """RFC 9112 6.3: what follows the body of an undecided length is refused with it, not served."""
    body = _body(endpoint)
    sent = request(small, request(small, body, line=_line(endpoint)), line=_line(endpoint))
    _refused(ask(small.gateway.port, sent), endpoint, 400, "ringfence_malformed_request")


TWICE = ("authorization", "x-api-key", "content-type", "host", "x-ringfence-label", "x-ringfence-conversation")


@pytest.mark.parametrize("name", TWICE)
@pytest.mark.parametrize("endpoint", DIALECTS)
def test_header_that_stands_twice(endpoint: str, name: str, small: Place) -> None:
    extra = f"{name}: a\r\n{name}: b\r\n".encode()
    sent = request(small, _body(endpoint), line=_line(endpoint), extra=extra, drop=(name,))
    _refused(ask(small.gateway.port, sent), endpoint, 400, "ringfence_malformed_request")


@pytest.mark.parametrize("value", [b"a\r\nanthropic-beta: b", b"caf\xe9"])
def test_header_of_the_interface_stands_once_and_in_ascii(value: bytes, small: Place) -> None:
    for endpoint in ("messages", "count_tokens"):
        extra = b"anthropic-version: 2023-06-01\r\nanthropic-beta: " + value + b"\r\n"
        sent = request(small, _body(endpoint), line=_line(endpoint), extra=extra)
        _refused(ask(small.gateway.port, sent), endpoint, 400, "ringfence_malformed_request")
