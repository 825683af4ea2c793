"""One HTTP/1.1 connection, and the unused ones kept for the next request to the same target.

Why not an HTTP client library: docs/explanation/private-model.md, "The client". httptools (llhttp) does the parsing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import select
import socket
import ssl
from typing import cast

from ringfence.upstream.reply import Reply
from ringfence.upstream.target import Address, Target, tls_context
from ringfence.vocabulary.errors import UpstreamUnavailable

MAX_IDLE = 128
# Probes on a silent connection, well below the 350 s after which an AWS NAT gateway forgets it:
# https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
KEEPALIVE_S = 60
# How long a connection is left alone after a stream before it serves again. Servers built on cpp-httplib, such as
# llama.cpp's, close it right behind a stream's last byte although their headers say they would keep it: the stream's
# provider returns false after sink.done() (tools/server/server-http.cpp), which the library takes for a failure.
REST_S = 0.1


class Connection(asyncio.Protocol):
    """Serves one request at a time. Any byte that comes while none is under way closes it."""

    __slots__ = ("_pool", "_reply", "closed", "idle_since_s", "rests_until_s", "transport")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._reply: Reply | None = None
        self.closed = False
        self.idle_since_s = self.rests_until_s = 0.0
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if hasattr(socket, "TCP_KEEPIDLE"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_S)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_S)

    def data_received(self, data: bytes) -> None:
        if self._reply is None:
            self.abort()
        else:
            self._reply.feed(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.closed = True
        self._pool.forget(self)
        if self._reply is not None:
            self._reply.lost()

    def begin(self, head: bytes, body: bytes, target: Target, loop: asyncio.AbstractEventLoop) -> Reply:
        """Write one request. The bytes of `body` leave exactly as given."""
        self._reply = Reply(self, target, loop)
        self.transport.writelines((head, body))
        return self._reply

    def end(self) -> None:
        """The exchange is over: keep the connection, or close it at once, so that the service can stop working."""
        reply, self._reply = self._reply, None
        clean = reply is not None and reply.release()
        streamed = reply is not None and reply.chunked
        # A request still in our buffer means that the service answered without reading it: it can't be followed.
        if clean and not self.closed and not self.transport.is_closing() and not self.transport.get_write_buffer_size():
            self._pool.keep(self, REST_S if streamed else 0.0)
        else:
            self.abort()

    def quiet(self) -> bool:
        """Whether it is open and nothing has come since the last reply, be it an end that our loop hasn't read yet."""
        if self.closed or self.transport.is_closing():
            return False
        poll = select.poll()  # select.select() refuses descriptors over 1023
        poll.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return not poll.poll(0)

    def abort(self) -> None:
        if not self.closed:
            self.transport.abort()

    def pause(self) -> None:
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def resume(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()


class Pool:
    """The connections to one target."""

    def __init__(self, target: Target, address: Address, loop: asyncio.AbstractEventLoop) -> None:
        self._target = target
        self._address = address
        self._loop = loop
        self._tls = tls_context(target.ca_pem) if address.tls and target.unix_socket is None else None
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()

    async def acquire(self) -> Connection:
        """An open connection: of those that have rested the one used last, else a new one. Raises UpstreamUnavailable.

        INVARIANT: a request is written to one connection, once. So one that is closing must be known by now.
        """
        now_s = self._loop.time()
        for place in range(len(self._idle) - 1, -1, -1):
            connection = self._idle[place]
            if connection.rests_until_s > now_s:
                continue
            del self._idle[place]
            if connection.idle_since_s >= now_s - self._target.idle_timeout_s and connection.quiet():
                return connection
            connection.abort()
        return await self._connect()

    def keep(self, connection: Connection, rest_s: float) -> None:
        if len(self._idle) >= MAX_IDLE or not self._target.idle_timeout_s:
            connection.abort()
        else:
            connection.idle_since_s = self._loop.time()
            connection.rests_until_s = connection.idle_since_s + rest_s
            self._idle.append(connection)

    def forget(self, connection: Connection) -> None:
        self._all.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    def close(self) -> None:
        """Close every connection. A reply under way ends with UpstreamBroken."""
        for connection in tuple(self._all):
            connection.abort()
        self._idle.clear()

    async def _connect(self) -> Connection:
        limit_s = self._target.connect_timeout_s
        try:
            async with asyncio.timeout(limit_s):
                connection = await self._open()
        except TimeoutError:
            raise self._unavailable(f"no connection within {limit_s:g} s") from None
        except ssl.SSLCertVerificationError as error:
            raise self._unavailable(
                f"its TLS certificate is not valid: {error.verify_message}",
                "Check the host name in base_url, the system's CA certificates and the clock.",
            ) from None
        except ssl.SSLError as error:
            raise self._unavailable(f"TLS failed ({error.reason or 'unknown'})") from None
        except socket.gaierror:
            raise self._unavailable("its host name can't be resolved") from None
        except OSError as error:
            raise self._unavailable(_why(error)) from None
        if connection.closed or connection.transport.is_closing():
            connection.abort()
            raise self._unavailable("it closed the new connection at once")
        self._all.add(connection)
        return connection

    async def _open(self) -> Connection:
        if self._target.unix_socket is not None:
            _, connection = await self._loop.create_unix_connection(lambda: Connection(self), self._target.unix_socket)
            return connection
        host, port = self._address.host, self._address.port
        _, connection = await self._loop.create_connection(lambda: Connection(self), host, port, ssl=self._tls)
        peer = connection.transport.get_extra_info("peername")
        # INVARIANT: nothing leaves this machine unencrypted, whatever "localhost" resolves to.
        if self._address.loopback_only and not (peer and ipaddress.ip_address(peer[0].split("%")[0]).is_loopback):
            connection.abort()
            raise self._unavailable("its address for plain http is not this machine")
        return connection

    def _unavailable(self, why: str, remedy: str = "") -> UpstreamUnavailable:
        message = f"Service {self._target.service_id} can't be reached: {why}"
        return UpstreamUnavailable(message, remedy=remedy, where=self._target.service_id)


def _why(error: OSError) -> str:
    if error.errno:
        return os.strerror(error.errno).lower()
    closed = isinstance(error, ConnectionError)  # during the TLS handshake
    return "it closed the connection before it was open" if closed else "no connection to any of its addresses"
