"""Where one request ends and the next begins: smuggling, slow clients, too many at once, and connections that last."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator

import pytest

from gateway.requests import BODY, PATH, request
from support import vendor
from support.place import Place
from support.vendor import Received
from support.wire import Answer, Wire, ask

CHUNKED = b"transfer-encoding: chunked\r\n"


@pytest.fixture(autouse=True)
def _echo(small: Place) -> None:
    small.vendor.answer = vendor.echo


def chunks(*pieces: bytes) -> bytes:
    """A body in chunks, with its end."""
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in (*pieces, b""))


def _says(small: Place, text: str, **more: object) -> bytes:
    body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}).encode()
    return request(small, body, **more)  # type: ignore[arg-type]


# The HTTP library refuses these before the gateway sees them, so they have no body in OpenAI's shape.
BROKEN = {
    "two different lengths": b"content-length: 3\r\n",
    "a length that is no number": b"content-length: x\r\n",
    "a negative length": b"content-length: -1\r\n",
    "a length with a sign": b"content-length: +5\r\n",
    "a list of lengths": b"content-length: 5, 5\r\n",
    "chunked not last": b"transfer-encoding: chunked, identity\r\n",
    "a space before the colon": b"x-ringfence-source : ehr\r\n",
    "a folded line": b"x-a: b\r\n x-ringfence-source: ehr\r\n",
    "a header without a name": b": x\r\n",
    "a null byte": b"x-a: a\x00b\r\n",
    "200 headers": b"".join(b"x-%d: a\r\n" % number for number in range(200)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_head_is_refused_and_the_connection_ends(name: str, small: Place) -> None:
    before = len(small.vendor.received)
    with Wire(small.gateway.port) as wire:
        wire.send(request(small, extra=BROKEN[name]))
        answer = wire.read()
        assert answer is not None
        assert answer.status in (400, 431)
        assert wire.is_closed()
    assert len(small.vendor.received) == before


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00"]
)
def test_what_is_no_http_ends_the_connection(data: bytes, small: Place) -> None:
    with Wire(small.gateway.port) as wire:
        wire.send(data)
        answer = wire.read()
        assert answer is None or answer.status == 400
        assert wire.is_closed()


def test_length_and_chunks_together_smuggle_nothing(small: Place) -> None:
    """RFC 9112 6.1: chunks count, and the connection ends after them, so that no second request is read from it."""
    before = len(small.vendor.received)
    smuggled = _says(small, "Smuggled.")
    with Wire(small.gateway.port) as wire:
        wire.send(request(small, drop=("content-length",), extra=b"content-length: 5\r\n" + CHUNKED)[: -len(BODY)])
        wire.send(chunks(BODY) + smuggled)
        answer = wire.read()
        assert answer is not None
        assert answer.status == 200
        assert wire.read() is None
    assert [each.json["messages"][0]["content"] for each in small.vendor.received[before:]] == ["Hello."]


def test_request_inside_a_body_stays_a_body(small: Place) -> None:
    before = len(small.vendor.received)
    with Wire(small.gateway.port) as wire:
        wire.send(request(small, _says(small, "Smuggled.")))
        answer = wire.read()
        assert answer is not None
        assert answer.error["code"] == "ringfence_malformed_request"
    assert len(small.vendor.received) == before


@pytest.mark.parametrize("length", [len(BODY) - 1, len(BODY) + 1])
def test_length_that_is_not_the_bodys(length: int, small: Place) -> None:
    before = len(small.vendor.received)
    with Wire(small.gateway.port) as wire:
        wire.send(request(small, drop=("content-length",), extra=f"content-length: {length}\r\n".encode()))
        if length > len(BODY):
            wire.finish()
        answer = wire.read()
    assert answer is None or answer.status == 400
    assert len(small.vendor.received) == before


def test_chunked_body_is_read_whole(small: Place) -> None:
    head = request(small, drop=("content-length",), extra=CHUNKED)[: -len(BODY)]
    answer = ask(small.gateway.port, head + chunks(*(BODY[at : at + 1] for at in range(len(BODY)))))
    assert answer is not None
    assert answer.status == 200


def test_tags_after_the_body_do_not_count(small: Place) -> None:
    """A trailer comes too late to be trusted: what it would raise must stand in the head."""
    head = request(small, drop=("content-length",), extra=CHUNKED)[: -len(BODY)]
    answer = ask(small.gateway.port, head + chunks(BODY)[:-2] + b"x-ringfence-mask: off\r\n\r\n")
    assert answer is not None
    assert answer.status == 200


def _too_large(answer: Answer | None) -> None:
    assert answer is not None
    assert (answer.status, answer.error["code"]) == (413, "ringfence_request_too_large")
    assert "max_body_bytes" in answer.error["remedy"]


def test_declared_size_over_the_limit_is_not_read(small: Place) -> None:
    head = request(small, drop=("content-length",), extra=b"content-length: 20001\r\n")[: -len(BODY)]
    _too_large(ask(small.gateway.port, head))


def test_chunks_over_the_limit_are_not_kept(small: Place) -> None:
    head = request(small, drop=("content-length",), extra=CHUNKED)[: -len(BODY)]
    _too_large(ask(small.gateway.port, head + chunks(*[b" " * 5_000] * 5)))


def test_body_at_the_limit_passes(small: Place) -> None:
    answer = ask(small.gateway.port, request(small, BODY + b" " * (20_000 - len(BODY))))
    assert answer is not None
    assert answer.status == 200


@pytest.mark.parametrize("sent", [b"POST", f"POST {PATH} HTTP/1.1\r\nhost: x\r\nx-a: ".encode()])
def test_slow_head_ends_in_time(sent: bytes, small: Place) -> None:
    started = time.monotonic()
    with Wire(small.gateway.port) as wire:
        wire.send(sent)
        assert wire.is_closed()
    assert time.monotonic() - started < 6


def test_slow_body_ends_in_time(small: Place) -> None:
    """A byte now and then does not keep it alive."""
    started = time.monotonic()
    with Wire(small.gateway.port) as wire:
        wire.send(request(small)[: -len(BODY)])
        stop = threading.Event()
        thread = threading.Thread(target=_drip, args=(wire, stop))
        thread.start()
        answer = wire.read()
        stop.set()
        thread.join()
    assert answer is not None
    assert (answer.status, answer.error["code"]) == (408, "ringfence_request_timeout")
    assert time.monotonic() - started < 6


def _drip(wire: Wire, stop: threading.Event) -> None:
    for byte in BODY:
        if stop.wait(0.2):
            return
        wire.send(bytes([byte]))


def test_slow_clients_do_not_keep_others_out(small: Place) -> None:
    """Heads that never end hold no place among the requests under way."""
    slow = [Wire(small.gateway.port) for _ in range(20)]
    try:
        for wire in slow:
            wire.send(b"POST /v1/chat/completions HTTP/1.1\r\n")
        answer = ask(small.gateway.port, request(small))
        assert answer is not None
        assert answer.status == 200
    finally:
        for wire in slow:
            wire.__exit__()


def test_more_than_max_in_flight_is_refused_at_once(small: Place) -> None:
    go = threading.Event()

    async def wait(received: Received) -> AsyncIterator[bytes]:
        await asyncio.to_thread(go.wait)
        async for piece in vendor.echo(received):
            yield piece

    small.vendor.answer = wait
    before = len(small.vendor.received)
    wires = [Wire(small.gateway.port) for _ in range(4)]
    try:
        for wire in wires:
            wire.send(request(small))
        _until(lambda: len(small.vendor.received) == before + 4)
        answer = ask(small.gateway.port, request(small))
        assert answer is not None
        assert (answer.status, answer.error["code"]) == (429, "ringfence_too_many_requests")
        assert answer.headers["retry-after"] == "1"
        go.set()
        assert [reply.status for wire in wires if (reply := wire.read())] == [200] * 4
    finally:
        go.set()
        for wire in wires:
            wire.__exit__()
    assert len(small.vendor.received) == before + 4


def _until(condition: object, timeout_s: float = 5.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_connection_serves_one_request_after_another(small: Place) -> None:
    with Wire(small.gateway.port) as wire:
        for number in range(5):
            wire.send(_says(small, f"Number {number}."))
            answer = wire.read()
            assert answer is not None
            assert json.loads(answer.body)["choices"][0]["message"]["content"] == f"Number {number}."


def test_requests_sent_ahead_are_answered_in_order(small: Place) -> None:
    with Wire(small.gateway.port) as wire:
        wire.send(b"".join(_says(small, f"Number {number}.") for number in range(3)))
        for number in range(3):
            answer = wire.read()
            assert answer is not None
            assert json.loads(answer.body)["choices"][0]["message"]["content"] == f"Number {number}."


def test_refused_request_leaves_its_connection_in_step(small: Place) -> None:
    """What was not read of a refused body is never taken for the next request."""
    before = len(small.vendor.received)
    with Wire(small.gateway.port) as wire:
        wire.send(request(small, _says(small, "Smuggled."), drop=("authorization",)))
        answer = wire.read()
        assert answer is not None
        assert answer.status == 401
        wire.send(_says(small, "Next."))
        answer = wire.read()
        assert answer is None or json.loads(answer.body)["choices"][0]["message"]["content"] == "Next."
    assert "Smuggled." not in [each.json["messages"][0]["content"] for each in small.vendor.received[before:]]


def test_vendor_that_is_silent_is_given_up(small: Place) -> None:
    async def silent(_: Received) -> AsyncIterator[bytes]:
        await asyncio.sleep(30)
        yield b""

    small.vendor.answer = silent
    answer = ask(small.gateway.port, request(small))
    assert answer is not None
    assert (answer.status, answer.error["code"]) == (504, "ringfence_upstream_timeout")
    assert small.ended(answer.headers["x-ringfence-record"])["outcome"] == "upstream_failed"
