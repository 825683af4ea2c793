"""The texts of one streamed reply: each arrives in pieces, each with a restorer of its own."""

from __future__ import annotations

from typing import Any

from ringfence.dialects.base import MakeRestorer, Restorer
from ringfence.vocabulary.errors import UpstreamBroken

Key = tuple[str | int, ...]
"""Where a text stands in the whole reply: member names, and numbers for elements of arrays."""

MAX_CHANNELS = 4_096
"""128 choices (the most of https://platform.openai.com/docs/api-reference/chat/create#n) with 32 texts each."""

MAX_KEPT_CHARACTERS = 4_000_000
"""About a million tokens, more than any reply of a model; the rest still passes, restored."""


class Channels:
    """`make` is None where nothing is to be restored; then the texts are only kept.

    INVARIANT: for each channel, all that `feed` and `close` gave, joined, is the restoration of all that came in.
    """

    def __init__(self, make: MakeRestorer | None) -> None:
        self._make = make
        self._open: dict[Key, Restorer] = {}
        self._texts: dict[Key, list[str]] = {}
        self._wholes: list[str] = []
        self._kept = 0
        self.truncated = False

    def feed(self, key: Key, text: str, json_string: bool) -> str:
        """The next piece of one text -> what of it is certain."""
        if self._make is None:
            self._keep(key, text)
            return text
        restorer = self._open.get(key)
        if restorer is None:
            if len(self._open) >= MAX_CHANNELS:
                raise UpstreamBroken(f"The service streams over {MAX_CHANNELS} texts at once", where="stream")
            restorer = self._open[key] = self._make(json_string)
        return self._keep(key, restorer.feed(text))

    def whole(self, text: str, json_string: bool, kept: bool) -> str:
        """A text that isn't continued. `kept`: it is one of `texts()`."""
        if self._make is not None:
            restorer = self._make(json_string)
            text = restorer.feed(text) + restorer.flush()
        if kept and self._room(text):
            self._wholes.append(text)
        return text

    def passed(self, key: Key, text: str) -> None:
        """The next piece of a text that the client gets as it is."""
        self._keep(key, text)

    def close(self, prefix: Key) -> list[tuple[Key, str]]:
        """End the texts under `prefix`; what they still held, without empty ones."""
        ending = [key for key in self._open if key[: len(prefix)] == prefix]
        held = [(key, self._keep(key, self._open.pop(key).flush())) for key in ending]
        return [(key, text) for key, text in held if text]

    def texts(self) -> tuple[str, ...]:
        """The restored texts so far, one for each place, in the order of first sight; then the whole ones."""
        return (*("".join(pieces) for pieces in self._texts.values()), *self._wholes)

    def _keep(self, key: Key, text: str) -> str:
        if self._room(text):
            pieces = self._texts.get(key)
            if pieces is not None:
                pieces.append(text)
            elif len(self._texts) < MAX_CHANNELS:
                self._texts[key] = [text]
            else:
                self.truncated = True
        return text

    def _room(self, text: str) -> bool:
        self._kept += len(text)
        if self._kept > MAX_KEPT_CHARACTERS:
            self.truncated = True
        return bool(text) and not self.truncated


def nested(key: Key, text: str) -> dict[str, Any]:
    """The smallest object that holds this text at its place; an element of an array carries its `index`."""
    inner: Any = text
    for name in reversed(key):
        inner = [{"index": name, **inner}] if isinstance(name, int) else {name: inner}
    root: dict[str, Any] = inner
    return root
