"""Sends what was decided and carries the reply back, with originals restored."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from ringfence import masking
from ringfence.dialects import Dialect
from ringfence.gateway.entries import answered, by_entity
from ringfence.gateway.leaving import ClientLeft
from ringfence.gateway.plan import Plan
from ringfence.gateway.stations import Stations
from ringfence.gateway.translating import Translating
from ringfence.upstream import Reply
from ringfence.upstream.headers import notes
from ringfence.vocabulary.errors import InternalError, RingfenceError, UpstreamBroken
from ringfence.vocabulary.text import Finding

Headers = list[tuple[str, str]]

_SEARCHED = 262_144
"""Characters of a reply that are searched for its record; a longer search would hold up everybody else's requests."""


class Sink(Protocol):
    """An open reply to the client."""

    async def send(self, data: bytes) -> None:
        """Raises ClientLeft where the client is gone."""


class Port(Protocol):
    """The client's side of one request, as the exchange sees it."""

    async def plain(self, status: int, headers: Headers, body: bytes) -> None:
        """The whole reply at once. Nothing where one was begun."""

    def stream(self, status: int, headers: Headers) -> Sink:
        """The beginning of a streamed reply."""

    async def left(self) -> None:
        """Returns when the client has gone away."""


class Delivered(msgspec.Struct):
    """What is known of a reply when it ends; `body` is what a plain reply says to the client, not sent yet. `failure`
    is what broke a streamed one off, which the client was told within the stream."""

    status: int = 0
    headers: Headers = []
    body: bytes | None = None
    details: dict[str, Any] = {}
    failure: Exception | None = None


def defect() -> InternalError:
    """What a client is told where the gateway itself failed after the request was sent."""
    return InternalError("The gateway failed on the reply.", remedy="Report it with the record number.")


@dataclass(frozen=True)
class Delivery:
    """How one reply goes back. `dialect` is the service's; `translating` turns what it speaks into what the client does
    (None: the same). `whole` (None: the client asked for a plain reply) is set once the last byte that the
    client waits for was sent. `json_reply`: the answer itself is to be JSON, so originals go in escaped."""

    dialect: Dialect
    plan: Plan
    stations: Stations
    port: Port
    headers: Headers
    whole: asyncio.Event | None
    json_reply: bool
    translating: Translating | None = None

    async def run(self, reply: Reply) -> Delivered:
        """Reads the reply. A streamed one goes to the client as it comes; a plain one is returned, for its record to
        come first. Raises UpstreamError where a plain reply breaks off, ClientLeft where a streamed one has no reader.
        """
        if not 200 <= reply.status < 600:
            raise UpstreamBroken(f"The service answered with the status {reply.status}, which means nothing.")
        if 300 <= reply.status < 400:
            raise UpstreamBroken(f"The service answered with a redirect ({reply.status}), which is never followed.")
        if reply.status in (401, 403):
            raise UpstreamBroken(
                f"The service refused the gateway's own credential ({reply.status}).",
                remedy="The operator's key for this service is wrong or lacks a permission: see `ringfence doctor`.",
            )
        is_events = dict(reply.headers).get("content-type", "").startswith("text/event-stream")
        headers = [*reply.headers, *self.headers]
        if self.whole is not None and is_events:
            return await self._stream(reply, headers, self.whole)
        received = await reply.read(self.stations.max_reply_bytes)
        edited = self.dialect.edit_reply(received, _restore(self.plan), json_reply=self.json_reply)
        details = _details(edited.model, edited.usage, edited.finish, edited.texts, self.stations)
        details |= _noted(reply) | {"reply_sha256": hashlib.sha256(received).digest()}
        body = self.translating.reply(reply.status, edited) if self.translating else edited.body
        return Delivered(reply.status, headers, body, details)

    async def _stream(self, reply: Reply, headers: Headers, whole: asyncio.Event) -> Delivered:
        """INVARIANT: an error after the first byte becomes an event at which the client's library raises, never an end
        that looks complete."""
        editor = self.dialect.stream(_make_restorer(self.plan), json_reply=self.json_reply)
        if self.translating:
            editor = self.translating.stream(editor)
        digest = hashlib.sha256()
        sink = self.port.stream(reply.status, headers)
        failure: Exception | None = None
        try:
            async for chunk in reply.chunks():
                digest.update(chunk)
                out = editor.feed(chunk)
                if out:
                    await sink.send(out)
                if editor.finished:
                    whole.set()
            rest = editor.end()
            if rest:
                await sink.send(rest)
            if not editor.finished and not editor.failed:
                raise UpstreamBroken("The service closed the stream before its end.")
            if editor.failed:
                failure = UpstreamBroken("The service sent an error within the stream.")
        except ClientLeft:
            raise
        except Exception as error:
            failure = error
            told = error if isinstance(error, RingfenceError) else defect()
            await sink.send(editor.error_event(f"{told.message.rstrip('.')}. {told.remedy}", told.code))
        details = _details(editor.model, editor.usage, editor.finish, editor.texts(), self.stations)
        details |= _noted(reply) | {"reply_sha256": digest.digest()}
        details["scanned_whole"] = details["scanned_whole"] and not editor.truncated
        return Delivered(reply.status, headers, None, details, failure)


def _noted(reply: Reply) -> dict[str, Any]:
    """What the service says in headers of how it treats the data, where it says anything."""
    noted = dict(notes(reply.headers))
    return {"notes": noted} if noted else {}


def _restore(plan: Plan) -> Callable[[str, bool], str] | None:
    if not plan.masked or not plan.masked.originals:
        return None
    originals = plan.masked.originals
    return lambda text, json_string: masking.restore(text, originals, json_string=json_string)


def _make_restorer(plan: Plan) -> Callable[[bool], masking.Restorer] | None:
    if not plan.masked or not plan.masked.originals:
        return None
    originals = plan.masked.originals
    return lambda json_string: masking.Restorer(originals, json_string=json_string)


def _details(
    model: str, usage: dict[str, int], finish: tuple[str, ...], texts: tuple[str, ...], stations: Stations
) -> dict[str, Any]:
    """What the ENDED record says of a reply: counts of what patterns found in it, never the text."""
    found: list[Finding] = []
    left, rules = _SEARCHED, stations.state().rules
    for text in texts:
        found += stations.classifier.spans(text[: max(0, left)], rules, names=False)
        left -= len(text)
    said = answered(model, usage, finish, stations.classifier.spans(model, rules, names=False))
    return {**said, "reply_findings": by_entity(found), "scanned_whole": left >= 0}
