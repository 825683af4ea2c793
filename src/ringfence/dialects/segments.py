"""JSON tree -> segments: each string, number and client-chosen object key, with who says it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from ringfence.dialects.pointers import escape
from ringfence.dialects.schema import Node
from ringfence.vocabulary.chat import Unread
from ringfence.vocabulary.text import Place, Segment

UNKNOWN_PART = "file"
"""A content part of a type that isn't known: its strings are scanned, but what they stand for isn't known."""

# The longest number of an identifier in vocabulary/entities.py is an IBAN's 34 characters.
_PLAIN_DIGITS = 40
_READABLE = ("image", "audio", "file")


class Seen(msgspec.Struct, frozen=True):
    """What the walk saw. `modalities` are sorted, and `text` is always one of them."""

    segments: tuple[Segment, ...]
    unread: tuple[Unread, ...]
    modalities: tuple[str, ...]


def see(tree: Any, root: Node, role: str = "request") -> Seen:
    """Walk the whole tree.

    INVARIANT: each string, number and object key gives a segment, except keys that the schema knows at their place
    (they are constants), inline encoded content, which is listed as unread instead, and what a vendor sealed for itself
    (`sealed.py`).
    """
    walk = _Walk()
    walk.value(tree, root, "", role)
    needed = {"text", *walk.modalities, *(part.kind for part in walk.unread if part.kind in _READABLE)}
    return Seen(tuple(walk.segments), tuple(walk.unread), tuple(sorted(needed)))


class _Walk:
    """`strict_json.MAX_DEPTH` bounds the recursion."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.unread: list[Unread] = []
        self.modalities: set[str] = set()

    def value(self, value: Any, node: Node | None, pointer: str, role: str) -> None:
        if node is not None and node.role:
            role = node.role
        kind = type(value)
        if kind is str:
            if node is not None and node.unseen is not None:
                unseen = node.unseen(value)
                if unseen.kind:
                    self.unread.append(Unread(pointer, unseen.kind))
                if not unseen.scanned:
                    return
            self.segments.append(Segment(pointer, role, value, Place.VALUE if node is None else node.place))
        elif kind is dict:
            self._members(value, node, pointer, role)
        elif kind is list:
            items = None if node is None else node.items
            for index, child in enumerate(value):
                self.value(child, items, f"{pointer}/{index}", role)
        elif kind is not bool and value is not None:
            self.segments.append(Segment(pointer, role, _number(value), Place.NUMBER))

    def _members(self, value: dict[str, Any], node: Node | None, pointer: str, role: str) -> None:
        if node is None:
            for key, child in value.items():
                self._unknown(key, child, pointer, role)
            return
        if node.speaker is not None:
            role = node.speaker(value) or role
        if node.parts:
            self._part(value, node, pointer)
        known = node.members
        for key, child in value.items():
            member = known.get(key)
            if member is None:
                self._unknown(key, child, pointer, role)
            elif type(child) is str and member.unseen is None:
                # The usual leaf, without a call: about half of all places.
                self.segments.append(Segment(f"{pointer}/{key}", member.role or role, child, member.place))
            else:
                self.value(child, member, f"{pointer}/{key}", role)

    def _unknown(self, key: str, child: Any, pointer: str, role: str) -> None:
        where = f"{pointer}/{escape(key)}"
        self.segments.append(Segment(where, role, key, Place.KEY))
        self.value(child, None, where, role)

    def _part(self, value: dict[str, Any], node: Node, pointer: str) -> None:
        kind = value.get("type")
        modality = node.parts.get(kind or "") if isinstance(kind, str | None) else None
        if modality is None:
            self.unread.append(Unread(pointer, UNKNOWN_PART))
        else:
            self.modalities.add(modality)


def _number(value: Any) -> str:
    """As written, and where notation hides the digits (4.11E+15, 411.0) also the plain digits after a space."""
    written = str(value)
    if type(value) is not Decimal or abs(value.adjusted()) > _PLAIN_DIGITS:
        return written
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    hidden = "E" in written or "." not in plain
    return f"{written} {plain}" if hidden and plain != written else written
