"""A model service made of a raw socket: each path answers with bytes written out in a test, right or wrong."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Self

Script = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request as it came, and the connection to answer on."""

    def __init__(self, connection: int, head: bytes, body: bytes, reader: asyncio.StreamReader, writer) -> None:
        self.connection = connection
        self.head = head
        self.body = body
        self.reader = reader
        self.writer: asyncio.StreamWriter = writer
        self.path = head.split(b" ")[1].decode()

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self, within_s: float = 2.0) -> bool:
        """Whether the client closes the connection within this time."""
        try:
            return await asyncio.wait_for(self.reader.read(1), within_s) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False


class ScriptedService:
    """`scripts[path]` answers; every request is kept in `seen`. A script that returns keeps the connection open."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, unix: str | None = None, host: str = "127.0.0.1") -> None:
        self.scripts: dict[str, Script] = {}
        self.seen: list[Exchange] = []
        self.connections = 0
        self._tls = tls
        self._unix = unix
        self._host = host
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        if self._unix is not None:
            self._server = await asyncio.start_unix_server(self._serve, self._unix)
        else:
            self._server = await asyncio.start_server(self._serve, self._host, 0, ssl=self._tls)
            self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def answers(self, path: str, *pieces: bytes) -> None:
        """Answer this path with these bytes, written one after another."""

        async def script(exchange: Exchange) -> None:
            for piece in pieces:
                await exchange.write(piece)

        self.scripts["/v1" + path] = script

    def runs(self, path: str) -> Callable[[Script], Script]:
        """Answer this path with a coroutine."""

        def keep(script: Script) -> Script:
            self.scripts["/v1" + path] = script
            return script

        return keep

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        connection = self.connections
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                exchange = Exchange(connection, head, b"", reader, writer)
                exchange.body = await reader.readexactly(int(exchange.headers.get("content-length", 0)))
                self.seen.append(exchange)
                await self.scripts[exchange.path](exchange)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()


def reply(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A plain reply with its length."""
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
