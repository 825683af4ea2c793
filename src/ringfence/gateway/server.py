"""HTTP: routes, limits and the client's side of an exchange, on Granian's RSGI."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ringfence import dialects
from ringfence.dialects import Dialect
from ringfence.gateway import listing, openapi, surfaces
from ringfence.gateway.admit import Caller, admit, check_host, headers_once
from ringfence.gateway.deliver import Headers
from ringfence.gateway.exchange import JSON, exchange
from ringfence.gateway.keys import KeyStore
from ringfence.gateway.leaving import ClientLeft
from ringfence.gateway.limits import InFlight, read_body
from ringfence.gateway.speaking import Routes
from ringfence.gateway.stations import Stations
from ringfence.vocabulary.errors import (
    InternalError,
    LedgerError,
    MalformedRequest,
    MethodNotAllowed,
    RingfenceError,
    RouteNotFound,
)

log = logging.getLogger("ringfence")

_OPEN = ("/health", "/ready", "/openapi.json")
_MODELS = "/v1/models"


@dataclass(frozen=True)
class Ports:
    """What the server needs beside the stations. `ready` says what is not ready yet, or nothing."""

    keys: KeyStore
    allowed_hosts: tuple[str, ...]
    max_body_bytes: int
    read_timeout_s: float
    in_flight: InFlight
    ready: Callable[[], dict[str, Any]]


class Server:
    """The RSGI application. One authenticator and one way in for every dialect."""

    def __init__(self, stations: Stations, ports: Ports) -> None:
        self._stations, self._ports = stations, ports
        self._routes = Routes(dialects.all())
        self._openapi = openapi.document(dialects.all())

    async def __call__(self, scope: Any, protocol: Any) -> None:
        port = RsgiPort(protocol)
        try:
            await self._route(scope, protocol, port)
        except ClientLeft:
            pass
        except RingfenceError as error:
            await self._refuse(port, error, scope)
        except Exception as error:
            # The one boundary: whatever failed, the client gets an error and the log a place, never a text.
            log.error("internal error: %s", place(error))
            await self._refuse(port, InternalError("The gateway failed on this request."), scope)
        finally:
            port.close()

    async def _route(self, scope: Any, protocol: Any, port: RsgiPort) -> None:
        headers = headers_once(scope.headers.items(), scope.headers.keys())
        if scope.authority:
            headers["host"] = scope.authority  # a whole URL as target: its host counts, RFC 9112 3.2.2
        if scope.path != "/health":  # which load balancers call by an address of their own
            check_host(headers, self._ports.allowed_hosts)
        methods = self._methods(scope.path)
        if not methods:
            await self._no_route(scope, headers)
        if scope.method not in methods:
            raise MethodNotAllowed("This method is not served here.")
        if scope.path in _OPEN:
            await self._open(scope.path, port)
            return
        caller = admit(headers, self._ports.keys)
        dialect = self._routes.find(scope.method, scope.path)
        if dialect is None:
            shape = self._routes.shape(scope.path, headers)
            await port.plain(200, [JSON], self._models(scope.path, caller, shape))
            return
        if scope.query_string and scope.query_string not in dialect.queries:
            raise MalformedRequest("The query string is not read.", remedy="Send the request without one.")
        with self._ports.in_flight.one():
            body = await self._body(headers, protocol)
            own = [(name, headers[name]) for name in dialect.headers if name in headers]
            await exchange(self._stations, dialect, caller, body, port, own)

    def _methods(self, path: str) -> tuple[str, ...]:
        """The methods of a route; none where there is no such route."""
        if path in _OPEN or path == _MODELS or path.startswith(f"{_MODELS}/"):
            return ("GET", "HEAD")
        return self._routes.methods.get(path, ())

    async def _no_route(self, scope: Any, headers: dict[str, str]) -> None:
        """Raises RouteNotFound; for an admitted client that calls what a vendor has, SurfaceNotServed with why."""
        vendor = self._routes.shape(scope.path, headers).name.partition(".")[0]
        surface = surfaces.find(scope.path, vendor)
        if surface is None:
            raise RouteNotFound("There is no such route on this gateway.")
        await surfaces.refuse(self._stations, admit(headers, self._ports.keys), surface)

    async def _open(self, path: str, port: RsgiPort) -> None:
        """Routes that need no key."""
        if path == "/health":
            await port.plain(200, [JSON], b'{"status":"ok"}')
        elif path == "/ready":
            state = self._ports.ready()
            await port.plain(200 if state["ready"] else 503, [JSON], msgspec.json.encode(state))
        else:
            await port.plain(200, [JSON], self._openapi)

    def _models(self, path: str, caller: Caller, shape: Dialect) -> bytes:
        if path == _MODELS:
            return shape.models(listing.models(self._stations, caller))
        return listing.one(shape, listing.model(self._stations, caller, path.removeprefix(f"{_MODELS}/")))

    async def _body(self, headers: dict[str, str], protocol: Any) -> bytes:
        for name, plain in (("content-encoding", "identity"), ("transfer-encoding", "chunked")):
            # A compressed body may grow past any limit, and scanning reads what the client meant, not what it packed.
            if headers.get(name, plain).lower() != plain:
                raise MalformedRequest("The body is compressed.", where=name, remedy="Send plain JSON.")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise MalformedRequest(
                "The content type is not application/json.", where="content-type", remedy="Send JSON."
            )
        return await read_body(
            protocol,
            whole=protocol,
            declared=headers.get("content-length", ""),
            limit_bytes=self._ports.max_body_bytes,
            timeout_s=self._ports.read_timeout_s,
        )

    async def _refuse(self, port: RsgiPort, error: RingfenceError, scope: Any) -> None:
        dialect = self._routes.shape(scope.path, scope.headers.keys())
        status, body = dialect.error(error.http_status, error.code, error.message, error.remedy, error.where or None)
        await port.plain(status, [JSON, *extra(error, self._methods(scope.path))], body)


def extra(error: RingfenceError, methods: Sequence[str]) -> Headers:
    """Headers that an error has of its own. `methods` are those of the route."""
    if isinstance(error, LedgerError):
        # Without a record nothing may be tried again at once: the disk that failed will not have healed.
        return [("x-should-retry", "false")]
    if isinstance(error, MethodNotAllowed):
        return [("allow", ", ".join(methods))]  # RFC 9110 15.5.6
    return [("retry-after", "1")] if error.http_status == 429 else []


def place(error: BaseException) -> str:
    """Where an error was raised: its type, files and lines. INVARIANT: never its text, which may quote a request."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at " + " > ".join(
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in frames
    )


class RsgiPort:
    """One request's client, over Granian."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._begun = False
        self._sink: RsgiSink | None = None

    async def plain(self, status: int, headers: Headers, body: bytes) -> None:
        if not self._begun:
            self._begun = True
            self._protocol.response_bytes(status, headers, body)

    def stream(self, status: int, headers: Headers) -> RsgiSink:
        self._begun = True
        self._sink = RsgiSink(self._protocol.response_stream(status, headers).send_bytes)
        return self._sink

    def close(self) -> None:
        """The end of the reply."""
        if self._sink is not None:
            self._sink.close()

    async def left(self) -> None:
        await self._protocol.client_disconnect()


class RsgiSink:
    """A streamed reply over Granian."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        self._send: Callable[[bytes], Awaitable[None]] | None = send

    def close(self) -> None:
        """Granian ends the reply when nothing refers to it any more; an error that is kept refers to everything."""
        self._send = None

    async def send(self, data: bytes) -> None:
        if self._send is None:
            raise ClientLeft
        try:
            await self._send(data)
        except RuntimeError as error:  # granian.rsgi.ProtocolClosed
            raise ClientLeft from error
