"""The same door over a Unix socket, which the embedded engine listens on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from scripted_service import CHUNKED, Exchange, ScriptedService, chunk, reply

from ringfence.upstream import Target, Upstreams
from ringfence.vocabulary.errors import UpstreamBroken, UpstreamTimeout, UpstreamUnavailable

CHAT = "/chat/completions"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[ScriptedService]:
    async with ScriptedService(unix=str(tmp_path / "e.sock")) as running:
        yield running


@pytest.fixture
async def upstreams(tmp_path: Path) -> AsyncIterator[Upstreams]:
    target = Target(
        service_id="private",
        base_url="http://localhost/v1",
        unix_socket=str(tmp_path / "e.sock"),
        first_byte_timeout_s=0.2,
        read_timeout_s=0.2,
    )
    opened = Upstreams([target])
    await opened.open()
    yield opened
    await opened.close()


async def test_it_is_the_same_door(engine: ScriptedService, upstreams: Upstreams) -> None:
    engine.answers(CHAT, reply(b"{}", "x-request-id: 1"))
    for _ in range(2):
        async with upstreams.send("private", CHAT, b"body", {"authorization": "Bearer client"}) as answer:
            assert (answer.status, await answer.read(10)) == (200, b"{}")
            assert ("x-request-id", "1") in answer.headers
    assert engine.connections == 1
    assert engine.seen[0].body == b"body"
    assert engine.seen[0].headers["host"] == "localhost"
    assert "authorization" not in engine.seen[0].headers


async def test_an_engine_that_is_not_there(upstreams: Upstreams) -> None:
    with pytest.raises(UpstreamUnavailable, match="no such file"):
        async with upstreams.send("private", CHAT, b"{}"):
            pass


async def test_an_engine_that_dies_in_mid_stream(engine: ScriptedService, upstreams: Upstreams) -> None:
    @engine.runs(CHAT)
    async def die(exchange: Exchange) -> None:
        await exchange.write(CHUNKED + chunk(b"data: 1\n\n"))
        exchange.writer.transport.abort()

    with pytest.raises(UpstreamBroken, match="in the middle"):
        async with upstreams.send("private", CHAT, b"{}") as answer:
            await answer.read(1000)


async def test_an_engine_that_hangs(engine: ScriptedService, upstreams: Upstreams) -> None:
    @engine.runs(CHAT)
    async def hang(exchange: Exchange) -> None:
        await exchange.gone()

    with pytest.raises(UpstreamTimeout):
        async with upstreams.send("private", CHAT, b"{}"):
            pass


async def test_a_client_that_leaves(engine: ScriptedService, upstreams: Upstreams) -> None:
    gone = asyncio.get_running_loop().create_future()

    @engine.runs(CHAT)
    async def watch(exchange: Exchange) -> None:
        gone.set_result(await exchange.gone())

    entering = asyncio.create_task(upstreams.send("private", CHAT, b"{}").__aenter__())
    await asyncio.sleep(0.05)
    entering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await entering
    assert await asyncio.wait_for(gone, 2)
