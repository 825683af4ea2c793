"""Whatever a service answers, and however slowly: one bounded answer, or a word on why there is none."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from ringfence.gateway.asking import Answer, Asked, NoAnswer, ask
from ringfence.upstream.target import tls_context

OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def service(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answers each connection by `speak`; yields its URL."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                wire, _ = listening.accept()
            except OSError:
                return
            with wire, suppress(OSError):
                wire.recv(65_536)
                speak(wire)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/path"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def says(data: bytes) -> Callable[[socket.socket], None]:
    return lambda wire: wire.sendall(data)


def drips(before: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def speak(wire: socket.socket) -> None:
        wire.sendall(before)
        for _ in range(200):
            wire.sendall(drop)
            time.sleep(0.05)

    return speak


def get(url: str, *, most_bytes: int = 10_000) -> Answer:
    return ask(Asked("GET", url, {}, b"", most_bytes), tls_context(), 1.0)


def test_whole_answer_is_taken() -> None:
    with service(says(OK + b"X-One: 1\r\nContent-Length: 2\r\n\r\nhi")) as url:
        answer = get(url)
    assert (answer.status, answer.headers["x-one"], answer.body) == (200, "1", b"hi")


def test_redirect_is_an_answer_and_is_not_followed() -> None:
    reached: list[bool] = []
    with service(lambda _: reached.append(True)) as other:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: {other}\r\nContent-Length: 0\r\n\r\n".encode()
        with service(says(moved)) as url:
            assert get(url).status == 307
    assert not reached


@pytest.mark.parametrize(
    ("speak", "why"),
    [
        (says(b""), "no answer"),
        (says(b"\x16\x03\x01garbage\r\n\r\n"), "no answer"),
        (says(OK + b"X: " + b"a" * 100_000 + b"\r\n\r\n"), "no answer"),
        (says(OK + b"".join(b"X%d: 1\r\n" % number for number in range(500)) + b"\r\n"), "no answer"),
        (says(OK + b"Content-Length: 20000\r\n\r\n" + b"a" * 20_000), "longer than 10000"),
        (says(OK + b"\r\n" + b"a" * 20_000), "longer than 10000"),
        (says(OK + b"Content-Length: 9\r\n\r\nshort"), "broke off"),
        (says(OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"), "no answer"),
        (drips(OK, b"X-A: 1\r\n"), "within 1 s"),
        (drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "within 1 s"),
        (drips(OK + b"Content-Length: 9000\r\n\r\n", b"a"), "within 1 s"),
        (drips(OK + b"\r\n", b"a"), "within 1 s"),
        (drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"), "within 1 s"),
    ],
)
def test_hostile_answer_ends_in_time(speak: Callable[[socket.socket], None], why: str) -> None:
    begun = time.monotonic()
    with service(speak) as url, pytest.raises(NoAnswer, match=why):
        get(url)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("url", ["http://example.com/", "http://10.0.0.1/", "http://[::2]/", "http://127.0.0.1:x/"])
def test_plain_http_leaves_no_machine(url: str) -> None:
    with pytest.raises(NoAnswer, match=r"plain http|no answer"):
        get(url)
