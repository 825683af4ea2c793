"""Replies of the Responses interface in their real shape, for scripted services: plain bodies and events.

The order of events is that of https://platform.openai.com/docs/api-reference/responses-streaming.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

USAGE = {
    "input_tokens": 9,
    "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 2},
    "output_tokens": 3,
    "output_tokens_details": {"reasoning_tokens": 1},
    "total_tokens": 12,
}


def message(text: str, index: int = 0, **more: Any) -> dict[str, Any]:
    """An item that says a text; `more` goes into the item (`phase`)."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {
        "id": f"msg_{index}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [part],
        **more,
    }


def refusal(text: str, index: int = 0) -> dict[str, Any]:
    """An item that refuses."""
    return {**message("", index), "content": [{"type": "refusal", "refusal": text}]}


def call(name: str, arguments: str, index: int = 0) -> dict[str, Any]:
    """An item that calls a function of the client's."""
    return {
        "id": f"fc_{index}",
        "type": "function_call",
        "status": "completed",
        "call_id": f"call_{index}",
        "name": name,
        "arguments": arguments,
    }


def custom_call(name: str, text: str, index: int = 0) -> dict[str, Any]:
    """An item that calls a tool of the client's which takes any text."""
    return {"id": f"ctc_{index}", "type": "custom_tool_call", "call_id": f"call_{index}", "name": name, "input": text}


def reasoning(summaries: Sequence[str], index: int = 0, encrypted: str | None = None) -> dict[str, Any]:
    """An item with a summary of the model's reasoning, and the reasoning itself encrypted."""
    item = {
        "id": f"rs_{index}",
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": s} for s in summaries],
    }
    return item if encrypted is None else {**item, "encrypted_content": encrypted}


def response(output: Sequence[dict[str, Any]], model: str = "gpt-5.4-x", **more: Any) -> dict[str, Any]:
    """A whole reply; `more` replaces members (`status`, `error`, `metadata`)."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 7,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": model,
        "output": list(output),
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "store": False,
        "text": {"format": {"type": "text"}},
        "usage": USAGE,
        **more,
    }


INCOMPLETE = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
FAILED = {"status": "failed", "error": {"code": "server_error", "message": "The model failed."}}


def encoded(events: Iterable[dict[str, Any]]) -> bytes:
    """Events as the service writes them, numbered from 0."""
    lines = []
    for number, event in enumerate(events):
        data = json.dumps({**event, "sequence_number": number}, ensure_ascii=False)
        lines.append(f"event: {event['type']}\ndata: {data}\n\n")
    return "".join(lines).encode()


def streamed(whole: dict[str, Any], piece: int = 5) -> bytes:
    """The event stream of a whole reply, its texts in pieces of some characters."""
    return encoded(events(whole, piece))


def events(whole: dict[str, Any], piece: int = 5) -> Iterator[dict[str, Any]]:
    """As `streamed`, before the numbers."""
    begun = {**whole, "status": "in_progress", "output": [], "usage": None, "error": None, "incomplete_details": None}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(whole["output"]):
        yield from item_events(item, index, piece)
    yield {"type": f"response.{whole['status']}", "response": whole}


def item_events(item: dict[str, Any], index: int, piece: int) -> Iterator[dict[str, Any]]:
    """The events of one item of the output."""
    place = {"item_id": item["id"], "output_index": index}
    empty = {"content": [], "summary": [], "arguments": "", "input": ""}
    begun = {**item, **{member: value for member, value in empty.items() if member in item}}
    yield {"type": "response.output_item.added", "output_index": index, "item": {**begun, "status": "in_progress"}}
    for at, part in enumerate(item.get("content", ())):
        yield from _part_events(part, {**place, "content_index": at}, piece)
    for at, part in enumerate(item.get("summary", ())):
        there = {**place, "summary_index": at}
        yield {"type": "response.reasoning_summary_part.added", **there, "part": {**part, "text": ""}}
        yield from _text_events("response.reasoning_summary_text", "text", part["text"], there, piece)
        yield {"type": "response.reasoning_summary_part.done", **there, "part": part}
    if item["type"] == "function_call":
        yield from _text_events("response.function_call_arguments", "arguments", item["arguments"], place, piece)
    if item["type"] == "custom_tool_call":
        yield from _text_events("response.custom_tool_call_input", "input", item["input"], place, piece)
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _part_events(part: dict[str, Any], place: dict[str, Any], piece: int) -> Iterator[dict[str, Any]]:
    member = "refusal" if part["type"] == "refusal" else "text"
    name = {"output_text": "response.output_text", "refusal": "response.refusal"}.get(
        part["type"], "response.reasoning_text"
    )
    yield {"type": "response.content_part.added", **place, "part": {**part, member: ""}}
    yield from _text_events(name, member, part[member], place, piece)
    yield {"type": "response.content_part.done", **place, "part": part}


def _text_events(name: str, member: str, text: str, place: dict[str, Any], piece: int) -> Iterator[dict[str, Any]]:
    more: dict[str, Any] = {"logprobs": []} if name == "response.output_text" else {}
    for start in range(0, len(text), piece):
        yield {"type": f"{name}.delta", **place, "delta": text[start : start + piece], **more}
    yield {"type": f"{name}.done", **place, member: text, **more}
