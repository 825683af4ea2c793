"""The ways in which a client can ask the SDK for a chat completion, and one view of what it got by each of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

WAYS = ("create", "stream", "raw", "raw_stream", "open", "lines", "helper")
"""create(), create(stream=True), with_raw_response plain and streamed, with_streaming_response plain and by lines, and
the event helper `stream()`. `parse` is an eighth, for structured output."""


@dataclass
class Call:
    """One tool call, put together from its pieces."""

    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass
class Choice:
    """One choice, put together from its pieces. `pieces` are how many carried content."""

    content: str = ""
    refusal: str = ""
    calls: dict[int, Call] = field(default_factory=dict)
    finish: str | None = None
    logprobs: int = 0
    pieces: int = 0
    parsed: Any = None


@dataclass
class Seen:
    """What the client's program sees in the end."""

    model: str = ""
    usage: Any = None
    choices: dict[int, Choice] = field(default_factory=dict)

    @property
    def content(self) -> str:
        return self.choices[0].content

    @property
    def calls(self) -> list[Call]:
        return list(self.choices[0].calls.values())


def seen_in_reply(reply: Any) -> Seen:
    """A whole reply."""
    seen = Seen(reply.model, reply.usage)
    for choice in reply.choices:
        message = choice.message
        calls = {
            at: Call(call.id, call.function.name, call.function.arguments)
            if call.type == "function"
            else Call(call.id, call.custom.name, call.custom.input)
            for at, call in enumerate(message.tool_calls or [])
        }
        seen.choices[choice.index] = Choice(
            content=message.content or "",
            refusal=message.refusal or "",
            calls=calls,
            finish=choice.finish_reason,
            logprobs=len(choice.logprobs.content or []) if choice.logprobs else 0,
            pieces=1,
            parsed=getattr(message, "parsed", None),
        )
    return seen


def seen_in_chunks(chunks: list[Any]) -> Seen:
    """A stream's events."""
    seen = Seen()
    for chunk in chunks:
        seen.model = chunk.model or seen.model
        seen.usage = chunk.usage or seen.usage
        for part in chunk.choices:
            choice = seen.choices.setdefault(part.index, Choice())
            choice.content += part.delta.content or ""
            choice.refusal += part.delta.refusal or ""
            choice.pieces += bool(part.delta.content)
            choice.finish = part.finish_reason or choice.finish
            choice.logprobs += len(part.logprobs.content or []) if part.logprobs else 0
            for piece in part.delta.tool_calls or []:
                call = choice.calls.setdefault(piece.index, Call())
                call.id += piece.id or ""
                if piece.function:
                    call.name += piece.function.name or ""
                    call.arguments += piece.function.arguments or ""
    return seen


def seen_in_lines(lines: list[str]) -> Seen:
    """A stream read line by line, as a program does that parses server-sent events itself."""
    from openai.types.chat import ChatCompletionChunk

    events = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    assert events[-1] == "[DONE]"
    return seen_in_chunks([ChatCompletionChunk.construct(**json.loads(event)) for event in events[:-1]])


def ask(client: Any, way: str, arguments: dict[str, Any]) -> Seen:
    """Asks with the sync client."""
    chat = client.chat.completions
    match way:
        case "create":
            return seen_in_reply(chat.create(**arguments))
        case "stream":
            return seen_in_chunks(list(chat.create(**arguments, stream=True)))
        case "raw":
            return seen_in_reply(chat.with_raw_response.create(**arguments).parse())
        case "raw_stream":
            return seen_in_chunks(list(chat.with_raw_response.create(**arguments, stream=True).parse()))
        case "open":
            with chat.with_streaming_response.create(**arguments) as response:
                return seen_in_reply(response.parse())
        case "lines":
            with chat.with_streaming_response.create(**arguments, stream=True) as response:
                return seen_in_lines(list(response.iter_lines()))
        case "parse":
            return seen_in_reply(chat.parse(**arguments))
        case "helper":
            with chat.stream(**arguments) as stream:
                kinds = [event.type for event in stream]
                assert kinds[0] == "chunk"
                return seen_in_reply(stream.get_final_completion())
    raise AssertionError(way)


async def ask_async(client: Any, way: str, arguments: dict[str, Any]) -> Seen:
    """Asks with the async client, and closes it."""
    async with client:
        chat = client.chat.completions
        match way:
            case "create":
                return seen_in_reply(await chat.create(**arguments))
            case "stream":
                return seen_in_chunks([chunk async for chunk in await chat.create(**arguments, stream=True)])
            case "raw":
                return seen_in_reply((await chat.with_raw_response.create(**arguments)).parse())
            case "raw_stream":
                raw = await chat.with_raw_response.create(**arguments, stream=True)
                return seen_in_chunks([chunk async for chunk in raw.parse()])
            case "open":
                async with chat.with_streaming_response.create(**arguments) as response:
                    return seen_in_reply(await response.parse())
            case "lines":
                async with chat.with_streaming_response.create(**arguments, stream=True) as response:
                    return seen_in_lines([line async for line in response.iter_lines()])
            case "parse":
                return seen_in_reply(await chat.parse(**arguments))
            case "helper":
                async with chat.stream(**arguments) as stream:
                    kinds = [event.type async for event in stream]
                    assert kinds[0] == "chunk"
                    return seen_in_reply(await stream.get_final_completion())
    raise AssertionError(way)
