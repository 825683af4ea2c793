"""A scripted HTTP vendor: a real server on loopback, in a thread, that keeps what it received and answers as told."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

Answer = Callable[["Received"], AsyncIterator[bytes]]


@dataclass
class Received:
    """One request as it arrived: `at` is time.monotonic() when its last byte was read."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def plain(body: dict[str, Any] | bytes, status: int = 200, headers: str = "") -> Answer:
    """A whole reply."""

    async def answer(_: Received) -> AsyncIterator[bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n{headers}\r\n"
        yield head.encode() + data

    return answer


def stream(pieces: list[bytes], *, end: bool = True, pause_s: float = 0.0) -> Answer:
    """An event stream of raw byte pieces, each its own chunk. `end` False: the connection breaks after them."""

    async def answer(_: Received) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        for piece in pieces:
            yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
            await asyncio.sleep(pause_s)
        if end:
            yield b"0\r\n\r\n"
        else:
            raise ConnectionAbortedError

    return answer


def completion(message: dict[str, Any], model: str = "gpt-4o-mini", finish: str = "stop") -> dict[str, Any]:
    """A chat completion with one choice."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", **message}, "logprobs": None}
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [choice],
        "usage": usage,
    }


def event(delta: dict[str, Any], finish: str | None = None, model: str = "gpt-4o-mini") -> bytes:
    """One event of a streamed completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


DONE = b"data: [DONE]\n\n"


def echo(received: Received) -> AsyncIterator[bytes]:
    """Says back the last message, plain or streamed in pieces of five characters."""
    request = received.json
    content = request["messages"][-1].get("content") or ""
    text = content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
    if not request.get("stream"):
        return plain(completion({"content": text}, request["model"]))(received)
    pieces = [event({"content": text[at : at + 5]}) for at in range(0, len(text), 5)]
    return stream([event({"role": "assistant", "content": ""}), *pieces, event({}, "stop"), DONE])(received)


class ScriptedVendor:
    """Use as a context manager. `answer` may be replaced at any time; `received` is everything that arrived."""

    def __init__(self, answer: Answer = echo) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> ScriptedVendor:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                method, path, _ = head[0].split(" ")
                received = Received(method, path, headers, body)
                self.received.append(received)
                async for piece in self.answer(received):
                    writer.write(piece)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()
