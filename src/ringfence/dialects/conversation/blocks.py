"""Events of a reply -> its blocks one after the other, as interfaces have them that number what they send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from ringfence.vocabulary.conversation import CallPiece, RefusalPiece, TextPiece

Said = TextPiece | RefusalPiece | CallPiece
Kind = Literal["text", "refusal", "call"]


class Block(msgspec.Struct, frozen=True):
    """A run of text, or one tool call; `index` counts from 0. A call's text are its arguments."""

    kind: Kind
    index: int
    id: str = ""
    name: str = ""


class Open(msgspec.Struct, frozen=True):
    block: Block


class Piece(msgspec.Struct, frozen=True):
    block: Block
    text: str


class Close(msgspec.Struct, frozen=True):
    """`text`: the whole of it."""

    block: Block
    text: str


Step = Open | Piece | Close
_Key = tuple[Kind, int]


class Blocks:
    """INVARIANT: at most one block is open, so a client that reads in order never sees two of them mixed.

    Text ends where a call begins. A call is open to the end of the reply, since only that tells that no more of it
    comes; what comes meanwhile for others waits until then.
    """

    def __init__(self, id_prefix: str = "call") -> None:
        self._open: tuple[_Key, Block] | None = None
        self._said: list[str] = []
        self._waiting: dict[_Key, tuple[str, str, list[str]]] = {}
        self._count = 0
        self.id_prefix = id_prefix
        """For calls to which the service gave no id."""

    def feed(self, piece: Said) -> Iterator[Step]:
        if isinstance(piece, CallPiece):
            yield from self._feed(("call", piece.index), piece.id, piece.name, piece.arguments)
        elif isinstance(piece, TextPiece):
            yield from self._feed(("text", 0), "", "", piece.text)
        else:
            yield from self._feed(("refusal", 0), "", "", piece.text)

    def _feed(self, key: _Key, id: str, name: str, text: str) -> Iterator[Step]:
        if self._open is not None and self._open[0] != key:
            if self._open[0][0] == "call":
                self._waiting.setdefault(key, (id, name, []))[2].append(text)
                return
            yield self._close()
        if self._open is None:
            yield self._begin(key, id, name)
        if text:
            yield self._say(text)

    def end(self) -> Iterator[Step]:
        """No more pieces."""
        if self._open is not None:
            yield self._close()
        for key, (id, name, texts) in self._waiting.items():
            yield self._begin(key, id, name)
            if text := "".join(texts):
                yield self._say(text)
            yield self._close()
        self._waiting.clear()

    def _begin(self, key: _Key, id: str, name: str) -> Open:
        kind, number = key
        if kind == "call":
            id = id or f"{self.id_prefix}_{number}"
        block = Block(kind, self._count, id, name)
        self._count += 1
        self._open, self._said = (key, block), []
        return Open(block)

    def _say(self, text: str) -> Piece:
        assert self._open is not None
        self._said.append(text)
        return Piece(self._open[1], text)

    def _close(self) -> Close:
        assert self._open is not None
        block, self._open = self._open[1], None
        return Close(block, "".join(self._said))
