"""A streamed chat completion: what each event's texts belong to, and where held-back text goes."""

from __future__ import annotations

from typing import Any

from ringfence.dialects import openai_shapes
from ringfence.dialects.base import MakeRestorer
from ringfence.dialects.channels import Key, nested
from ringfence.dialects.replies import MAX_DEPTH, edit_strings, encode, name_of, show_model, token_counts
from ringfence.dialects.sse import encoded
from ringfence.dialects.streams import EventEditor
from ringfence.vocabulary.errors import UpstreamBroken

_ENVELOPE = ("id", "object", "created", "model", "system_fingerprint", "service_tier")
SKIPPED = frozenset(
    {
        *(("", name) for name in (*_ENVELOPE, "usage", "obfuscation")),
        ("choices", "finish_reason"),
        # One token each: a stand-in is never whole in one of them, so they keep the stand-ins.
        ("choices", "logprobs"),
        ("audio", "data"),
    }
)
FIXED = frozenset({"id", "type", "role", "tool_call_id"})
"""Members of a message that identify or choose: restored, but no text to scan, and complete where they stand."""

JSON_MEMBERS = frozenset({"arguments"})
"""Members whose string is itself JSON text."""

_COMPLETE = FIXED | {"name"}
"""Members that the service sends in one piece. All others continue from event to event."""

_BESIDE_CHOICES = SKIPPED | {("", "choices")}
_BESIDE_DELTA = SKIPPED | {("choices", "delta")}


_Pieces = dict[Key, tuple[dict[str, Any], str]]
"""Each text of one event: the object and the member where its last piece stands."""


class ChatStream(EventEditor):
    """https://platform.openai.com/docs/api-reference/chat-streaming

    A text is one string member of one choice's delta, tool calls apart by their index. What a text still holds back
    when its choice finishes is sent in events of its own just before the finishing one; or within it, where that one
    carries the text's last piece. A text isn't ended by the beginning of another: services may interleave them.
    """

    def __init__(self, make_restorer: MakeRestorer | None, model: str | None, json_reply: bool) -> None:
        super().__init__(make_restorer, model)
        self._json_members = JSON_MEMBERS | {"content"} if json_reply else JSON_MEMBERS
        self._finish: dict[int, str] = {}
        self._last: dict[str, Any] = {}

    @property
    def finish(self) -> tuple[str, ...]:
        return tuple(reason for _, reason in sorted(self._finish.items()))

    def _edit(self, tree: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
        self.model = name_of(tree.get("model")) or self.model
        changed = show_model(tree, self._shown_model)
        self.usage = token_counts(tree.get("usage")) or self.usage
        before: list[dict[str, Any]] = []
        choices = tree.get("choices")
        if type(choices) is list:
            self._last = tree
            pieces: _Pieces = {}
            for position, choice in enumerate(choices):
                if type(choice) is dict:
                    changed |= self._choice(choice, position, pieces, before)
        if tree.get("error"):
            # The client's library raises here and reads no further, so nothing may stay behind.
            self.failed = True
            before += self._close_all()
        changed |= edit_strings(tree, "", self._whole, _BESIDE_CHOICES)
        return before, changed

    def _choice(self, choice: dict[str, Any], position: int, pieces: _Pieces, before: list[dict[str, Any]]) -> bool:
        """Restore one choice in place; `before` gets events for what other texts of it still held."""
        index = choice.get("index")
        if type(index) is not int:
            index = position
        changed = False
        delta = choice.get("delta")
        if type(delta) is dict:
            changed = self._delta(delta, (index,), "delta", pieces)
        changed |= edit_strings(choice, "choices", self._whole, _BESIDE_DELTA)
        reason = choice.get("finish_reason")
        if reason:
            self._finish[index] = name_of(reason)
            for key, text in self._channels.close((index,)):
                if key in pieces:
                    place, member = pieces[key]
                    place[member] += text
                    changed = True
                else:
                    before.append(self._event_with(key, text))
        return changed

    def _delta(self, delta: dict[str, Any], key: Key, name: str, pieces: _Pieces) -> bool:
        """Restore the pieces in place, and note them."""
        if len(key) > MAX_DEPTH:
            raise UpstreamBroken(f"The service sent an event that nests deeper than {MAX_DEPTH} levels", where="stream")
        changed = False
        for member, value in delta.items():
            kind = type(value)
            if kind is str:
                if not value or (name, member) in SKIPPED:
                    continue
                if member in _COMPLETE:
                    new = self._whole(member, value)
                else:
                    here = (*key, member)
                    new = self._channels.feed(here, value, member in self._json_members)
                    pieces[here] = (delta, member)
                if new != value:
                    delta[member] = new
                    changed = True
            elif kind is dict:
                changed |= self._delta(value, (*key, member), member, pieces)
            elif kind is list:
                changed |= self._elements(value, (*key, member), member, pieces)
        return changed

    def _elements(self, elements: list[Any], key: Key, name: str, pieces: _Pieces) -> bool:
        """Elements with an index continue from event to event; others are complete."""
        changed = False
        for place, element in enumerate(elements):
            if type(element) is dict and type(element.get("index")) is int:
                changed |= self._delta(element, (*key, element["index"]), name, pieces)
            else:
                alone = [element]
                changed |= edit_strings(alone, name, self._whole, SKIPPED)
                elements[place] = alone[0]
        return changed

    def _whole(self, member: str, text: str) -> str:
        return self._channels.whole(text, member in self._json_members, kept=member not in FIXED)

    def _event_with(self, key: Key, text: str) -> dict[str, Any]:
        """An event that only carries this text, like the last one otherwise."""
        envelope = {name: self._last[name] for name in _ENVELOPE if name in self._last}
        return {**envelope, "choices": [{"index": key[0], "delta": nested(key[1:], text), "finish_reason": None}]}

    def _close_all(self) -> list[dict[str, Any]]:
        return [self._event_with(key, text) for key, text in self._channels.close(())]

    def _held(self) -> list[bytes]:
        return [encoded(encode(event)) for event in self._close_all()]

    def _error(self, message: str, code: str) -> bytes:
        return openai_shapes.error_event(message, code)
