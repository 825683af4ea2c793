"""What the scripted vendor answers: the text that it received, as content, refusal, JSON or tool arguments."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from support import vendor
from support.vendor import Answer, Received

Message = dict[str, Any]
_PIECE = 5  # characters of a streamed piece: stand-ins are split
_USAGE = {
    "prompt_tokens": 11,
    "completion_tokens": 7,
    "total_tokens": 18,
    "prompt_tokens_details": {"cached_tokens": 3},
}


def last_text(request: dict[str, Any]) -> str:
    """The text of the last message, its parts joined."""
    content = request["messages"][-1].get("content") or ""
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)


def saying(make: Callable[[str], Message], finish: str = "stop", logprobs: bool = False) -> Answer:
    """An answer with `n` choices, each the message that `make` makes of the text received; plain or streamed."""

    def answer(received: Received) -> AsyncIterator[bytes]:
        request = received.json
        messages = [make(last_text(request)) for _ in range(request.get("n") or 1)]
        if not request.get("stream"):
            return vendor.plain(_whole(request, messages, finish, logprobs))(received)
        return vendor.stream(list(_events(request, messages, finish, logprobs)))(received)

    return answer


def _envelope(request: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": kind,
        "created": 1,
        "model": f"{request['model']}-2026-01-01",
        "system_fingerprint": "fp_1",
    }


def _token(text: str) -> dict[str, Any]:
    return {"token": text, "bytes": list(text.encode()), "logprob": -0.25, "top_logprobs": []}


def _whole(request: dict[str, Any], messages: list[Message], finish: str, logprobs: bool) -> dict[str, Any]:
    choices = [
        {
            "index": index,
            "finish_reason": finish,
            "message": {"role": "assistant", "content": None, "refusal": None, **message},
            "logprobs": {"content": [_token("a"), _token("b")], "refusal": None} if logprobs else None,
        }
        for index, message in enumerate(messages)
    ]
    return {**_envelope(request, "chat.completion"), "choices": choices, "usage": _USAGE}


def _events(request: dict[str, Any], messages: list[Message], finish: str, logprobs: bool) -> Iterator[bytes]:
    def event(index: int, delta: Message, reason: str | None = None) -> bytes:
        tokens = {"content": [_token("a")], "refusal": None} if logprobs and "content" in delta else None
        choice = {"index": index, "delta": delta, "finish_reason": reason, "logprobs": tokens}
        return _data({**_envelope(request, "chat.completion.chunk"), "choices": [choice]})

    for index in range(len(messages)):
        yield event(index, {"role": "assistant"})
    for index, message in enumerate(messages):
        for delta in _deltas(message):
            yield event(index, delta)
    yield b": a comment keeps the connection open\n\n"
    for index in range(len(messages)):
        yield event(index, {}, finish)
    if (request.get("stream_options") or {}).get("include_usage"):
        yield _data({**_envelope(request, "chat.completion.chunk"), "choices": [], "usage": _USAGE})
    yield vendor.DONE


def _deltas(message: Message) -> Iterator[Message]:
    for member in ("content", "refusal"):
        for piece in _pieces(message.get(member) or ""):
            yield {member: piece}
    for at, call in enumerate(message.get("tool_calls") or []):
        function = call["function"]
        yield {"tool_calls": [{"index": at, **call, "function": {"name": function["name"], "arguments": ""}}]}
        for piece in _pieces(function["arguments"]):
            yield {"tool_calls": [{"index": at, "function": {"arguments": piece}}]}


def _pieces(text: str) -> list[str]:
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]


def _data(tree: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(tree, ensure_ascii=False)}\n\n".encode()


def call(number: int, name: str, **arguments: Any) -> Message:
    """One tool call."""
    said = json.dumps(arguments, ensure_ascii=False)
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": said}}


SAY = saying(lambda text: {"content": text})
LENGTH = saying(lambda text: {"content": text}, "length")
FILTERED = saying(lambda text: {"content": text}, "content_filter")
LOGPROBS = saying(lambda text: {"content": text}, logprobs=True)
REFUSE = saying(lambda text: {"refusal": text})
JSON = saying(lambda text: {"content": json.dumps({"text": text, "large": True}, ensure_ascii=False)})
CALL = saying(lambda text: {"tool_calls": [call(1, "look_up", text=text)]}, "tool_calls")
CALLS = saying(
    lambda text: {"tool_calls": [call(1, "look_up", text=text), call(2, "look_up", text=f"again: {text}", at=7)]},
    "tool_calls",
)
CUSTOM = saying(
    lambda text: {"tool_calls": [{"id": "call_1", "type": "custom", "custom": {"name": "note", "input": text}}]},
    "tool_calls",
)
