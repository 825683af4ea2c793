"""The members that a dialect knows, as data: one description, read by the walks for segments and for uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from ringfence.dialects.pointers import shown
from ringfence.vocabulary.text import Place


class Unseen(NamedTuple):
    """What a string refers to without being it: `kind` as in `vocabulary.chat.Unread`, or "" for nothing that could be
    read anywhere; `scanned`: it is also text."""

    kind: str
    scanned: bool


class Shape(msgspec.Struct, frozen=True):
    """What may stand at one place.

    `members`: known members, if an object stands here. `items`: each element, if an array does.
    `free`: a client's own structure, where every key is text. `listed`: a string here chooses between behaviours, and
    this says which, without content.
    `role`: who speaks from here on down ("": as above). `speaker`: who speaks, read from the object itself ("": as
    above). `place`: that of a string here.
    `parts`: known values of the object's `type` ("": it has none), each with the modality needed to read it. `unseen`:
    what a string here stands for.
    """

    members: Mapping[str, Shape] = {}
    items: Shape | None = None
    free: bool = False
    listed: Callable[[str], str] | None = None
    role: str = ""
    speaker: Callable[[dict[str, Any]], str] | None = None
    parts: Mapping[str, str] = {}
    unseen: Callable[[str], Unseen] | None = None
    place: Place = Place.VALUE


class Node(msgspec.Struct, frozen=True):
    """A `Shape` at its place: `path` is the pointer with `*` for each array index."""

    path: str
    members: dict[str, Node]
    items: Node | None
    free: bool
    listed: Callable[[str], str] | None
    role: str
    speaker: Callable[[dict[str, Any]], str] | None
    parts: Mapping[str, str]
    unseen: Callable[[str], Unseen] | None
    place: Place


def carrier(url: str) -> str:
    """Whether a URL carries its content (`data`) or says where the service would fetch it (`remote`)."""
    return "data" if url[:5].lower() == "data:" else "remote"


TEXT = Shape()
CHOICE = Shape(listed=shown)
FREE = Shape(free=True)


def obj(members: Mapping[str, Shape], role: str = "") -> Shape:
    """An object with these known members."""
    return Shape(members=members, role=role)


def each(items: Shape, role: str = "") -> Shape:
    """An array of these."""
    return Shape(items=items, role=role)


def compiled(shape: Shape, path: str = "") -> Node:
    """The shape with the normalised path of each place worked out once."""
    return Node(
        path=path,
        members={name: compiled(member, f"{path}/{name}") for name, member in shape.members.items()},
        items=None if shape.items is None else compiled(shape.items, f"{path}/*"),
        free=shape.free,
        listed=shape.listed,
        role=shape.role,
        speaker=shape.speaker,
        parts=shape.parts,
        unseen=shape.unseen,
        place=shape.place,
    )


# RFC 4648 section 4, with the header of a `data:` URL or without.
_BASE64 = re.compile(r"(?:data:[\w.+;=/-]{0,256},)?[A-Za-z0-9+/\r\n]*={0,2}\s?", re.ASCII)


def inline(kind: str) -> Callable[[str], Unseen]:
    """The string is the encoded content itself, so scanning it as text would tell nothing; unless it is text."""
    return lambda text: Unseen(kind, scanned=not _BASE64.fullmatch(text))


def reference(kind: str) -> Callable[[str], Unseen]:
    """The string names content that lies elsewhere. The name is scanned, the content isn't."""
    return lambda _text: Unseen(kind, scanned=True)


def by_url(text: str) -> Unseen:
    """A URL of content: a `data:` URL (RFC 2397) carries it, any other points elsewhere.

    A `data:` URL that isn't base64 is readable, so it's scanned as well.
    """
    if carrier(text) == "remote":
        return Unseen("remote file", scanned=True)
    header, comma, _ = text[5:261].partition(",")
    media, *parameters = header.lower().split(";")
    kind = media.partition("/")[0]
    encoded = bool(comma) and "base64" in (parameter.strip() for parameter in parameters)
    scanned = not encoded or not _BASE64.fullmatch(text)
    return Unseen(kind if kind in ("image", "audio") else "file", scanned=scanned)
