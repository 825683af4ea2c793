"""Responses as a source: events -> a Response, or the events of a streamed one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ringfence.dialects import openai_shapes, sse, strict_json
from ringfence.dialects.conversation.blocks import Block, Blocks, Close, Open, Said, Step
from ringfence.dialects.conversation.identity import identity
from ringfence.dialects.conversation.responses_tools import INPUT, Offered, offered
from ringfence.vocabulary.conversation import Begun, Ended, Event, Failed, Finish, Usage
from ringfence.vocabulary.errors import UpstreamError

# https://platform.openai.com/docs/api-reference/responses/object, incomplete_details.reason
_INCOMPLETE: dict[Finish, str] = {"length": "max_output_tokens", "refused": "content_filter"}

# What a response repeats of its request, and what it says where the request left it out.
_REPEATED: dict[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "temperature": None,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": None,
    "truncation": "disabled",
    "user": None,
}


class ResponsesReply:
    """https://platform.openai.com/docs/api-reference/responses-streaming: each block is an output item of its own."""

    def __init__(self, tree: Mapping[str, Any], model: str) -> None:
        self._tree = tree
        self._model = model
        self._tools = offered(tree.get("tools"))
        self._begun: Begun | None = None
        self._id = ""
        self._blocks = Blocks()
        self._output: list[dict[str, Any]] = []
        self._usage: Usage | None = None
        self._finish: Finish | None = None
        self._number = 0

    def write(self, event: Event) -> bytes:
        """The bytes of one event, for a stream."""
        if isinstance(event, Failed):
            return self.failed(event.message, UpstreamError.code)
        return b"".join(self._encoded(sent) for sent in self._events(event))

    def whole(self) -> bytes:
        """The reply, after all its events have been written."""
        return strict_json.encode(self._response(self._status()))

    def failed(self, message: str, code: str) -> bytes:
        """Codex reads `response.failed`; the SDKs raise at the other."""
        out = b""
        if self._begun is not None:
            response = self._response("failed")
            response["error"] = {"code": "server_error", "message": message}
            out = self._encoded({"type": "response.failed", "response": response})
        return out + openai_shapes.response_error_event(message, code, self._number)

    def alive(self) -> bytes:
        return b":\n\n"

    def _events(self, event: Begun | Said | Usage | Ended) -> Iterator[dict[str, Any]]:
        if isinstance(event, Begun):
            self._begun, self._id = event, identity(event.id)
            self._blocks.id_prefix = f"call_{self._id}"
            for state in ("created", "in_progress"):
                yield {"type": f"response.{state}", "response": self._response("in_progress")}
        elif isinstance(event, Usage):
            self._usage = event
        elif isinstance(event, Ended):
            self._finish = event.finish
            for step in self._blocks.end():
                yield from self._step(step)
            yield {"type": f"response.{self._status()}", "response": self._response(self._status())}
        else:
            for step in self._blocks.feed(event):
                yield from self._step(step)

    def _step(self, step: Step) -> Iterator[dict[str, Any]]:
        block = step.block
        at = {"output_index": block.index}
        place = {"item_id": self._item_id(block), **at}
        tool = self._tools.get(block.name) if block.kind == "call" else None
        custom = tool is not None and tool.custom
        if isinstance(step, Open):
            item = self._item(block, tool, "", "in_progress")
            yield {"type": "response.output_item.added", **at, "item": item}
            if block.kind != "call":
                part = _part(block, "")
                yield {"type": "response.content_part.added", **place, "content_index": 0, "part": part}
        elif isinstance(step, Close):
            text = _free_text(step.text) if custom else step.text
            # Only the end of the reply can cut a block off, and then it is the last that was open.
            status = "incomplete" if self._finish == "length" else "completed"
            item = self._item(block, tool, text, status)
            self._output.append(item)
            yield from _closing(block, place, text, custom)
            yield {"type": "response.output_item.done", **at, "item": item}
        elif not custom:
            # The pieces of a custom tool's input come within JSON text, which is read once it is whole.
            yield {**_delta(block), **place, "delta": step.text}

    def _item(self, block: Block, tool: Offered | None, text: str, status: str) -> dict[str, Any]:
        item: dict[str, Any] = {"id": self._item_id(block), "type": "message", "status": status}
        if block.kind != "call":
            part = [] if status == "in_progress" else [_part(block, text)]
            return {**item, "role": "assistant", "content": part}
        item |= {"type": "function_call", "call_id": block.id, "name": block.name, "arguments": text}
        if tool is not None:
            item["name"] = tool.name
            if tool.namespace:
                item["namespace"] = tool.namespace
            if tool.custom:
                item["type"], item[INPUT] = "custom_tool_call", item.pop("arguments")
        return item

    def _item_id(self, block: Block) -> str:
        tool = self._tools.get(block.name)
        custom = tool is not None and tool.custom
        prefix = "msg" if block.kind != "call" else "ctc" if custom else "fc"
        return f"{prefix}_{self._id}_{block.index}"

    def _status(self) -> str:
        return "incomplete" if self._finish in _INCOMPLETE else "completed"

    def _response(self, status: str) -> dict[str, Any]:
        repeated = {
            name: default if self._tree.get(name) is None else self._tree[name] for name, default in _REPEATED.items()
        }
        reason = None if self._finish is None else _INCOMPLETE.get(self._finish)
        return {
            "id": f"resp_{self._id}",
            "object": "response",
            "created_at": 0 if self._begun is None else self._begun.created,
            "status": status,
            "error": None,
            "incomplete_details": None if reason is None else {"reason": reason},
            "model": self._model,
            "output": list(self._output),
            "usage": None if self._usage is None else _usage(self._usage),
            **repeated,
        }

    def _encoded(self, event: dict[str, Any]) -> bytes:
        numbered = {"type": event["type"], "sequence_number": self._number, **event}
        self._number += 1
        return sse.encoded(strict_json.encode(numbered), b"event: %b\n" % event["type"].encode())


def _part(block: Block, text: str) -> dict[str, Any]:
    if block.kind == "refusal":
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _delta(block: Block) -> dict[str, Any]:
    if block.kind == "call":
        return {"type": "response.function_call_arguments.delta"}
    if block.kind == "refusal":
        return {"type": "response.refusal.delta", "content_index": 0}
    return {"type": "response.output_text.delta", "content_index": 0, "logprobs": []}


def _closing(block: Block, place: dict[str, Any], text: str, custom: bool) -> Iterator[dict[str, Any]]:
    if block.kind == "call":
        if custom:
            yield {"type": "response.custom_tool_call_input.delta", **place, "delta": text}
            yield {"type": "response.custom_tool_call_input.done", **place, INPUT: text}
        else:
            yield {"type": "response.function_call_arguments.done", **place, "name": block.name, "arguments": text}
        return
    place = {**place, "content_index": 0}
    if block.kind == "refusal":
        yield {"type": "response.refusal.done", **place, "refusal": text}
    else:
        yield {"type": "response.output_text.done", **place, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": _part(block, text)}


def _free_text(arguments: str) -> str:
    """A custom tool's input. A model that leaves the JSON around it out has written the input itself."""
    try:
        tree = msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError):
        return arguments
    free = tree.get(INPUT) if isinstance(tree, dict) else None
    return free if isinstance(free, str) else arguments


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": 0},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.input + usage.output,
    }
