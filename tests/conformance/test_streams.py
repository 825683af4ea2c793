"""Streams that break, and clients that leave: never an end that looks complete, and always one on record."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from support import vendor
from support.place import Place
from support.vendor import Received

MAIL = "mara.lindqvist@northwind-mail.com"
ASK: dict[str, Any] = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": f"Mail {MAIL}."}],
    "stream": True,
}

BROKEN = {
    "reset": vendor.stream([vendor.event({"content": "Half"})], end=False),
    "closed before its end": vendor.stream([vendor.event({"content": "Half"})]),
    "not JSON": vendor.stream([vendor.event({"content": "Half"}), b"data: {oops\n\n", vendor.DONE]),
    "an error event": vendor.stream(
        [vendor.event({"content": "Half"}), b'data: {"error":{"message":"overloaded","code":"busy"}}\n\n']
    ),
}


def _read(stream: Any) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_stream_raises_after_what_came(name: str, scripted: Place) -> None:
    scripted.vendor.answer = BROKEN[name]
    sdk = scripted.sdk()
    seen = []
    with pytest.raises(openai.APIError) as caught:
        for chunk in sdk.sync.chat.completions.create(**ASK):
            seen.append(chunk.choices[0].delta.content)
    assert seen == ["Half"]
    assert caught.value.code == ("busy" if name == "an error event" else "ringfence_upstream_broken")
    assert scripted.wait_ended(sdk.headers["x-ringfence-record"])["outcome"] == "upstream_failed"


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_stream_raises_in_async_too(name: str, scripted: Place) -> None:
    scripted.vendor.answer = BROKEN[name]
    async with scripted.sdk().asynchronous() as client:
        with pytest.raises(openai.APIError):
            async for _ in await client.chat.completions.create(**ASK):
                pass


@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_bytes_in_pieces_of_any_size(size: int, scripted: Place) -> None:
    """The vendor's own events cut anywhere, also within a letter of several bytes and within the stand-in."""

    def answer(received: Received) -> AsyncIterator[bytes]:
        said = received.json["messages"][-1]["content"]
        whole = b"".join([vendor.event({"content": f"你好 {said}"}), vendor.event({}, "stop"), vendor.DONE])
        return vendor.stream([whole[at : at + size] for at in range(0, len(whole), size)])(received)

    scripted.vendor.answer = answer
    assert _read(scripted.sdk().sync.chat.completions.create(**ASK)) == f"你好 Mail {MAIL}."


class _Endless:
    """Streams until it is cut off, and says so."""

    def __init__(self) -> None:
        self.cut = threading.Event()

    async def __call__(self, _: Received) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        event = vendor.event({"content": "more "})
        try:
            for _number in range(2_000):
                yield f"{len(event):x}\r\n".encode() + event + b"\r\n"
                await asyncio.sleep(0.01)
        finally:
            self.cut.set()


def test_client_closing_mid_stream_cuts_the_vendor_off(scripted: Place) -> None:
    scripted.vendor.answer = endless = _Endless()
    sdk = scripted.sdk()
    stream = sdk.sync.chat.completions.create(**ASK)
    assert next(iter(stream)).choices[0].delta.content == "more "
    stream.close()
    assert scripted.wait_ended(sdk.headers["x-ringfence-record"])["outcome"] == "client_left"
    assert endless.cut.wait(5), "the vendor was left to stream to nobody"


async def test_cancelled_task_cuts_the_vendor_off(scripted: Place) -> None:
    scripted.vendor.answer = endless = _Endless()
    sdk = scripted.sdk()

    async def read() -> None:
        async with sdk.asynchronous() as client:
            async for _ in await client.chat.completions.create(**ASK):
                pass

    task = asyncio.create_task(read())
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert scripted.wait_ended(sdk.headers["x-ringfence-record"])["outcome"] == "client_left"
    assert await asyncio.to_thread(endless.cut.wait, 5)


def test_client_that_closes_after_the_last_event_had_it_all(scripted: Place) -> None:
    """The vendor keeps its connection open for a while after [DONE]: the answer counts as complete."""

    async def answer(received: Received) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        for event in (vendor.event({"content": "All."}), vendor.event({}, "stop"), vendor.DONE):
            yield f"{len(event):x}\r\n".encode() + event + b"\r\n"
        await asyncio.sleep(0.5)
        yield b"0\r\n\r\n"

    scripted.vendor.answer = answer
    sdk = scripted.sdk()
    assert _read(sdk.sync.chat.completions.create(**ASK)) == "All."
    assert scripted.wait_ended(sdk.headers["x-ringfence-record"])["outcome"] == "completed"


def test_vendor_may_stream_to_many_at_once(scripted: Place) -> None:
    """Twenty streams together: each client gets its own originals."""
    scripted.vendor.answer = vendor.echo
    sdk = scripted.sdk()

    async def one(client: Any, number: int) -> str:
        said = f"Mail user.{number}@northwind-mail.com now."
        messages = [{"role": "user", "content": said}]
        stream = await client.chat.completions.create(model="gpt-4o-mini", messages=messages, stream=True)
        got = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
        assert got == said
        return got

    async def many() -> list[str]:
        async with sdk.asynchronous() as client:
            return await asyncio.gather(*(one(client, number) for number in range(20)))

    assert len(set(asyncio.run(many()))) == 20
