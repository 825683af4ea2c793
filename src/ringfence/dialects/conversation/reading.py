"""What reading any interface into a conversation shares: each member is used, left out with a reason, or a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from ringfence.dialects.pointers import shown
from ringfence.dialects.translation import Dropped
from ringfence.vocabulary.conversation import Choice, Conversation, Tool

_INDEX = re.compile(r"/\d+(?=/|$)")
_DATA_IMAGE = re.compile(r"data:(image/[a-z0-9.+-]{1,40});base64,", re.ASCII | re.IGNORECASE)

MAX_GAPS = 20
"""More reasons than anybody reads; the request is refused by the first."""


class Members(NamedTuple):
    """The members of one kind of object: those that its reader uses, those left out and why that loses nothing, and
    those that the target can't do, each with the end of a sentence that its pointer begins."""

    used: frozenset[str]
    dropped: Mapping[str, str] = {}
    gaps: Mapping[str, str] = {}


class Reading(msgspec.Struct, frozen=True):
    """What one request came to. With `gaps`, `conversation` lacks what they are about and must not be sent."""

    conversation: Conversation
    gaps: tuple[str, ...]
    dropped: tuple[Dropped, ...]


class Notes:
    """Collects the gaps and the dropped members of one request.

    INVARIANT: nothing that a client chose stands in a sentence or pointer unless `shown` lets it.
    """

    def __init__(self) -> None:
        self._gaps: dict[tuple[str, str], str] = {}
        self._dropped: dict[str, str] = {}

    @property
    def gaps(self) -> tuple[str, ...]:
        return tuple(self._gaps.values())

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        return tuple(Dropped(path, why) for path, why in self._dropped.items())

    def gap(self, pointer: str, why: str) -> None:
        """`why` goes on where the pointer begins: "/input/3 is a file." The first of each kind is kept."""
        if len(self._gaps) < MAX_GAPS:
            self._gaps.setdefault((_INDEX.sub("/*", pointer), why), f"{pointer} {why}.")

    def drop(self, pointer: str, why: str) -> None:
        self._dropped.setdefault(_INDEX.sub("/*", pointer), why)

    def members(self, value: dict[str, Any], pointer: str, known: Members) -> None:
        """Every member is used, dropped or a gap. One that is null, false or empty asks for nothing."""
        for name, member in value.items():
            if name in known.used or member is None:
                continue
            if name in known.dropped:
                self.drop(f"{pointer}/{name}", known.dropped[name])
            elif name not in known.gaps:
                self.gap(f"{pointer}/{shown(name)}", "is a member that isn't known here")
            elif member not in (False, "", [], {}):
                self.gap(f"{pointer}/{name}", known.gaps[name])

    def string(self, value: Any, pointer: str) -> str:
        if isinstance(value, str):
            return value
        self.gap(pointer, "isn't a string")
        return ""

    def objects(self, value: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(pointer, element) of an array of objects; null is an empty one."""
        if not isinstance(value, list | None):
            self.gap(pointer, "isn't an array")
            return
        for index, element in enumerate(value or ()):
            if isinstance(element, dict):
                yield f"{pointer}/{index}", element
            else:
                self.gap(f"{pointer}/{index}", "isn't an object")

    def strings(self, value: Any, pointer: str) -> tuple[str, ...]:
        if not isinstance(value, list | None):
            self.gap(pointer, "isn't an array")
            return ()
        return tuple(self.string(element, f"{pointer}/{index}") for index, element in enumerate(value or ()))

    def an_object(self, value: Any, pointer: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.gap(pointer, "isn't an object")
        return {}

    def schema(self, value: Any, pointer: str) -> dict[str, object]:
        """A function without parameters may leave its schema out."""
        return {"type": "object", "properties": {}} if value is None else self.an_object(value, pointer)


def chosen(notes: Notes, tools: tuple[Tool, ...], choice: Choice | None) -> Choice | None:
    """`tool_choice`, where there is something to choose from: servers refuse it without."""
    if choice is None:
        return None
    if choice.mode == "named" and all(tool.name != choice.name for tool in tools):
        notes.gap("/tool_choice", "names a tool that isn't among the tools")
    elif not tools and choice.mode == "required":
        notes.gap("/tool_choice", "asks for a call, and there are no tools")
    elif not tools:
        notes.drop("/tool_choice", "says how to use tools, and there are none")
        return None
    return choice


def kind(value: Any) -> str:
    """An object's `type` for a sentence."""
    named = value.get("type")
    return shown(named) if isinstance(named, str) else "not named"


def data_image(url: str) -> tuple[str, str] | None:
    """(media type, Base64) of a `data:` URL (RFC 2397) of an image; None for any other URL."""
    found = _DATA_IMAGE.match(url)
    return (found[1].lower(), url[found.end() :]) if found else None
