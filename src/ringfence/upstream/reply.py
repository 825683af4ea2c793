"""One reply of a service, from its first byte to its last, read within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httptools

from ringfence.upstream.headers import passes
from ringfence.upstream.target import Target
from ringfence.vocabulary.errors import UpstreamBroken, UpstreamError, UpstreamTimeout

if TYPE_CHECKING:
    from ringfence.upstream.connection import Connection

# Bytes that may arrive without one byte of body among them: bounds headers, trailers and chunk framing.
MAX_OVERHEAD_BYTES = 65_536
# The service is told to wait while this much of its reply has not been taken yet.
HIGH_WATER_BYTES = 262_144


class Reply:
    """`status` and `headers` (lower case, allow-listed) are final once the context is entered.

    Take the body once, with `read` or with `chunks`. Both raise UpstreamBroken (reset, cut short, over the limit, not
    HTTP) or UpstreamTimeout (silent for read_timeout_s, not at its end after reply_timeout_s). Nothing that the service
    wrote is ever part of an error.
    `chunked` says that the service did not know the length beforehand, as of a stream.
    """

    __slots__ = (
        "_buffer",
        "_buffered",
        "_complete",
        "_connection",
        "_deadline_s",
        "_encoded",
        "_ends_s",
        "_error",
        "_headed",
        "_loop",
        "_overhead",
        "_parser",
        "_paused",
        "_surplus",
        "_target",
        "_timer",
        "_waiter",
        "chunked",
        "headers",
        "status",
    )

    def __init__(self, connection: Connection, target: Target, loop: asyncio.AbstractEventLoop) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self._connection = connection
        self._target = target
        self._loop = loop
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._buffer: list[bytes] = []
        self._buffered = self._overhead = 0
        self._headed = self._complete = self._surplus = self._paused = self._encoded = self.chunked = False
        self._error: UpstreamError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._deadline_s = loop.time() + target.first_byte_timeout_s
        self._ends_s = loop.time() + target.reply_timeout_s
        self._timer = loop.call_at(min(self._deadline_s, self._ends_s), self._tick)

    async def read(self, limit_bytes: int) -> bytes:
        """The whole body. Raises UpstreamBroken where it is longer than `limit_bytes`."""
        pieces: list[bytes] = []
        size = 0
        while (piece := await self._next()) is not None:
            size += len(piece)
            if size > limit_bytes:
                raise self._broken(f"sent a reply of more than {limit_bytes} bytes")
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives, in pieces of any size, never empty. What came before a failure is handed out."""
        while (piece := await self._next()) is not None:
            yield piece

    async def head(self) -> None:
        """Wait for status and headers. Raises UpstreamBroken, UpstreamTimeout."""
        while not self._headed:
            if self._error is not None:
                raise self._error
            await self._wait()
        if 300 <= self.status < 400:
            # INVARIANT: a redirect is neither followed nor handed on: the client's SDK would follow it, prompt and all.
            raise self._broken(
                f"answered with a redirect ({self.status}), which is never followed",
                remedy="Set base_url to the address that the service now has.",
            )
        if self._encoded:
            raise self._broken("sent a compressed reply, which was not asked for")

    def release(self) -> bool:
        """End the exchange. True where the connection may serve another request: the reply came whole and alone."""
        self._timer.cancel()
        self._parser = None  # breaks the cycle between parser and reply
        return self._complete and not self._surplus and self._error is None and not self._paused

    # What the connection tells.

    def feed(self, data: bytes) -> None:
        """Bytes from the service."""
        if self._parser is None or self._error is not None:
            return
        self._overhead += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if self._complete:
                self._surplus = True
            else:
                self._fail(self._broken("sent something that is not an HTTP/1.1 reply"))
        if self._overhead > MAX_OVERHEAD_BYTES and not self._complete:
            self._fail(self._broken(f"sent over {MAX_OVERHEAD_BYTES} bytes of headers or framing"))
        if self._buffered > HIGH_WATER_BYTES and not self._complete:
            self._paused = True
            self._connection.pause()
        if self._headed and not self._complete:
            self._deadline_s = self._loop.time() + self._target.read_timeout_s
            if self._timer.when() > self._deadline_s:  # it was set for the first byte
                self._timer.cancel()
                self._timer = self._loop.call_at(self._deadline_s, self._tick)
        self._wake()

    def lost(self) -> None:
        """The connection is gone."""
        if not self._complete:
            part = "in the middle of a reply" if self._headed else "without a reply"
            self._fail(self._broken(f"closed the connection {part}"))

    # What httptools calls, in this order. A 1xx reply comes first and is passed over.

    def on_message_begin(self) -> None:
        self._surplus = self._surplus or self._complete

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._headed:
            return  # a trailer, or a second reply that nobody asked for
        lowered = name.decode("latin-1").lower()
        if passes(lowered):
            self.headers.append((lowered, value.decode("latin-1")))
        elif lowered == "content-encoding" and value.strip().lower() not in (b"", b"identity"):
            self._encoded = True
        elif lowered == "transfer-encoding":
            self.chunked = True

    def on_headers_complete(self) -> None:
        if self._headed or self._parser is None:
            return
        if self._parser.get_http_version() not in ("1.0", "1.1"):
            raise ValueError("llhttp also reads HTTP/0.9 and HTTP/2.0")  # comes back to `feed` as a parser error
        status = self._parser.get_status_code()
        if status >= 200:
            self.status, self._headed = status, True
        else:
            self.headers.clear()

    def on_body(self, body: bytes) -> None:
        if not self._surplus:
            self._overhead = 0
            self._buffer.append(body)
            self._buffered += len(body)

    def on_message_complete(self) -> None:
        if self._headed and not self._complete and self._parser is not None:
            self._complete = True
            self._surplus = not self._parser.should_keep_alive()

    # Waiting.

    async def _next(self) -> bytes | None:
        while not self._buffer:
            if self._error is not None:
                raise self._error
            if self._complete:
                return None
            await self._wait()
        piece = self._buffer[0] if len(self._buffer) == 1 else b"".join(self._buffer)
        self._buffer.clear()
        self._buffered = 0
        self._resume()
        return piece

    async def _wait(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._deadline_s = self._loop.time() + self._target.read_timeout_s
            self._connection.resume()

    def _tick(self) -> None:
        """One timer per reply, set again only when it fires: cheaper than one per piece."""
        now = self._loop.time()
        if self._paused:
            self._deadline_s = now + self._target.read_timeout_s  # the service waits for us, not we for it
        if now < min(self._deadline_s, self._ends_s):
            self._timer = self._loop.call_at(min(self._deadline_s, self._ends_s), self._tick)
        elif self._complete:
            return
        elif now >= self._ends_s:
            limit_s = self._target.reply_timeout_s
            message = f"Service {self._target.service_id} had not ended its reply after {limit_s:g} s"
            self._fail(UpstreamTimeout(message, where=self._target.service_id))
        else:
            limit_s = self._target.read_timeout_s if self._headed else self._target.first_byte_timeout_s
            part = "in the middle of a reply" if self._headed else "before a reply"
            message = f"Service {self._target.service_id} was silent for {limit_s:g} s {part}"
            self._fail(UpstreamTimeout(message, where=self._target.service_id))

    def _fail(self, error: UpstreamError) -> None:
        if self._error is None:
            self._error = error
            self._connection.abort()
            self._wake()

    def _broken(self, what: str, remedy: str = "") -> UpstreamBroken:
        return UpstreamBroken(f"Service {self._target.service_id} {what}", remedy=remedy, where=self._target.service_id)
