"""JSON tree -> which members of the interface a request uses, as normalised paths for the terms catalogue."""

from __future__ import annotations

from typing import Any

from ringfence.dialects.pointers import shown
from ringfence.dialects.schema import Node
from ringfence.vocabulary.chat import Use
from ringfence.vocabulary.errors import MalformedRequest

_MAX_INTEGER = 99_999
_MOST = 8_192
"""Uses of one request. Each is judged for each service, while others wait: 60,000 of them would take seconds. A long
conversation of a coding agent has some hundred."""


def uses(tree: dict[str, Any], root: Node) -> tuple[Use, ...]:
    """One `Use` for each distinct path and value, in the order of first sight; each object member counts as a use.

    Paths end at free-form structures and at unknown members: `/messages/*/content`, `/store` with value `true`,
    `/tools/*/function/parameters`. Array elements are listed only where a string in them chooses (`/modalities/*`).
    `value` is `true`, `false`, `null`, an integer of up to five digits, or a string where the schema says that it
    chooses; of a URL it is `data` or `remote`. Names and strings that may be content are given as `…`.

    Raises MalformedRequest for more of them than any client has.
    """
    found: dict[tuple[str, str], Use] = {}
    _members(tree, root, (), found)
    return tuple(found.values())


# Where the walk is: the trail of the object around, and the key or index. Most places are of a kind seen before, so a
# pointer is made only for the first.
_Trail = tuple[Any, ...]


def _members(value: dict[str, Any], node: Node, trail: _Trail, found: dict[tuple[str, str], Use]) -> None:
    known = node.members
    for key, child in value.items():
        member = known.get(key)
        if member is None:
            name = shown(key)
            _add(found, f"{node.path}/{name}", "", (trail, name))
            continue
        kind = type(child)
        if member.listed is shown and kind is str and (member.path, child) in found:
            # A conversation repeats its roles and types.
            continue
        choice = _choice(child, member)
        if (member.path, choice) not in found:
            _add(found, member.path, choice, (trail, key))
        if kind is dict and not member.free:
            _members(child, member, (trail, key), found)
        elif kind is list and not member.free:
            _elements(child, member, (trail, key), found)


def _elements(value: list[Any], node: Node, trail: _Trail, found: dict[tuple[str, str], Use]) -> None:
    items = node.items
    for index, child in enumerate(value):
        if items is None:
            # An array where none belongs: a path that no catalogue lists.
            _add(found, f"{node.path}/*", "", (trail, index))
            return
        if items.listed:
            _add(found, items.path, _choice(child, items), (trail, index))
        kind = type(child)
        if kind is dict and not items.free:
            _members(child, items, (trail, index), found)
        elif kind is list and not items.free:
            _elements(child, items, (trail, index), found)


def _add(found: dict[tuple[str, str], Use], path: str, value: str, trail: _Trail) -> None:
    if (path, value) not in found:
        if len(found) >= _MOST:
            raise MalformedRequest(
                f"The request has more than {_MOST} different members and values.",
                remedy="Leave out members that the interface does not have, or send fewer items.",
            )
        found[path, value] = Use(path, value, _pointer(trail))


def _pointer(trail: _Trail) -> str:
    return f"{_pointer(trail[0])}/{trail[1]}" if trail else ""


def _choice(value: Any, node: Node) -> str:
    kind = type(value)
    if kind is str:
        return "" if node.listed is None else node.listed(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int and abs(value) <= _MAX_INTEGER:
        return str(value)
    return ""
