"""A streamed message of Anthropic's: which block each piece belongs to, and where held-back text goes."""

from __future__ import annotations

from typing import Any

from ringfence.dialects import anthropic_shapes
from ringfence.dialects.base import MakeRestorer
from ringfence.dialects.channels import Key
from ringfence.dialects.messages_reply import EDITED, FIXED, SKIPPED
from ringfence.dialects.replies import edit_strings, encode, name_of, token_counts
from ringfence.dialects.sse import encoded
from ringfence.dialects.streams import EventEditor

_PIECES = {"text_delta": "text", "input_json_delta": "partial_json"}
"""The member of each kind of delta that goes on from event to event and is restored."""
_KINDS = {member: kind for kind, member in _PIECES.items()}

_UNTOUCHED = {"thinking_delta": "thinking", "compaction_delta": "content"}
"""Pieces of what is signed, which stay as they are."""

_ENVELOPE = SKIPPED | {("", name) for name in ("message", "content_block", "delta")}
_BLOCK = SKIPPED | {("content_block", "text")}


class MessagesStream(EventEditor):
    """https://platform.claude.com/docs/en/build-with-claude/streaming

    A text is one member of one block, by the block's index. What it still holds back when its block stops is sent in a
    delta of its own just before.
    """

    def __init__(self, make_restorer: MakeRestorer | None, model: str | None, json_reply: bool) -> None:
        super().__init__(make_restorer, model)
        self._json_members = {"partial_json", "text"} if json_reply else {"partial_json"}
        self._finish = ""

    @property
    def finish(self) -> tuple[str, ...]:
        return (self._finish,) if self._finish else ()

    def _edit(self, tree: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
        before: list[dict[str, Any]] = []
        changed = False
        index = tree.get("index")
        if type(index) is not int:
            index = 0
        match tree.get("type"):
            case "message_start":
                changed = self._start(tree.get("message"))
            case "content_block_start":
                changed = self._block(tree.get("content_block"), index)
            case "content_block_delta":
                changed = self._delta(tree.get("delta"), index)
            case "content_block_stop":
                before = self._close((index,))
            case "message_delta":
                before = self._close(())
                changed = self._end(tree)
            case "message_stop":
                before = self._close(())
                self.finished = True
            case "error":
                # The client's library raises here and reads no further, so nothing may stay behind.
                before = self._close(())
                self.failed = True
        changed |= edit_strings(tree, "", self._whole, _ENVELOPE)
        return before, changed

    def _start(self, message: Any) -> bool:
        if type(message) is not dict:
            return False
        self.model = name_of(message.get("model")) or self.model
        self.usage = token_counts(message.get("usage"))
        changed = self._shown_model is not None and "model" in message and message["model"] != self._shown_model
        if changed:
            message["model"] = self._shown_model
        return edit_strings(message, "", self._whole, SKIPPED) or changed

    def _block(self, block: Any, index: int) -> bool:
        """The beginning of a block: most hold nothing yet, a result of the service's own tools comes whole."""
        if type(block) is not dict:
            return False
        if name_of(block.get("type")) not in EDITED:
            for member in _UNTOUCHED.values():
                self._pass(block, member, index)
            return False
        changed = edit_strings(block, "content_block", self._whole, _BLOCK)
        return self._piece(block, "text", index) or changed

    def _delta(self, delta: Any, index: int) -> bool:
        if type(delta) is not dict:
            return False
        kind = name_of(delta.get("type"))
        if kind in _PIECES:
            return self._piece(delta, _PIECES[kind], index)
        if kind in _UNTOUCHED:
            self._pass(delta, _UNTOUCHED[kind], index)
        elif kind == "citations_delta":
            return edit_strings(delta, "delta", self._whole, SKIPPED)
        return False

    def _piece(self, place: dict[str, Any], member: str, index: int) -> bool:
        text = place.get(member)
        if type(text) is not str or not text:
            return False
        place[member] = self._channels.feed((index, member), text, member in self._json_members)
        return bool(place[member] != text)

    def _pass(self, place: dict[str, Any], member: str, index: int) -> None:
        text = place.get(member)
        if type(text) is str:
            self._channels.passed((index, member), text)

    def _end(self, tree: dict[str, Any]) -> bool:
        # Counts are those of the whole message so far, so that the last ones hold.
        self.usage = {**self.usage, **token_counts(tree.get("usage"))}
        delta = tree.get("delta")
        if type(delta) is not dict:
            return False
        self._finish = name_of(delta.get("stop_reason")) or self._finish
        return edit_strings(delta, "", self._whole, SKIPPED)

    def _whole(self, member: str, text: str) -> str:
        return self._channels.whole(text, False, kept=member not in FIXED)

    def _close(self, prefix: Key) -> list[dict[str, Any]]:
        return [
            {"type": "content_block_delta", "index": index, "delta": {"type": _KINDS[str(member)], str(member): text}}
            for (index, member), text in self._channels.close(prefix)
        ]

    def _bytes(self, event: dict[str, Any]) -> bytes:
        return encoded(encode(event), f"event: {event['type']}\n".encode())

    def _held(self) -> list[bytes]:
        return [self._bytes(event) for event in self._close(())]

    def _error(self, message: str, code: str) -> bytes:
        return anthropic_shapes.error_event(message, code)
