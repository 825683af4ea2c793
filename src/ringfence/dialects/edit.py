"""A tree with some places changed: copied along the way, so that the tree that was read stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringfence.dialects.pointers import parts
from ringfence.vocabulary.errors import InternalError, MalformedRequest


def edited(tree: dict[str, Any], texts: Mapping[str, str], members: Mapping[str, Any]) -> dict[str, Any]:
    """A new tree. `texts` replaces strings that are there; `members` sets members, making missing parent objects.

    Keys are RFC 6901 pointers. Raises InternalError where a pointer of `texts` doesn't fit the tree: sending a request
    that only got part of its changes would send text that had to be masked. Raises MalformedRequest where one of
    `members` doesn't: the client sent something else than the object that the member belongs to.
    """
    edit = _Edit(tree)
    for pointer, text in texts.items():
        edit.set(pointer, text, new=False)
    for pointer, member in members.items():
        try:
            edit.set(pointer, member, new=True)
        except InternalError:
            parent = pointer.rpartition("/")[0]
            raise MalformedRequest(f"{parent} must be an object", where=parent) from None
    return edit.root


class _Edit:
    def __init__(self, tree: dict[str, Any]) -> None:
        self.root = dict(tree)
        # Copies made here, by id. The values keep them alive: an id is unique only as long as its object lives.
        self._own: dict[int, Any] = {id(self.root): self.root}

    def set(self, pointer: str, value: Any, *, new: bool) -> None:
        keys = parts(pointer)
        if not keys:
            raise _misfit()
        here: Any = self.root
        for key in keys[:-1]:
            place, child = _look(here, key)
            if child is None:
                child = {}
            if id(child) not in self._own:
                child = _copied(child)
                self._own[id(child)] = child
                here[place] = child
            here = child
        place, old = _look(here, keys[-1])
        if not new and type(old) is not str:
            raise _misfit()
        here[place] = value


def _look(here: Any, key: str) -> tuple[Any, Any]:
    """The key or index for this component, and what stands there (None: nothing)."""
    if type(here) is dict:
        return key, here.get(key)
    if type(here) is list and key.isdecimal() and int(key) < len(here):
        return int(key), here[int(key)]
    raise _misfit()


def _copied(value: Any) -> Any:
    if type(value) is dict or type(value) is list:
        return value.copy()
    raise _misfit()


def _misfit() -> InternalError:
    return InternalError("A rewrite names a place that the request doesn't have", where="dialects.edit")
