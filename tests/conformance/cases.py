"""The shared case list: what a client asks, in which ways, and what it must see, whoever answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openai import pydantic_function_tool
from pydantic import BaseModel

from conformance import answers
from conformance.ways import WAYS, Seen
from support.vendor import Answer

Arguments = dict[str, Any]

_PLAIN = ("create", "raw", "open")
_TOOL = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Looks a parcel up.",
        "parameters": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    },
}


class Parcel(BaseModel):
    """What structured output is parsed into."""

    text: str
    large: bool


def _always(_seen: Seen) -> bool:
    return True


@dataclass(frozen=True)
class Case:
    """`ask` makes the arguments of a request about a text. `says` holds where the scripted vendor answered, which gives
    back the text that it received: the client must see the text that it sent. `holds` is true whoever answers.

    `covered`: with identifiers in the text the request still goes out, masked. `embedded`: run on the embedded model.
    """

    name: str
    ask: Callable[[str], Arguments]
    says: Callable[[Seen, str], bool]
    ways: tuple[str, ...] = WAYS
    answer: Answer = answers.SAY
    holds: Callable[[Seen], bool] = _always
    masked: bool = True
    embedded: bool = True


def user(text: str, **more: Any) -> Arguments:
    """One user message."""
    return {"messages": [{"role": "user", "content": text}], **more}


def _said(seen: Seen, text: str) -> bool:
    return seen.content == text and seen.choices[0].finish == "stop"


def _something(seen: Seen) -> bool:
    return bool(seen.content) and seen.choices[0].finish in ("stop", "length")


def _arguments(seen: Seen, text: str) -> bool:
    [call] = seen.calls
    return (call.id, call.name, json.loads(call.arguments)) == ("call_1", "look_up", {"text": text})


def _two_calls(seen: Seen, text: str) -> bool:
    first, second = seen.calls
    return (first.id, json.loads(first.arguments)) == ("call_1", {"text": text}) and (
        second.id,
        json.loads(second.arguments),
    ) == ("call_2", {"text": f"again: {text}", "at": 7})


def _is_json(seen: Seen) -> bool:
    return seen.choices[0].finish == "length" or isinstance(json.loads(seen.content), dict)


def _json_said(seen: Seen, text: str) -> bool:
    return json.loads(seen.content) == {"text": text, "large": True}


def _messages(*pairs: tuple[str, Any]) -> Callable[[str], Arguments]:
    """Messages of (role, content), where content None stands for the text."""
    return lambda text: {
        "messages": [{"role": role, "content": text if said is None else said} for role, said in pairs]
    }


def _talk(text: str) -> Arguments:
    turns = [{"role": role, "content": f"{role} turn {n}"} for n in range(10) for role in ("user", "assistant")]
    return {"messages": [*turns, {"role": "user", "content": text}]}


def _tool_result(text: str) -> Arguments:
    calls = [answers.call(1, "look_up", text=text)]
    return {
        "messages": [
            {"role": "user", "content": text},
            {"role": "assistant", "content": None, "tool_calls": calls},
            {"role": "tool", "tool_call_id": "call_1", "content": text},
        ],
        "tools": [_TOOL],
    }


CASES = (
    Case("plain", user, _said, holds=_something),
    Case(
        "empty user message", lambda text: _messages(("system", None), ("user", ""))(text), lambda s, t: s.content == ""
    ),
    Case("system message", _messages(("system", "Be brief."), ("user", None)), _said, holds=_something),
    Case("developer message", _messages(("developer", "Be brief."), ("user", None)), _said, holds=_something),
    Case("assistant message", _messages(("user", "Hello."), ("assistant", "Yes?"), ("user", None)), _said),
    Case("name member", lambda t: {"messages": [{"role": "user", "name": "planner", "content": t}]}, _said),
    Case("twenty turns", _talk, _said, ways=("create", "stream")),
    Case(
        "text parts",
        lambda t: user([{"type": "text", "text": t}, {"type": "text", "text": "Thanks."}]),
        lambda s, t: s.content == f"{t} Thanks.",
        holds=_something,
    ),
    Case(
        "letters of many scripts",
        lambda t: user(f'{t} Grüße, 你好, नमस्ते, مرحبا 👋🏽👩‍👩‍👧 é ﷽ \\ " \t end'),
        lambda s, t: s.content == f'{t} Grüße, 你好, नमस्ते, مرحبا 👋🏽👩‍👩‍👧 é ﷽ \\ " \t end',
    ),
    Case(
        # Programs that split text at every Unicode line end can't read these by lines from any vendor.
        "Unicode line ends",
        lambda t: user(f"{t} \u2028 \u2029 \x85 \r\n end"),
        lambda s, t: s.content == f"{t} \u2028 \u2029 \x85 \r\n end",
        ways=("create", "stream", "raw", "raw_stream", "open", "helper"),
    ),
    Case(
        "sampling",
        lambda t: user(t, temperature=0.2, top_p=0.9, presence_penalty=0.1, frequency_penalty=0.1, seed=7),
        _said,
        ways=("create", "stream"),
        holds=_something,
    ),
    Case("logit bias", lambda t: user(t, logit_bias={"50": -100}), _said, ways=("create",)),
    Case("one stop sequence", lambda t: user(t, stop="zq"), _said, ways=("create", "stream")),
    Case("stop sequences", lambda t: user(t, stop=["zq", "\n\n\n"]), _said, ways=("create", "stream")),
    Case(
        "two choices",
        lambda t: user(t, n=2),
        lambda s, t: [c.content for c in s.choices.values()] == [t, t],
        holds=lambda s: len(s.choices) == 2,
    ),
    Case(
        "usage in the stream",
        lambda t: user(t, stream_options={"include_usage": True}),
        lambda s, t: _said(s, t) and s.usage.total_tokens == 18 and s.usage.prompt_tokens_details.cached_tokens == 3,
        ways=("stream", "raw_stream", "lines", "helper"),
        holds=lambda s: s.usage.completion_tokens > 0,
    ),
    Case(
        "usage of a whole reply",
        user,
        lambda s, t: s.usage.total_tokens == 18,
        ways=_PLAIN,
        holds=lambda s: s.usage.total_tokens > 1,
    ),
    Case(
        "log probabilities",
        lambda t: user(t, logprobs=True, top_logprobs=2),
        lambda s, t: s.choices[0].logprobs > 0,
        answer=answers.LOGPROBS,
        holds=lambda s: s.choices[0].logprobs > 0,
        ways=("create", "stream", "helper"),
    ),
    Case(
        "JSON object",
        lambda t: user(f"{t} Answer in JSON.", response_format={"type": "json_object"}),
        lambda s, t: _json_said(s, f"{t} Answer in JSON."),
        answer=answers.JSON,
        holds=_is_json,
    ),
    Case(
        "JSON schema",
        lambda t: user(
            t,
            response_format={
                "type": "json_schema",
                "json_schema": {
                    "name": "parcel",
                    "strict": True,
                    "schema": {
                        "type": "object",
                        "properties": {"text": {"type": "string", "maxLength": 20}, "large": {"type": "boolean"}},
                        "required": ["text", "large"],
                        "additionalProperties": False,
                    },
                },
            },
        ),
        _json_said,
        answer=answers.JSON,
        holds=_is_json,
        ways=("create", "stream", "raw_stream"),
    ),
    Case(
        "structured output",
        lambda t: user(t, response_format=Parcel),
        lambda s, t: s.choices[0].parsed == Parcel(text=t, large=True),
        answer=answers.JSON,
        ways=("parse", "helper"),
        embedded=False,
    ),
    Case("tool call", lambda t: user(t, tools=[_TOOL]), _arguments, answer=answers.CALL),
    Case(
        "tool calls in parallel",
        lambda t: user(t, tools=[_TOOL], parallel_tool_calls=True),
        _two_calls,
        answer=answers.CALLS,
    ),
    Case(
        "tool choice",
        lambda t: user(t, tools=[_TOOL], tool_choice={"type": "function", "function": {"name": "look_up"}}),
        _arguments,
        answer=answers.CALL,
        ways=("create", "stream"),
    ),
    Case("tool result", _tool_result, _said, holds=_something),
    Case(
        "tool of a pydantic class",
        lambda t: user(t, tools=[pydantic_function_tool(Parcel, name="look_up")]),
        lambda s, t: json.loads(s.calls[0].arguments) == {"text": t},
        answer=answers.saying(lambda text: {"tool_calls": [answers.call(1, "look_up", text=text)]}, "tool_calls"),
        ways=("create", "stream"),
        embedded=False,
    ),
    Case(
        "custom tool",
        lambda t: user(t, tools=[{"type": "custom", "custom": {"name": "note"}}]),
        lambda s, t: (s.calls[0].name, s.calls[0].arguments) == ("note", t),
        answer=answers.CUSTOM,
        ways=_PLAIN,
        embedded=False,
    ),
    Case(
        "refusal",
        user,
        lambda s, t: s.choices[0].refusal == t and s.content == "",
        answer=answers.REFUSE,
        embedded=False,
    ),
    Case(
        "cut off",
        lambda t: user(t, max_completion_tokens=3),
        lambda s, t: s.choices[0].finish == "length",
        answer=answers.LENGTH,
        ways=("create", "stream"),
        holds=lambda s: s.choices[0].finish == "length",
    ),
    Case(
        "content filter",
        user,
        lambda s, t: s.choices[0].finish == "content_filter",
        answer=answers.FILTERED,
        ways=("create", "stream"),
        embedded=False,
    ),
    Case("reasoning effort", lambda t: user(t, reasoning_effort="low", verbosity="low"), _said, ways=("create",)),
    Case(
        "user and metadata",
        lambda t: user(
            t, user="u-1", metadata={"ticket": "7"}, safety_identifier="s-1", prompt_cache_key="k", service_tier="auto"
        ),
        _said,
        ways=("create", "stream"),
        masked=False,
    ),
    Case(
        "a field that nobody knows",
        lambda t: user(t, extra_body={"brand_new": {"mode": [1, 2.50, None]}}),
        _said,
        ways=("create", "stream"),
        masked=False,
    ),
)
