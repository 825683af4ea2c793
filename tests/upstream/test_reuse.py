"""Services that close a connection without saying so: the next request must not be written to it.

A request that was written is never sent again (test_failures.py), so that one written to such a connection is lost.
"""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest
from scripted_service import CHUNKED, Exchange, chunk, reply

from ringfence.upstream.connection import REST_S

CHAT = "/chat/completions"
STREAM = CHUNKED.replace(b"\r\n\r\n", b"\r\nKeep-Alive: timeout=5, max=100\r\n\r\n") + chunk(b"data: [DONE]\n\n")


async def ask(upstreams, body: bytes = b"{}") -> bytes:
    async with upstreams.send("vendor", CHAT, body) as answer:
        return await answer.read(1000)


@pytest.mark.parametrize("behind_s", [0.0, 0.02])
async def test_a_service_that_closes_behind_each_stream(service, reach, behind_s: float) -> None:
    """As llama.cpp's server does: the reply is whole and promises Keep-Alive, then the connection ends."""

    @service.runs(CHAT)
    async def stream_and_close(exchange: Exchange) -> None:
        await exchange.write(STREAM + b"0\r\n\r\n")
        await asyncio.sleep(behind_s)
        exchange.writer.close()

    upstreams = await reach()
    bodies = [b"%d" % number for number in range(6)]
    for body in bodies:
        assert await ask(upstreams, body) == b"data: [DONE]\n\n"
    assert [exchange.body for exchange in service.seen] == bodies  # each once
    assert service.connections == len(bodies)


async def test_after_a_rest_a_stream_s_connection_serves_again(service, reach) -> None:
    service.answers(CHAT, STREAM + b"0\r\n\r\n")
    upstreams = await reach()
    for _ in range(3):
        await ask(upstreams)
        await asyncio.sleep(REST_S * 1.5)
    assert service.connections == 1


async def test_one_that_rests_does_not_hold_up_one_that_is_ready(service, reach, monkeypatch) -> None:
    monkeypatch.setattr("ringfence.upstream.connection.REST_S", 60.0)
    service.answers(CHAT, STREAM + b"0\r\n\r\n")
    service.answers("/plain", reply(b"{}"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}") as stream:
        for _ in range(2):
            async with upstreams.send("vendor", "/plain", b"{}") as plain:
                await plain.read(10)
        await stream.read(1000)
    for _ in range(2):
        async with upstreams.send("vendor", "/plain", b"{}") as plain:
            await plain.read(10)
    assert [exchange.connection for exchange in service.seen] == [1, 2, 2, 2, 2]


async def test_an_end_that_came_while_the_loop_was_busy(reach) -> None:
    """The loop learns of it only after the request would have been written."""
    may_close, closed = threading.Event(), threading.Event()
    seen: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(2):
            connection, _ = listener.accept()
            with connection:
                seen.append(connection.recv(65_536))
                connection.sendall(reply(b"{}"))
                may_close.wait(5)
            closed.set()

    listener.settimeout(5)
    server = threading.Thread(target=serve, daemon=True)
    server.start()
    upstreams = await reach(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
    assert await ask(upstreams) == b"{}"
    may_close.set()
    assert closed.wait(5)  # on purpose without await
    assert await ask(upstreams) == b"{}"
    await asyncio.to_thread(server.join, 5)
    listener.close()
    assert len(seen) == 2


async def test_no_connection_is_kept_where_none_is_wanted(service, reach) -> None:
    service.answers(CHAT, reply(b"{}"))
    upstreams = await reach(idle_timeout_s=0.0)
    for _ in range(3):
        assert await ask(upstreams) == b"{}"
    assert service.connections == 3
