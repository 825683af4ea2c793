"""Chat Completions as a target: its replies, plain or streamed, -> events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ringfence.dialects import sse
from ringfence.dialects.channels import MAX_CHANNELS, MAX_KEPT_CHARACTERS
from ringfence.dialects.replies import decode, encode
from ringfence.vocabulary.conversation import (
    Begun,
    CallPiece,
    Ended,
    Event,
    Failed,
    Finish,
    RefusalPiece,
    TextPiece,
    Usage,
)
from ringfence.vocabulary.errors import UpstreamBroken

# https://platform.openai.com/docs/api-reference/chat/object, choices.finish_reason. What a private server says beyond
# that is an end like any other.
_FINISH: dict[str, Finish] = {"length": "length", "content_filter": "refused"}


def plain_events(body: bytes) -> Iterator[Event]:
    """The events of a plain reply. Raises UpstreamBroken."""
    tree = decode(body, "a reply")
    if tree.get("error"):
        raise _broken("an error in place of a reply")
    decoder = ChatEvents()
    choices = tree.get("choices")
    if not isinstance(choices, list) or not choices:
        raise _broken("a reply without an answer")
    for choice in choices:
        if isinstance(choice, dict):
            choice["delta"] = choice.pop("message", None)
    yield from decoder.tree(tree)
    yield from decoder.done()


class _Call(msgspec.Struct):
    """One tool call so far. Until its name is known nothing of it is told."""

    index: int
    id: str = ""
    name: str = ""
    held: str = ""
    told: bool = False


class ChatEvents:
    """https://platform.openai.com/docs/api-reference/chat-streaming

    The first choice only, since one answer is all that is ever asked for. What a reasoning model thinks aloud
    (`reasoning_content`) is left out: as a thinking block it would carry a signature that no vendor gave, and the
    vendor would refuse the conversation later.
    """

    def __init__(self) -> None:
        self._sse = sse.Decoder()
        self._begun = False
        self._calls: list[_Call] = []
        self._places: dict[int, _Call] = {}
        self._finish = ""
        self._usage: Usage | None = None
        self._characters = 0
        self.ended = False

    def feed(self, chunk: bytes) -> Iterator[Event | None]:
        """None for an event without data, which keeps a connection alive. Raises UpstreamBroken."""
        for event in self._sse.feed(chunk):
            if not event.data:
                yield None
            elif event.data.startswith(b"[DONE]"):
                yield from self.done()
            else:
                yield from self.tree(decode(event.data, "an event"))

    def close(self) -> Iterator[Event]:
        """The stream is over, with or without [DONE]: some servers leave it out after the reason of the end."""
        if self._finish:
            yield from self.done()

    def done(self) -> Iterator[Event]:
        """The counts may come behind the reason of the end, so both are told here."""
        if self.ended:
            return
        if not self._begun:
            raise _broken("a reply without an answer")
        self.ended = True
        if any(not call.told for call in self._calls):
            raise _broken("a tool call without a name")
        if self._usage is not None:
            yield self._usage
        finish = _FINISH.get(self._finish)
        yield Ended(finish or ("tool_calls" if self._calls else "stop"))

    def tree(self, tree: dict[str, Any]) -> Iterator[Event]:
        """The object of one event."""
        if self.ended:
            return
        if tree.get("error"):
            self.ended = True
            yield Failed(_message(tree["error"]))
            return
        if not self._begun:
            self._begun = True
            created = tree.get("created")
            yield Begun(_string(tree.get("id")), created if type(created) is int else 0)
        self._usage = _usage(tree.get("usage")) or self._usage
        choices = tree.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict) and choice.get("index") in (0, None):
                yield from self._choice(choice)

    def _choice(self, choice: dict[str, Any]) -> Iterator[Event]:
        delta = choice.get("delta")
        if isinstance(delta, dict):
            for member, piece in (("content", TextPiece), ("refusal", RefusalPiece)):
                text = delta.get(member)
                if not isinstance(text, str | None):
                    raise _broken("an answer that isn't text")
                if text:
                    self._count(text)
                    yield piece(text)
            calls = delta.get("tool_calls")
            for place, call in enumerate(calls if isinstance(calls, list) else ()):
                if isinstance(call, dict):
                    yield from self._piece(call, place)
        self._finish = _string(choice.get("finish_reason")) or self._finish

    def _piece(self, piece: dict[str, Any], place: int) -> Iterator[Event]:
        function = piece.get("function")
        function = function if isinstance(function, dict) else {}
        call = self._call(piece, place)
        call.name = call.name or _string(function.get("name"))
        arguments = function.get("arguments")
        if isinstance(arguments, dict):
            arguments = encode(arguments).decode()  # some servers send the object itself
        call.held += _string(arguments)
        self._count(_string(arguments))
        if call.name and (call.held or not call.told):
            first = not call.told
            call.told, text, call.held = True, call.held, ""
            yield CallPiece(call.index, text, call.id if first else "", call.name if first else "")

    def _call(self, piece: dict[str, Any], place: int) -> _Call:
        """The call that a piece belongs to. Some servers give each call the index 0 and only an id of its own."""
        index = piece.get("index")
        index = index if type(index) is int else place
        id = _string(piece.get("id"))
        call = self._places.get(index)
        if call is None or (id and call.id and id != call.id):
            if len(self._calls) >= MAX_CHANNELS:
                raise _broken(f"over {MAX_CHANNELS} tool calls")
            call = self._places[index] = _Call(len(self._calls))
            self._calls.append(call)
        call.id = call.id or id
        return call

    def _count(self, text: str) -> None:
        # Calls are held until the one before is whole, and some interfaces repeat the whole reply at its end.
        self._characters += len(text)
        if self._characters > MAX_KEPT_CHARACTERS:
            raise _broken(f"a reply of over {MAX_KEPT_CHARACTERS} characters")


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details")
    cached = _number(details.get("cached_tokens")) if isinstance(details, dict) else 0
    input = _number(usage.get("prompt_tokens"))
    return Usage(input, _number(usage.get("completion_tokens")), min(cached, input))


def _message(error: Any) -> str:
    """Most servers send an object with a message, some the message itself."""
    told = error.get("message") if isinstance(error, dict) else error
    return _string(told) or "The private model's service failed"


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if type(value) is int and value >= 0 else 0


def _broken(what: str) -> UpstreamBroken:
    return UpstreamBroken(f"The service of the private model sent {what}", where="reply")
