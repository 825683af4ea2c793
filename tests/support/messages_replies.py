"""Replies of the shapes that Anthropic's Messages service sends, for tests that script a service.

Shapes: https://platform.claude.com/docs/en/build-with-claude/streaming and the types of `anthropic` 2.12.0.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

MODEL = "claude-opus-5"
SIGNATURE = "EqQBCkYIAxgCIkA" + "3xkV9TqPzRnY0bHf" * 4
USAGE = {
    "input_tokens": 25,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 15,
    "service_tier": "standard",
}

Block = dict[str, Any]


def text(said: str) -> Block:
    return {"type": "text", "text": said, "citations": None}


def thinking(thought: str) -> Block:
    return {"type": "thinking", "thinking": thought, "signature": SIGNATURE}


def tool_use(name: str, given: dict[str, Any], number: int = 1) -> Block:
    return {"type": "tool_use", "id": f"toolu_{number:02}", "name": name, "input": given, "caller": {"type": "direct"}}


def message(*blocks: Block, stop_reason: str = "end_turn", **more: Any) -> dict[str, Any]:
    """A plain reply, as a tree."""
    return {
        "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": list(blocks),
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": USAGE,
        **more,
    }


def plain(*blocks: Block, stop_reason: str = "end_turn", **more: Any) -> bytes:
    return json.dumps(message(*blocks, stop_reason=stop_reason, **more)).encode()


def refusal() -> bytes:
    details = {"type": "refusal", "category": "bio", "explanation": "This can't be answered."}
    return plain(stop_reason="refusal", stop_details=details)


def error(kind: str = "overloaded_error", said: str = "Overloaded") -> bytes:
    content = {"type": "error", "error": {"type": kind, "message": said}, "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy"}
    return json.dumps(content).encode()


def count(tokens: int = 14) -> bytes:
    return json.dumps({"input_tokens": tokens}).encode()


def event(tree: dict[str, Any]) -> bytes:
    """One event as the service writes it: its name is its type."""
    return f"event: {tree['type']}\ndata: {json.dumps(tree)}\n\n".encode()


PING = event({"type": "ping"})


def error_event(kind: str = "overloaded_error", said: str = "Overloaded") -> bytes:
    return event({"type": "error", "error": {"type": kind, "message": said}})


def begin() -> bytes:
    begun = {**message(), "stop_reason": None, "usage": {**USAGE, "output_tokens": 1}}
    return event({"type": "message_start", "message": begun})


def end(stop_reason: str = "end_turn", stop_sequence: str | None = None, output_tokens: int = 15) -> bytes:
    delta = {"stop_reason": stop_reason, "stop_sequence": stop_sequence}
    usage = {"output_tokens": output_tokens}
    return event({"type": "message_delta", "delta": delta, "usage": usage}) + event({"type": "message_stop"})


def start_block(index: int, block: Block) -> bytes:
    return event({"type": "content_block_start", "index": index, "content_block": block})


def delta(index: int, **members: Any) -> bytes:
    return event({"type": "content_block_delta", "index": index, "delta": members})


def stop_block(index: int) -> bytes:
    return event({"type": "content_block_stop", "index": index})


def pieces(said: str, cuts: Sequence[int]) -> list[str]:
    """`said` cut at these places."""
    at = [0, *sorted(cut for cut in cuts if 0 < cut < len(said)), len(said)]
    return [said[a:b] for a, b in itertools.pairwise(at)]


def block_events(index: int, block: Block, cuts: Sequence[int] = ()) -> list[bytes]:
    """One block as the service streams it, its text in pieces cut at `cuts`."""
    match block["type"]:
        case "text":
            empty: Block = {**block, "text": ""}
            inner = [delta(index, type="text_delta", text=piece) for piece in pieces(block["text"], cuts)]
        case "thinking":
            empty = {**block, "thinking": "", "signature": ""}
            inner = [delta(index, type="thinking_delta", thinking=piece) for piece in pieces(block["thinking"], cuts)]
            inner.append(delta(index, type="signature_delta", signature=block["signature"]))
        case "tool_use" | "server_tool_use" | "mcp_tool_use":
            empty = {**block, "input": {}}
            written = json.dumps(block["input"], ensure_ascii=False)
            inner = [delta(index, type="input_json_delta", partial_json=piece) for piece in pieces(written, cuts)]
        case _:
            empty, inner = block, []
    return [start_block(index, empty), *inner, stop_block(index)]


def stream(*blocks: Block, stop_reason: str = "end_turn", cuts: Sequence[int] = (3, 5, 8)) -> bytes:
    """A streamed reply of these blocks."""
    body = [begin(), PING]
    for index, block in enumerate(blocks):
        body += block_events(index, block, cuts)
    return b"".join([*body, end(stop_reason)])
