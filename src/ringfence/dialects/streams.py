"""What every streamed interface shares: events in, edited events out, and nothing held back is lost on any way out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

from ringfence.dialects.base import MakeRestorer
from ringfence.dialects.channels import Channels
from ringfence.dialects.replies import decode, encode
from ringfence.dialects.sse import Decoder, Event, encoded
from ringfence.vocabulary.errors import UpstreamBroken

_DONE = b"[DONE]"


class EventEditor(ABC):
    """A `StreamEditor`; a dialect says how it edits one event. See `base.StreamEditor` for the methods."""

    def __init__(self, make_restorer: MakeRestorer | None, model: str | None) -> None:
        self._channels = Channels(make_restorer)
        self._shown_model = model
        self._decoder = Decoder()
        self._ready = b""
        self.finished = False
        self.failed = False
        self.model = ""
        self.usage: dict[str, int] = {}

    @property
    def truncated(self) -> bool:
        return self._channels.truncated

    def texts(self) -> tuple[str, ...]:
        return self._channels.texts()

    def feed(self, chunk: bytes) -> bytes:
        out: list[bytes] = []
        try:
            for event in self._decoder.feed(chunk):
                self._event(event, out)
        except UpstreamBroken:
            # The events before the broken one belong to the client: `error_event` gives them out first.
            self._ready = b"".join(out)
            raise
        return b"".join(out)

    def end(self) -> bytes:
        out, self._ready = [self._ready], b""
        rest = self._decoder.rest()
        if rest is not None:
            # Broken: cut off within an event. `finished` tells it, for the service never said that this is all.
            with suppress(UpstreamBroken):
                blank_line = b"\n\n" if rest.raw.strip() else b""
                self._event(Event(rest.raw + blank_line, rest.data, rest.head), out)
        out += self._held()
        return b"".join(out)

    def error_event(self, message: str, code: str) -> bytes:
        return self.end() + self._error(message, code)

    def _event(self, event: Event, out: list[bytes]) -> None:
        if not event.data:
            out.append(event.raw)
        elif event.data.startswith(_DONE):
            self.finished = True
            out += self._held()
            out.append(event.raw)
        else:
            tree = decode(event.data, "an event")
            before, changed = self._edit(tree)
            out += [self._bytes(earlier) for earlier in before]
            out.append(encoded(encode(tree), event.head) if changed else event.raw)

    def _bytes(self, event: dict[str, Any]) -> bytes:
        """An event of our own. A dialect whose events have names overrides it."""
        return encoded(encode(event))

    @abstractmethod
    def _edit(self, tree: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
        """Edit an event in place. Returns events to send before it, and whether it changed."""

    @abstractmethod
    def _held(self) -> list[bytes]:
        """End every text: events with what was held back."""

    @abstractmethod
    def _error(self, message: str, code: str) -> bytes:
        """An event at which the client's library raises its error."""
