"""The door to translations: a client of one interface is answered by a private model that speaks another.

A translation goes through `vocabulary.conversation`, never from one interface straight to another: each interface has
one file that reads it into a conversation and writes it from one.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from ringfence.vocabulary.chat import CanonicalRequest


class Dropped(msgspec.Struct, frozen=True):
    """A member with no counterpart in the other interface, left out, and why nothing is lost by it. Recorded.

    `pointer` has `*` for indexes, as `Use.path`: a long conversation repeats its members. A header's is `/@name`.
    """

    pointer: str
    why: str


class Translated(msgspec.Struct, frozen=True):
    """A request in the other interface: `body` is JSON that its dialect reads."""

    body: bytes
    dropped: tuple[Dropped, ...] = ()


class StreamTranslator(Protocol):
    """Turns a streamed reply of the target interface, already restored, into one of the source interface."""

    def feed(self, chunk: bytes) -> bytes:
        """Bytes for the client, whole events. Raises UpstreamBroken."""

    def end(self) -> bytes:
        """The target's stream is over: what closes the client's. Nothing where it was already closed."""

    def error_event(self, message: str, code: str) -> bytes:
        """An event at which the client's library raises its error."""


class Translation(Protocol):
    """From the interface `source` to the interface `target` and back; both are names of endpoints."""

    source: str
    target: str

    def gaps(self, request: CanonicalRequest) -> tuple[str, ...]:
        """What the request needs that the target can't do, as sentences without content; empty: it can be sent."""

    def request(self, request: CanonicalRequest, body: bytes) -> Translated:
        """`body` is the request as rewritten by its own dialect, which is what is translated.

        Raises InternalError where `gaps` had something to say.
        """

    def reply(self, request: CanonicalRequest, body: bytes, model: str) -> bytes:
        """A plain reply of the target, as the source's. `model` is the name that the client sees."""

    def stream(self, request: CanonicalRequest, model: str) -> StreamTranslator:
        """For one streamed reply."""
