"""A plain message of Anthropic's, and what it shares with a streamed one: which blocks are edited and which are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ringfence.dialects import replies
from ringfence.dialects.base import Reply, Restore
from ringfence.dialects.messages_schema import BLOCKS

SIGNED = frozenset({"thinking", "redacted_thinking", "compaction"})
"""Kinds of blocks that the client must send back as the service wrote them."""

EDITED = frozenset(BLOCKS) - SIGNED
"""Kinds of blocks in which originals are restored. One that isn't known may be signed, so it stays as it is: stand-ins
that a client sees do less harm than a conversation that the service refuses to go on with."""

SKIPPED = frozenset(
    {
        *(("", name) for name in ("id", "type", "role", "model", "content", "usage", "stop_reason")),
        *((around, "encrypted_content") for around in ("content", "content_block")),
        *((around, "encrypted_index") for around in ("citations", "citation")),
        ("content", "encrypted_stdout"),
    }
)
FIXED = frozenset({"id", "type", "role", "tool_use_id", "tool_id", "file_id", "media_type"})
"""Members that identify or choose: restored, but no text to scan."""

_WORDS_OF_SIGNED = ("thinking", "content")


def edit_reply(body: bytes, restore: Restore | None, model: str | None, json_reply: bool) -> Reply:
    """As `base.Dialect.edit_reply`; also for a reply that only counts tokens."""
    tree = replies.decode(body, "a reply")
    texts: list[str] = []
    edit = _editor(restore, json_reply, texts)
    changed = False
    content = tree.get("content")
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict):
            changed |= _block(block, edit, texts)
    changed |= replies.edit_strings(tree, "", edit, SKIPPED)
    said = replies.name_of(tree.get("model"))
    changed |= replies.show_model(tree, model)
    reason = replies.name_of(tree.get("stop_reason"))
    return Reply(
        body=replies.encode(tree) if changed else body,
        model=said,
        usage=replies.token_counts(tree.get("usage", tree)),
        finish=(reason,) if reason else (),
        texts=tuple(texts),
        failed=tree.get("type") == "error",
    )


def _block(block: dict[str, Any], edit: Callable[[str, str], str], texts: list[str]) -> bool:
    if replies.name_of(block.get("type")) in EDITED:
        return replies.edit_strings(block, "content", edit, SKIPPED)
    texts += [block[name] for name in _WORDS_OF_SIGNED if isinstance(block.get(name), str) and block[name]]
    return False


def _editor(restore: Restore | None, json_reply: bool, texts: list[str]) -> Callable[[str, str], str]:
    def edit(member: str, text: str) -> str:
        if restore is not None:
            # The answer itself may be JSON text; a call's input is an object, and each string in it is plain.
            text = restore(text, json_reply and member == "text")
        if text and member not in FIXED:
            texts.append(text)
        return text

    return edit
