"""Messages as a source: events -> a Message, or the events of a streamed one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ringfence.dialects import anthropic_shapes, sse
from ringfence.dialects.conversation.blocks import Block, Blocks, Close, Open, Said, Step
from ringfence.dialects.conversation.identity import identity
from ringfence.dialects.replies import encode
from ringfence.vocabulary.conversation import Begun, Ended, Event, Failed, Finish, Usage
from ringfence.vocabulary.errors import UpstreamBroken, UpstreamError

# https://docs.claude.com/en/api/handling-stop-reasons
_STOP: dict[Finish, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "refused": "refusal",
}


class MessagesReply:
    """https://docs.claude.com/en/docs/build-with-claude/streaming: one block at a time, then the reason and counts."""

    def __init__(self, tree: Mapping[str, Any], model: str) -> None:
        self._model = model
        self._id = ""
        self._blocks = Blocks()
        self._content: list[dict[str, Any]] = []
        self._usage = Usage(0, 0)
        self._finish: Finish | None = None

    def write(self, event: Event) -> bytes:
        """The bytes of one event, for a stream. Raises UpstreamBroken where a call's arguments are no object."""
        if isinstance(event, Failed):
            return self.failed(event.message, UpstreamError.code)
        return b"".join(_encoded(sent) for sent in self._events(event))

    def whole(self) -> bytes:
        """The reply, after all its events have been written."""
        stop = None if self._finish is None else _STOP[self._finish]
        return encode(self._message(self._content, stop))

    def failed(self, message: str, code: str) -> bytes:
        return anthropic_shapes.error_event(message, code)

    def alive(self) -> bytes:
        return _encoded({"type": "ping"})

    def _events(self, event: Begun | Said | Usage | Ended) -> Iterator[dict[str, Any]]:
        if isinstance(event, Begun):
            self._id = identity(event.id)
            self._blocks.id_prefix = f"toolu_{self._id}"
            yield {"type": "message_start", "message": self._message([], None)}
        elif isinstance(event, Usage):
            self._usage = event
        elif isinstance(event, Ended):
            self._finish = event.finish
            for step in self._blocks.end():
                yield from self._step(step)
            delta = {"stop_reason": _STOP[event.finish], "stop_sequence": None}
            yield {"type": "message_delta", "delta": delta, "usage": _usage(self._usage)}
            yield {"type": "message_stop"}
        else:
            for step in self._blocks.feed(event):
                yield from self._step(step)

    def _step(self, step: Step) -> Iterator[dict[str, Any]]:
        block = step.block
        if isinstance(step, Open):
            yield {"type": "content_block_start", "index": block.index, "content_block": _block(block, "", {})}
        elif isinstance(step, Close):
            if block.kind == "call" and not _is_object(step.text):
                if self._finish != "length":
                    raise UpstreamBroken(
                        "The private model called a tool with arguments that are no JSON object", where="reply"
                    )
                # Cut off by the limit: nobody could run it. `max_tokens` as the reason says so.
            else:
                self._content.append(_block(block, step.text, msgspec.Raw((step.text or "{}").encode())))
            yield {"type": "content_block_stop", "index": block.index}
        else:
            delta = (
                {"type": "input_json_delta", "partial_json": step.text}
                if block.kind == "call"
                else {"type": "text_delta", "text": step.text}
            )
            yield {"type": "content_block_delta", "index": block.index, "delta": delta}

    def _message(self, content: list[dict[str, Any]], stop: str | None) -> dict[str, Any]:
        return {
            "id": f"msg_{self._id}",
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": _usage(self._usage),
        }


def _block(block: Block, text: str, input: Any) -> dict[str, Any]:
    if block.kind == "call":
        return {"type": "tool_use", "id": block.id, "name": block.name, "input": input}
    return {"type": "text", "text": text}


def _is_object(arguments: str) -> bool:
    """A tool without parameters is often called with nothing at all."""
    if not arguments:
        return True
    try:
        return isinstance(msgspec.json.decode(arguments), dict)
    except (msgspec.DecodeError, RecursionError):
        return False


def _usage(usage: Usage) -> dict[str, int]:
    """Here the tokens from the cache are not among the input's."""
    return {
        "input_tokens": usage.input - usage.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached,
        "output_tokens": usage.output,
    }


def _encoded(event: dict[str, Any]) -> bytes:
    return sse.encoded(encode(event), b"event: %b\n" % event["type"].encode())
