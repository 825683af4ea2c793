"""What an SDK's types document: each member of a request, and the values that it may choose from."""

from __future__ import annotations

import types
import typing
from typing import Any

from typing_extensions import is_typeddict


def sdk_members(*kinds: Any) -> dict[str, set[str]]:
    """Normalised path -> the literal values documented there. Paths end at a client's own structures."""
    found: dict[str, set[str]] = {}
    for kind in kinds:
        _members(kind, "", found)
    found.pop("")
    return found


def _members(kind: Any, path: str, found: dict[str, set[str]]) -> None:
    values = found.setdefault(path, set())
    origin, options = typing.get_origin(kind), typing.get_args(kind)
    if is_typeddict(kind):
        for name, member in typing.get_type_hints(kind).items():
            _members(member, f"{path}/{name}", found)
    elif origin is typing.Literal:
        values.update(str(value).lower() if isinstance(value, bool) else str(value) for value in options)
    elif origin in (typing.Union, types.UnionType):
        for option in options:
            _members(option, path, found)
    elif kind is bool:
        values.update(("true", "false"))
    elif kind is type(None):
        values.add("null")
    elif origin not in (None, dict):
        _members(options[0], f"{path}/*", found)
