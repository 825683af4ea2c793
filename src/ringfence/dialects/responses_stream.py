"""A streamed response: what each event's texts belong to, and where held-back text goes."""

from __future__ import annotations

from typing import Any

from ringfence.dialects import openai_shapes
from ringfence.dialects.base import MakeRestorer
from ringfence.dialects.channels import Key
from ringfence.dialects.replies import encode, name_of, token_counts
from ringfence.dialects.responses_reply import IDS, edit_response, edit_texts, finish_of
from ringfence.dialects.sse import encoded
from ringfence.dialects.streams import EventEditor

_LAST = frozenset({"response.completed", "response.incomplete", "response.failed"})
"""Events after which nothing follows."""

_WHOLE_PLACES = frozenset(
    {"response.output_item.done", "response.content_part.done", "response.reasoning_summary_part.done"}
)
"""Events that end every text of one item or part. Any other `.done` ends the text of its own name."""

_ANSWER = "response.output_text"
_SOUND = "response.audio.delta"
_DELTA, _DONE = ".delta", ".done"


class ResponsesStream(EventEditor):
    """https://platform.openai.com/docs/api-reference/responses-streaming

    A text is what the deltas of one name say at one place: `output_index`, and where there is one the index of the
    part, summary or command. What it still holds back when an event ends it goes out before, in one more delta.
    Events that repeat a whole text (`.done`, items, parts, the response) are restored as a whole. So the client gets
    the same text from the deltas, from each event that repeats it, and from a plain reply.

    INVARIANT: `sequence_number` grows from event to event where the service's does: an event that is put in takes the
    number of the one that it stands before, and all later ones move up.

    Annotations pass as they are: their indexes count in the text as it was before it was restored.
    """

    def __init__(self, make_restorer: MakeRestorer | None, model: str | None, json_reply: bool) -> None:
        super().__init__(make_restorer, model)
        self._restores = make_restorer is not None
        self._json_reply = json_reply
        self._finish = ""
        self._last_delta: dict[Key, dict[str, Any]] = {}
        # Messages that comment on the way to a JSON answer, and are none, by output_index.
        self._comments: set[int] = set()
        self._inserted = 0
        self._next_number = 0
        self._said: set[str] = set()

    @property
    def finish(self) -> tuple[str, ...]:
        return (self._finish,) if self._finish else ()

    def texts(self) -> tuple[str, ...]:
        """A text that came in pieces and again as a whole counts once."""
        return tuple(dict.fromkeys(super().texts()))

    def _edit(self, tree: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
        kind = name_of(tree.get("type"))
        before: list[dict[str, Any]] = []
        if kind.endswith(_DELTA) and kind != _SOUND:
            changed = self._delta(tree, kind.removesuffix(_DELTA))
        else:
            before = self._ended(tree, kind)
            changed = self._whole(tree, kind)
        return before, self._number(before, tree) or changed

    # ---- A text in pieces ----

    def _delta(self, event: dict[str, Any], name: str) -> bool:
        """Restore the piece in place, or each one where a delta has several."""
        delta, key = event.get("delta"), (*_place(event), name)
        is_json = name.endswith("_arguments") or (name == _ANSWER and self._is_answer(event))
        if type(delta) is str:
            event["delta"] = self._piece(key, delta, event, is_json)
            return bool(event["delta"] != delta)
        changed = False
        if type(delta) is dict:
            for member, piece in delta.items():
                if type(piece) is str:
                    delta[member] = self._piece((*key, member), piece, event, is_json)
                    changed |= delta[member] != piece
        return changed

    def _piece(self, key: Key, piece: str, event: dict[str, Any], is_json: bool) -> str:
        if not piece:
            return piece
        if self._restores:
            self._last_delta[key] = {
                name: value for name, value in event.items() if name not in ("delta", "obfuscation")
            }
        return self._channels.feed(key, piece, is_json)

    def _is_answer(self, event: dict[str, Any]) -> bool:
        item = event.get("output_index")
        return self._json_reply and not (type(item) is int and item in self._comments)

    # ---- Where it ends ----

    def _ended(self, event: dict[str, Any], kind: str) -> list[dict[str, Any]]:
        """What the texts that this event ends still held back, as deltas of their own."""
        if kind in _LAST or kind == "error" or event.get("error"):
            # A client reads no further than these, so nothing may stay behind.
            return self._rest(())
        if kind in _WHOLE_PLACES:
            return self._rest(_place(event))
        if kind.endswith(_DONE):
            return self._rest((*_place(event), kind.removesuffix(_DONE)))
        return []

    def _rest(self, prefix: Key) -> list[dict[str, Any]]:
        events = [_delta_with(key, text, self._last_delta[key]) for key, text in self._channels.close(prefix)]
        for key in [key for key in self._last_delta if key[: len(prefix)] == prefix]:
            del self._last_delta[key]
        return events

    def _held(self) -> list[bytes]:
        events = self._rest(())
        self._number(events, {})
        return [self._bytes(event) for event in events]

    # ---- Whole texts ----

    def _whole(self, event: dict[str, Any], kind: str) -> bool:
        item, response = event.get("item"), event.get("response")
        if type(item) is dict and item.get("phase") == "commentary" and type(event.get("output_index")) is int:
            self._comments.add(event["output_index"])
        changed = self._response(response) if type(response) is dict else False
        if kind in _LAST:
            self._finish = self._finish or kind.rpartition(".")[2]
            self.finished |= kind != "response.failed"
        self.failed |= kind in ("response.failed", "error") or bool(event.get("error"))
        beside = {name: value for name, value in event.items() if name != "response"}
        if edit_texts(beside, self._keep, json_reply=self._is_answer(event)):
            event.update(beside)
            changed = True
        return changed

    def _response(self, response: dict[str, Any]) -> bool:
        self.model = name_of(response.get("model")) or self.model
        self.usage = token_counts(response.get("usage")) or self.usage
        self._finish = finish_of(response)
        changed = edit_response(response, self._keep, self._repeat, json_reply=self._json_reply)
        if self._shown_model is not None and "model" in response and response["model"] != self._shown_model:
            response["model"] = self._shown_model
            changed = True
        return changed

    def _keep(self, member: str, text: str, is_json: bool) -> str:
        """The service says each text up to four times, and one is enough to scan."""
        if member in IDS:
            return text
        kept = text not in self._said and not self.truncated
        if kept:
            self._said.add(text)
        return self._channels.whole(text, is_json, kept=kept)

    def _repeat(self, _member: str, text: str, is_json: bool) -> str:
        return self._channels.whole(text, is_json, kept=False)

    # ---- Numbers and bytes ----

    def _number(self, before: list[dict[str, Any]], event: dict[str, Any]) -> bool:
        """Number what is put in before an event, and the event itself. True if its own number changed."""
        given = event.get("sequence_number")
        number = given + self._inserted if type(given) is int else self._next_number
        for earlier in before:
            if "sequence_number" in earlier:
                earlier["sequence_number"] = number
                number += 1
                self._inserted += 1
        self._next_number = number
        if type(given) is int:
            event["sequence_number"] = number
            self._next_number += 1
        return bool(event.get("sequence_number") != given)

    def _bytes(self, event: dict[str, Any]) -> bytes:
        return encoded(encode(event), b"event: %b\n" % event["type"].encode())

    def _error(self, message: str, code: str) -> bytes:
        return openai_shapes.response_error_event(message, code, self._next_number)


def _place(event: dict[str, Any]) -> Key:
    """The item that an event belongs to, then each further index with its name, in one order."""
    item = event.get("output_index")
    indexes = sorted(name for name, value in event.items() if name.endswith("_index") and type(value) is int)
    beside = [step for name in indexes if name != "output_index" for step in (name, event[name])]
    return (item if type(item) is int else -1, *beside)


def _delta_with(key: Key, text: str, like: dict[str, Any]) -> dict[str, Any]:
    """A delta like the last one of its text, with nothing but the rest of it.

    A key ends with the name of the events; behind it stands the member where a delta has several texts.
    """
    event = {**like, "delta": text if f"{key[-1]}{_DELTA}" == like["type"] else {key[-1]: text}}
    return {**event, "logprobs": []} if "logprobs" in like else event
