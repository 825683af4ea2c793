"""The demonstration vendor: a small HTTP server on loopback that answers like a chat vendor and shows what it received.

It is started by `ringfence up`, never by a request, and keeps the last requests in memory only.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from typing import Any

KEPT = 20
_CHUNK = 7  # characters a streamed piece: small, so that surrogates are split across pieces


class DemoVendor:
    """Answers every chat with what it was told, so that a reader sees what really arrived."""

    def __init__(self) -> None:
        self.received: deque[str] = deque(maxlen=KEPT)
        self._server: asyncio.Server | None = None
        self.count = 0
        self.port = 0

    async def start(self) -> None:
        """Listens on a free port of the loopback address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stops listening."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                lines = head.split("\r\n")
                fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                body = await reader.readexactly(int(fields.get("content-length", "0")))
                if lines[0].startswith("GET /received"):
                    await self._json(writer, json.dumps({"count": self.count, "last": list(self.received)}).encode())
                    continue
                self.received.append(body.decode())
                self.count += 1
                await self._answer(writer, json.loads(body))
        writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, request: dict[str, Any]) -> None:
        text = "The demonstration vendor received: " + _last_text(request)
        if not request.get("stream"):
            choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
            await self._json(writer, json.dumps(_frame(request, "chat.completion") | {"choices": [choice]}).encode())
            return
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        pieces = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
        for number, piece in enumerate([*pieces, None]):
            delta = {"role": "assistant", "content": piece} if number == 0 else {"content": piece}
            choice = {
                "index": 0,
                "delta": {} if piece is None else delta,
                "finish_reason": "stop" if piece is None else None,
            }
            event = _frame(request, "chat.completion.chunk") | {"choices": [choice]}
            _chunk(writer, f"data: {json.dumps(event)}\n\n".encode())
            await writer.drain()
        _chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _json(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()


def _frame(request: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-demonstration", "object": kind, "created": 0, "model": request["model"]}


def _last_text(request: dict[str, Any]) -> str:
    content = request["messages"][-1].get("content")
    if isinstance(content, list):
        return " ".join(part.get("text", "") for part in content)
    return str(content)


def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
