"""The client is gone: the service's connection is closed at once, so that it can stop working (and charging)."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from scripted_service import CHUNKED, Exchange, chunk, reply

from ringfence.vocabulary.errors import UpstreamBroken, UpstreamUnavailable

CHAT = "/chat/completions"


class Watch:
    """A script that answers with `first`, then notes when the client has closed."""

    def __init__(self, first: bytes) -> None:
        self.first = first
        self.arrived = asyncio.Event()
        self.gone_at: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def __call__(self, exchange: Exchange) -> None:
        if self.first:
            await exchange.write(self.first)
        self.arrived.set()
        if await exchange.gone(within_s=5):
            self.gone_at.set_result(time.monotonic())


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n", CHUNKED, CHUNKED + chunk(b"data: 1\n\n")])
async def test_a_cancelled_request_closes_its_connection(service, reach, first: bytes) -> None:
    watch = service.scripts["/v1" + CHAT] = Watch(first)
    upstreams = await reach()

    async def take() -> None:
        async with upstreams.send("vendor", CHAT, b"{}") as answer:
            async for _ in answer.chunks():
                pass

    task = asyncio.create_task(take())
    await asyncio.wait_for(watch.arrived.wait(), 2)
    await asyncio.sleep(0.02)
    cancelled_at = time.monotonic()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert await asyncio.wait_for(watch.gone_at, 2) - cancelled_at < 0.25


async def test_leaving_the_context_early_closes_the_connection(service, reach) -> None:
    watch = service.scripts["/v1" + CHAT] = Watch(CHUNKED + chunk(b"data: 1\n\n"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        async for _ in answer.chunks():
            break
    left_at = time.monotonic()
    assert await asyncio.wait_for(watch.gone_at, 2) - left_at < 0.25


async def test_an_error_inside_the_context_closes_the_connection(service, reach) -> None:
    watch = service.scripts["/v1" + CHAT] = Watch(CHUNKED + chunk(b"data: 1\n\n"))
    upstreams = await reach()
    with pytest.raises(ZeroDivisionError):
        async with upstreams.send("vendor", CHAT, b"{}"):
            raise ZeroDivisionError
    assert await asyncio.wait_for(watch.gone_at, 2)


async def test_cancelled_while_connecting(reach) -> None:
    """The TLS handshake is never answered."""
    gone = asyncio.get_running_loop().create_future()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        gone.set_result(True)
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    upstreams = await reach(base_url=f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    entering = asyncio.create_task(upstreams.send("vendor", CHAT, b"{}").__aenter__())
    await asyncio.sleep(0.1)
    entering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await entering
    assert await asyncio.wait_for(gone, 2)
    server.close()


async def test_a_cancelled_request_leaves_the_others_alone(service, reach) -> None:
    service.scripts["/v1" + CHAT] = Watch(b"")
    service.answers("/fine", reply(b"{}"))
    upstreams = await reach()
    doomed = asyncio.create_task(upstreams.send("vendor", CHAT, b"{}").__aenter__())
    await asyncio.sleep(0.05)

    async def fine() -> None:
        async with upstreams.send("vendor", "/fine", b"{}") as answer:
            assert await answer.read(10) == b"{}"

    tasks = [asyncio.create_task(fine()) for _ in range(10)]
    doomed.cancel()
    await asyncio.gather(*tasks)


async def test_closing_ends_what_is_under_way(service, reach) -> None:
    service.scripts["/v1" + CHAT] = Watch(CHUNKED + chunk(b"data: 1\n\n"))
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        await upstreams.close()
        with pytest.raises(UpstreamBroken):
            await answer.read(1000)
    with pytest.raises(UpstreamUnavailable, match="stopping"):
        upstreams.send("vendor", CHAT, b"{}")


async def test_a_failure_closes_the_connection_before_anybody_looks(service, reach) -> None:
    """A slow client may be the last to learn of it; the service must not go on until then."""
    watch = service.scripts["/v1" + CHAT] = Watch(CHUNKED + chunk(b"data: 1\n\n") + b"not a chunk\r\n")
    upstreams = await reach()
    async with upstreams.send("vendor", CHAT, b"{}") as answer:
        assert await asyncio.wait_for(watch.gone_at, 2)
        with pytest.raises(UpstreamBroken):
            await answer.read(1000)
