"""What only a block's own members tell of its strings: a document's text, a file within the request, a summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ringfence.dialects.pointers import parts
from ringfence.dialects.segments import Seen
from ringfence.vocabulary.chat import FilePart, Unread
from ringfence.vocabulary.text import Place, Segment

_DATA = "/source/data"


def settled(tree: dict[str, Any], seen: Seen) -> Seen:
    """What was seen, once the kinds of sources and blocks are looked at.

    The data of a source of type `text` is text and not a file; that of an image is no document. A summary (compaction)
    is signed, so its words are FIXED.
    """
    segments = list(seen.segments)
    unread: list[Unread] = []
    read = {segment.pointer for segment in segments} if any(u.pointer.endswith(_DATA) for u in seen.unread) else set()
    for part in seen.unread:
        if not part.pointer.endswith(_DATA):
            unread.append(part)
            continue
        block, source = _around(tree, part.pointer)
        if source.get("type") != "text":
            kind = "image" if block.get("type") == "image" else part.kind
            unread.append(msgspec.structs.replace(part, kind=kind))
        elif part.pointer not in read:
            segments.append(Segment(part.pointer, "user", source["data"]))
    fixed = frozenset(_summaries(tree))
    if fixed:
        segments = [
            msgspec.structs.replace(segment, place=Place.FIXED) if segment.pointer in fixed else segment
            for segment in segments
        ]
    # A file that is only named, by URL or id, needs a service that reads files as much as one that is here.
    files = any(part.kind == "file" or (part.kind == "remote file" and not _of_image(tree, part)) for part in unread)
    modalities = {"text", *seen.modalities} - {"file"} | ({"file"} if files else set())
    return Seen(tuple(segments), tuple(unread), tuple(sorted(modalities)))


def _of_image(tree: dict[str, Any], part: Unread) -> bool:
    block, _ = _around(tree, part.pointer)
    return isinstance(block, dict) and block.get("type") == "image"


def files(tree: dict[str, Any], unread: Iterable[Unread]) -> Iterator[FilePart]:
    """Each file and image within the request, as Base64, with the title of its document."""
    for part in unread:
        if part.kind in ("file", "image") and part.pointer.endswith(_DATA):
            block, source = _around(tree, part.pointer)
            title, media_type = block.get("title"), source.get("media_type")
            yield FilePart(
                part.pointer,
                source["data"],
                name=title if isinstance(title, str) else "",
                media_type=media_type if isinstance(media_type, str) else "",
            )


def _around(tree: dict[str, Any], pointer: str) -> tuple[Any, Any]:
    """What holds this place, after what holds that: the block and the source, for a source's data."""
    block: Any = None
    here: Any = tree
    for key in parts(pointer)[:-1]:
        block, here = here, here[int(key)] if isinstance(here, list) else here[key]
    return block, here


def _summaries(tree: dict[str, Any]) -> Iterator[str]:
    for index, message in enumerate(tree["messages"]):
        content = message.get("content")
        for number, block in enumerate(content if isinstance(content, list) else ()):
            if block.get("type") == "compaction" and isinstance(block.get("content"), str):
                yield f"/messages/{index}/content/{number}/content"
