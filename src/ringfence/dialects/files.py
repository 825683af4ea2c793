"""The files that a request carries, out of its parts that can't be read as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ringfence.dialects.pointers import parts
from ringfence.vocabulary.chat import FilePart, Unread


def carried(tree: dict[str, Any], unread: Iterable[Unread], name_member: str) -> Iterator[FilePart]:
    """Each unread part of kind `file` or `image` whose content is in the request, as Base64 or as a `data:` URL (RFC
    2397).

    `name_member` is the member beside the content that holds the file's name.
    """
    for part in unread:
        if part.kind not in ("file", "image"):
            continue
        around, value = _found(tree, part.pointer)
        if not isinstance(value, str):
            continue  # a part of a type that isn't known: what of it would be the content?
        name = around.get(name_member) if isinstance(around, dict) else None
        yield _file(part.pointer, value, name if isinstance(name, str) else "")


def _file(pointer: str, value: str, name: str) -> FilePart:
    if value[:5].lower() != "data:":
        return FilePart(pointer, value, name=name)
    header, _, content = value[5:].partition(",")
    media_type, *parameters = (each.strip() for each in header.lower().split(";"))
    return FilePart(pointer, content, "base64" in parameters, name, media_type)


def _found(tree: Any, pointer: str) -> tuple[Any, Any]:
    """The object or array around a place, and what stands there."""
    around, value = None, tree
    for key in parts(pointer):
        around, value = value, value[int(key)] if isinstance(value, list) else value[key]
    return around, value
