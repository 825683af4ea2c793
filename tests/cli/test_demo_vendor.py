"""The demonstration vendor: it answers with what it was told, and shows what it received."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ringfence.cli.demo_vendor import KEPT, DemoVendor


@pytest.fixture
async def vendor() -> AsyncIterator[DemoVendor]:
    started = DemoVendor()
    await started.start()
    yield started
    await started.stop()


def _body(text: Any, **more: Any) -> dict[str, Any]:
    return {"model": "demo-covered", "messages": [{"role": "user", "content": text}], **more}


async def _post(vendor: DemoVendor, body: dict[str, Any]) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(f"http://127.0.0.1:{vendor.port}/v1/chat/completions", json=body)


async def test_says_what_it_received(vendor: DemoVendor) -> None:
    reply = (await _post(vendor, _body("Grüße 👋"))).json()
    assert reply["model"] == "demo-covered"
    assert reply["choices"][0]["message"]["content"] == "The demonstration vendor received: Grüße 👋"
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    said = (await _post(vendor, _body(parts))).json()["choices"][0]["message"]["content"]
    assert said.endswith("received: one two")


async def test_streams_in_small_pieces(vendor: DemoVendor) -> None:
    events = (await _post(vendor, _body("Hello there.", stream=True))).text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(event.removeprefix("data: "))["choices"][0] for event in events[:-2]]
    pieces = [chunk["delta"].get("content", "") for chunk in chunks]
    assert "".join(pieces) == "The demonstration vendor received: Hello there."
    assert max(map(len, pieces)) <= 7
    assert [chunk["finish_reason"] for chunk in chunks][-1] == "stop"


async def test_shows_the_last_requests_and_how_many_there_were(vendor: DemoVendor) -> None:
    for number in range(KEPT + 5):
        await _post(vendor, _body(f"number {number}"))
    async with httpx.AsyncClient() as client:
        seen = (await client.get(f"http://127.0.0.1:{vendor.port}/received")).json()
    assert seen["count"] == KEPT + 5
    assert [json.loads(body)["messages"][0]["content"] for body in seen["last"]] == [
        f"number {number}" for number in range(5, KEPT + 5)
    ]


@pytest.mark.parametrize("data", [b"POST / HTTP/1.1\r\ncontent-length: 1\r\n\r\n{", b"x\r\n\r\n", b"GET"])
async def test_nonsense_ends_the_connection_only(data: bytes, vendor: DemoVendor) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", vendor.port)
    writer.write(data)
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()
    assert (await _post(vendor, _body("Still here?"))).status_code == 200


async def test_listens_on_loopback_only(vendor: DemoVendor) -> None:
    assert vendor._server is not None
    assert [socket.getsockname()[0] for socket in vendor._server.sockets] == ["127.0.0.1"]
