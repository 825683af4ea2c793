"""Translations made of two halves: what reads and answers one interface, and what asks and hears another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from ringfence.dialects import strict_json
from ringfence.dialects.conversation import messages, responses
from ringfence.dialects.conversation.chat import request_body
from ringfence.dialects.conversation.chat_reply import ChatEvents, plain_events
from ringfence.dialects.conversation.messages_reply import MessagesReply
from ringfence.dialects.conversation.reading import Reading
from ringfence.dialects.conversation.responses_reply import ResponsesReply
from ringfence.dialects.translation import StreamTranslator, Translated, Translation
from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.conversation import Conversation, Ended, Event, Failed
from ringfence.vocabulary.errors import InternalError, UpstreamBroken


class Writer(Protocol):
    """One reply in the client's interface."""

    def write(self, event: Event) -> bytes:
        """Bytes of a stream. Raises UpstreamBroken."""

    def whole(self) -> bytes:
        """The plain reply, after all events."""

    def failed(self, message: str, code: str) -> bytes:
        """An event at which the client's library raises its error."""

    def alive(self) -> bytes:
        """An event that says nothing."""


class Hearer(Protocol):
    """One streamed reply of the private model. None stands for an event that says nothing."""

    def feed(self, chunk: bytes) -> Iterator[Event | None]: ...

    def close(self) -> Iterator[Event]: ...


class Source(msgspec.Struct, frozen=True):
    """An interface that clients speak."""

    read: Callable[[dict[str, Any], Sequence[tuple[str, str]]], Reading]
    writer: Callable[[Mapping[str, Any], str], Writer]


class Target(msgspec.Struct, frozen=True):
    """An interface that private models speak."""

    body: Callable[[Conversation], bytes]
    plain: Callable[[bytes], Iterator[Event]]
    hearer: Callable[[], Hearer]


SOURCES = {
    "messages": Source(messages.read, MessagesReply),
    "responses": Source(responses.read, ResponsesReply),
}
TARGETS = {"chat_completions": Target(request_body, plain_events, ChatEvents)}


class Pair:
    """See `translation.Translation` for the methods."""

    def __init__(self, source: str, target: str) -> None:
        self.source, self.target = source, target
        self._source, self._target = SOURCES[source], TARGETS[target]

    def gaps(self, request: CanonicalRequest) -> tuple[str, ...]:
        return self._source.read(request.tree, request.headers).gaps

    def request(self, request: CanonicalRequest, body: bytes) -> Translated:
        read = self._source.read(strict_json.decode(body), request.headers)
        if read.gaps:
            # INVARIANT: nothing with a gap is ever sent, since what it is about isn't in the conversation.
            raise InternalError("A request was to be translated that can't be", where="dialects.translations")
        return Translated(self._target.body(read.conversation), read.dropped)

    def reply(self, request: CanonicalRequest, body: bytes, model: str) -> bytes:
        writer = self._source.writer(request.tree, model)
        for event in self._target.plain(body):
            writer.write(event)
        return writer.whole()

    def stream(self, request: CanonicalRequest, model: str) -> StreamTranslator:
        return _Stream(self._source.writer(request.tree, model), self._target.hearer())


class _Stream:
    """See `translation.StreamTranslator`. After an end or an error event there is nothing more, whatever is asked; and
    after UpstreamBroken nothing but the error event."""

    def __init__(self, writer: Writer, hearer: Hearer) -> None:
        self._writer = writer
        self._hearer = hearer
        self._ready = b""
        self._broken = False
        self._closed = False

    def feed(self, chunk: bytes) -> bytes:
        return self._written(self._hearer.feed(chunk))

    def end(self) -> bytes:
        out = self._written(self._hearer.close())
        if self._closed:
            return out
        return out + self.error_event("The private model's reply broke off", UpstreamBroken.code)

    def error_event(self, message: str, code: str) -> bytes:
        if self._closed:
            return b""
        self._closed = True
        out, self._ready = self._ready, b""
        return out + self._writer.failed(message, code)

    def _written(self, events: Iterator[Event | None]) -> bytes:
        out: list[bytes] = []
        if self._closed or self._broken:
            return b""
        try:
            for event in events:
                if self._closed:
                    break
                out.append(self._writer.alive() if event is None else self._writer.write(event))
                self._closed = isinstance(event, Ended | Failed)
        except UpstreamBroken:
            # What came before the broken event belongs to the client: `error_event` gives it out first.
            self._ready, self._broken = b"".join(out), True
            raise
        return b"".join(out)


_PAIRS: dict[tuple[str, str], Translation] = {
    (source, target): Pair(source, target) for source in SOURCES for target in TARGETS
}


def translation(source: str, target: str) -> Translation | None:
    """From one endpoint's interface to another's and back; None where nobody wrote it."""
    return _PAIRS.get((source, target))
