"""The door of the room: send the exact bytes to one service, and read its reply."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from ringfence.upstream.connection import Connection, Pool
from ringfence.upstream.headers import MESSAGES, fixed_head, lines, variable_head
from ringfence.upstream.reply import Reply
from ringfence.upstream.target import Address, Target, check
from ringfence.vocabulary.errors import ConfigurationError, UpstreamUnavailable

_PATH = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Upstreams:
    """All services that can be sent to. Lives on one event loop.

    `readiness` gives, by service id, a function that says why a service isn't ready just now, or "" (the embedded
    engine while it loads). `now` is the clock that signatures and tokens go by. Raises ConfigurationError for a target
    that must not be used at all.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        *,
        readiness: Mapping[str, Callable[[], str]] | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._targets: dict[str, tuple[Target, Address]] = {}
        for target in targets:
            if target.service_id in self._targets:
                raise ConfigurationError(f"Service {target.service_id} is configured twice", remedy="Keep one of them.")
            self._targets[target.service_id] = target, check(target)
        self._readiness = dict(readiness or {})
        self._now = now
        self._pools: dict[str, Pool] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._heads: dict[tuple[str, str], bytes] = {}

    async def open(self) -> None:
        """Bind to the running event loop. No service is connected to before the first request to it; access tokens are
        fetched from here on."""
        loop = asyncio.get_running_loop()
        self._pools = {key: Pool(target, address, loop) for key, (target, address) in self._targets.items()}
        signers = [target.signer for target, _ in self._targets.values() if target.signer is not None]
        self._keepers = [asyncio.create_task(signer.keep(self._now)) for signer in signers]

    async def close(self) -> None:
        """Close every connection. A reply still under way ends with UpstreamBroken."""
        for pool in self._pools.values():
            pool.close()
        self._pools = {}
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []
        await asyncio.sleep(0)  # lets the loop run connection_lost

    def configured(self, service_id: str) -> bool:
        """Whether the service can be sent to now."""
        return not self.why_not(service_id)

    def why_not(self, service_id: str) -> str:
        """Why the service can't be sent to, in a plain sentence, else ""."""
        found = self._targets.get(service_id)
        if found is None:
            return "no address is configured for it"
        if found[0].missing:
            return found[0].missing
        unsigned = found[0].signer.why_not(self._now()) if found[0].signer is not None else ""
        if unsigned:
            return unsigned
        ready = self._readiness.get(service_id)
        return ready() if ready is not None else ""

    def path(self, service_id: str, endpoint: str) -> str:
        """The path of one interface below a service's base URL.

        Raises UpstreamUnavailable where the service has no such interface.
        """
        found = self._targets.get(service_id)
        path = found[0].paths.get(endpoint) if found is not None else None
        if path is None:
            raise UpstreamUnavailable(f"Service {service_id} has no address for {endpoint}", where=service_id)
        return path

    def send(
        self, service_id: str, path: str, body: bytes, headers: Mapping[str, str] | Iterable[tuple[str, str]] = ()
    ) -> Exchange:
        """`async with upstreams.send(...) as reply`. `path` is joined to the base URL and is ours, never a client's.

        Of `headers`, the client's, only content-type and accept are sent on, and where `path` is that of an interface
        with headers of its own (anthropic-version, anthropic-beta) those. Leaving the context before the reply is
        complete, or being cancelled anywhere inside, closes the connection at once. Nothing is ever sent twice.

        Entering raises UpstreamUnavailable only where no byte of the request left; UpstreamTimeout and UpstreamBroken
        mean that it may have been read.
        """
        why = self.why_not(service_id)
        if why:
            raise UpstreamUnavailable(f"Service {service_id} can't be used: {why}", where=service_id)
        pool = self._pools.get(service_id)
        if pool is None:
            raise UpstreamUnavailable(f"Service {service_id} can't be used: the gateway is stopping", where=service_id)
        target, address = self._targets[service_id]
        head = self._heads.get((service_id, path))
        if head is None:
            if not _PATH.fullmatch(path):
                raise ConfigurationError(f"Service {service_id}: {path!r} is not a path of an API", where=service_id)
            head = self._heads[service_id, path] = fixed_head(target, address, path)
        if target.signer is not None:
            host, whole = address.authority, address.path + path
            head += lines(target.signer.headers("POST", host, whole, body, self._now()))
        own = path in [target.paths.get(endpoint) for endpoint in MESSAGES]
        return Exchange(pool, target, head + variable_head(headers, len(body), messages=own), body)


class Exchange:
    """One request and its reply."""

    __slots__ = ("_body", "_connection", "_head", "_pool", "_target")

    def __init__(self, pool: Pool, target: Target, head: bytes, body: bytes) -> None:
        self._pool = pool
        self._target = target
        self._head = head
        self._body = body
        self._connection: Connection | None = None

    async def __aenter__(self) -> Reply:
        connection = self._connection = await self._pool.acquire()
        # Between here and `begin` nothing awaits: a connection that `acquire` found open is still open.
        reply = connection.begin(self._head, self._body, self._target, asyncio.get_running_loop())
        try:
            await reply.head()
        except BaseException:  # also a cancellation
            connection.end()
            raise
        return reply

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.end()
