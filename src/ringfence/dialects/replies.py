"""What every reply shares: its strings are edited in place, its model name and counts are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from ringfence.vocabulary.errors import UpstreamBroken

MAX_DEPTH = 64

Skipped = frozenset[tuple[str, str]]
"""Members that hold no text: (name of the member around it, its own name)."""

# Names reach headers and records: printable ASCII only, and longer than any published model name.
_NAME = re.compile(r"[\x21-\x7e]{1,128}")
_DECODER = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()


def decode(data: bytes, what: str) -> dict[str, Any]:
    """The object in `data`. Raises UpstreamBroken, which never holds the data."""
    try:
        tree = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        tree = None
    if type(tree) is not dict:
        raise UpstreamBroken(f"The service sent {what} that isn't a JSON object", where="reply")
    return tree


def encode(tree: Any) -> bytes:
    """JSON bytes. Numbers with a fraction keep the value of their double."""
    return _ENCODER.encode(tree)


def edit_strings(
    tree: dict[str, Any] | list[Any], name: str, edit: Callable[[str, str], str], skip: Skipped, depth: int = 0
) -> bool:
    """Replace each string below `tree` by `edit(name of its member, string)`. True if any changed.

    `name` is the member that holds `tree`. Raises UpstreamBroken below MAX_DEPTH levels.
    """
    if depth > MAX_DEPTH:
        raise UpstreamBroken(f"The service sent a reply that nests deeper than {MAX_DEPTH} levels", where="reply")
    changed = False
    # Values are replaced under keys that stay, which both kinds allow while they are walked.
    places: Any = tree
    for place, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        member = place if isinstance(place, str) else name
        if (name, member) in skip:
            continue
        if type(value) is str and value:
            new = edit(member, value)
            if new != value:
                places[place] = new
                changed = True
        elif type(value) is dict or type(value) is list:
            changed |= edit_strings(value, member, edit, skip, depth + 1)
    return changed


def token_counts(usage: Any, prefix: str = "") -> dict[str, int]:
    """The integers of a usage object, nested ones under dotted names."""
    counts: dict[str, int] = {}
    if type(usage) is dict:
        for name, value in usage.items():
            if not _NAME.fullmatch(name):
                continue
            if type(value) is int:
                counts[prefix + name] = value
            elif type(value) is dict and not prefix:
                counts.update(token_counts(value, f"{name}."))
    return counts


def show_model(tree: dict[str, Any], model: str | None) -> bool:
    """Put the name that the client sees in place of the service's, where a reply or event gives one. Changed?"""
    if model is None or "model" not in tree or tree["model"] == model:
        return False
    tree["model"] = model
    return True


def name_of(value: Any) -> str:
    """A name that the service gives (model, finish reason), or "" if it isn't fit for a header or a record."""
    return value if type(value) is str and _NAME.fullmatch(value) else ""
