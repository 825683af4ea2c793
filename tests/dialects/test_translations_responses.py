"""A Responses client that a private Chat model answers: the real SDK, plain and streamed, with tools and JSON."""

from __future__ import annotations

import json
import typing
from typing import Any

import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel

from support.rerouted import HEAD, SHOWN, Call, Rerouted, Says, canonical, event, to_chat

LOOK: Any = {
    "type": "function",
    "name": "look",
    "description": "Looks.",
    "parameters": {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]},
    "strict": False,
}
GRAMMAR = "start: begin_patch hunk+ end_patch"
PATCH: Any = {
    "type": "custom",
    "name": "apply_patch",
    "description": "Edits files.",
    "format": {"type": "grammar", "syntax": "lark", "definition": GRAMMAR},
}
CALLS = (Call("call_1", "look", '{"at": "the door"}'), Call("call_2", "look", '{"at":"…⟦é⟧"}'))
# Each class alone: the schema of their union takes seconds to build.
EVENTS = {
    typing.get_args(event.model_fields["type"].annotation)[0]: event
    for event in typing.get_args(typing.get_args(ResponseStreamEvent)[0])
}
BOTH = pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])


def ask(rerouted: Rerouted, stream: bool, **arguments: Any) -> Response:
    arguments = {"model": "gpt-any", "input": "Hello", **arguments}
    client = rerouted.openai()
    if not stream:
        return client.responses.create(**arguments)
    last: Response | None = None
    for one in client.responses.create(**arguments, stream=True):
        if one.type in ("response.completed", "response.incomplete"):
            last = one.response  # type: ignore[union-attr]
    assert last is not None
    return last


def events_of(raw: bytes) -> list[dict[str, Any]]:
    """Each checked with the SDK's type, its name, and its number."""
    found = []
    for block in raw.decode().split("\n\n"):
        if not block or block == ":":
            continue
        head, data = block.split("\n")
        one = json.loads(data.removeprefix("data: "))
        assert head == f"event: {one['type']}" and one["sequence_number"] == len(found)
        EVENTS[one["type"]].model_validate(one)
        found.append(one)
    return found


def test_the_stream_is_what_the_interface_says() -> None:
    rerouted = Rerouted(Says("Hi there", [CALLS[0], Call("call_3", "apply_patch", '{"input": "*** Begin"}')]))
    response = ask(rerouted, True, tools=[LOOK, PATCH])
    events = events_of(rerouted.received[0])
    order = [one["type"].removeprefix("response.") for one in events]
    item, part = "output_item", "content_part"
    assert list(dict.fromkeys(order[:6])) == [
        "created",
        "in_progress",
        f"{item}.added",
        f"{part}.added",
        "output_text.delta",
    ]
    rest = [name for name in order if not name.endswith(".delta")]
    assert rest[4:] == [
        *("output_text.done", f"{part}.done", f"{item}.done"),
        *(f"{item}.added", "function_call_arguments.done", f"{item}.done"),
        *(f"{item}.added", "custom_tool_call_input.done", f"{item}.done"),
        "completed",
    ]
    done = [one["item"] for one in events if one["type"] == "response.output_item.done"]
    assert (
        done == events[-1]["response"]["output"] == json.loads(response.model_dump_json(exclude_unset=True))["output"]
    )
    for index, one in enumerate(done):
        pieces = [e.get("delta", "") for e in events if e["type"].endswith(".delta") and e["output_index"] == index]
        said = one["content"][0]["text"] if one["type"] == "message" else one.get("arguments", one.get("input"))
        assert "".join(pieces) == said
        assert {e["item_id"] for e in events if "item_id" in e and e["output_index"] == index} == {one["id"]}
    assert len({one["id"] for one in done}) == 3


def test_the_sdks_own_stream_reads_it() -> None:
    class Found(BaseModel):
        n: int

    rerouted = Rerouted(Says('{"n": 4}'))
    with rerouted.openai().responses.stream(model="m", input="Hello", text_format=Found) as events:
        for _ in events:
            pass
        assert events.get_final_response().output_parsed == Found(n=4)
    assert rerouted.sent[0]["response_format"]["json_schema"]["strict"] is True


@BOTH
def test_an_answer(stream: bool) -> None:
    rerouted = Rerouted(Says("It is — “here”.", reasoning="Where would it be?"))
    response = ask(
        rerouted,
        stream,
        instructions="Be brief.",
        temperature=0.5,
        max_output_tokens=50,
        metadata={"ticket": "7"},
        store=False,
    )
    Response.model_validate_json(response.model_dump_json())
    assert response.output_text == "It is — “here”."
    assert (response.status, response.model, response.id) == ("completed", SHOWN, "resp_chatcmpl97")
    assert (response.created_at, response.metadata, response.instructions) == (
        1_763_800_000,
        {"ticket": "7"},
        "Be brief.",
    )
    assert response.usage is not None
    usage = response.usage
    assert (usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens) == (40, 30, 9)
    sent = rerouted.sent[0]
    assert sent["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    assert (sent["max_tokens"], sent["temperature"]) == (50, 0.5)
    assert sent.get("stream_options") == ({"include_usage": True} if stream else None)


@BOTH
@pytest.mark.parametrize("interleaved", [False, True])
def test_a_loop_of_tools(stream: bool, interleaved: bool) -> None:
    rerouted = Rerouted(Says("I'll look.", CALLS), Says("Both are shut."), interleaved=interleaved)
    items: list[Any] = [{"role": "developer", "content": "Rules."}, {"role": "user", "content": "Hello"}]
    choice = {"type": "function", "name": "look"}
    first = ask(rerouted, stream, input=items, instructions="Be brief.", tools=[LOOK], tool_choice=choice)
    calls = [item for item in first.output if item.type == "function_call"]
    assert [(call.call_id, call.name, call.arguments) for call in calls] == list(CALLS)
    items += [item.model_dump(exclude_none=True) for item in first.output]
    items += [{"type": "function_call_output", "call_id": call.call_id, "output": "shut"} for call in calls]
    last = ask(rerouted, stream, input=items, tools=[LOOK], parallel_tool_calls=False)
    assert last.output_text == "Both are shut."
    assert rerouted.sent[0]["tool_choice"] == {"type": "function", "function": {"name": "look"}}
    assert rerouted.sent[0]["messages"][0] == {"role": "system", "content": "Be brief.\n\nRules."}
    assert rerouted.sent[1]["parallel_tool_calls"] is False
    assistant = rerouted.sent[1]["messages"][2]
    assert assistant["content"] == "I'll look."
    assert [(call["id"], call["function"]["arguments"]) for call in assistant["tool_calls"]] == [
        (call.id, call.arguments) for call in CALLS
    ]
    assert [message["role"] for message in rerouted.sent[1]["messages"]] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
    ]


@BOTH
def test_free_text_tools_and_namespaces(stream: bool) -> None:
    """As Codex has them: apply_patch takes text, and tools of servers stand in namespaces."""
    space: Any = {
        "type": "namespace",
        "name": "mcp__docs",
        "description": "Papers.",
        "tools": [{**LOOK, "name": "find"}],
    }
    patch = '*** Begin Patch\n+"a"\n*** End Patch'
    calls = [
        Call("c1", "apply_patch", json.dumps({"input": patch})),
        Call("c2", "apply_patch", patch),
        Call("c3", "mcp__docs__find", '{"at": "x"}'),
    ]
    rerouted = Rerouted(Says("", calls), Says("Done"))
    first = ask(rerouted, stream, tools=[PATCH, space])
    Response.model_validate_json(first.model_dump_json())
    found = [json.loads(item.model_dump_json(exclude_none=True)) for item in first.output]
    assert [(item["type"], item["name"]) for item in found] == [
        ("custom_tool_call", "apply_patch"),
        ("custom_tool_call", "apply_patch"),
        ("function_call", "find"),
    ]
    assert [item.get("input") for item in found] == [patch, patch, None]
    assert found[2]["namespace"] == "mcp__docs"
    outputs = [
        {"type": "custom_tool_call_output", "call_id": "c1", "output": "ok"},
        {"type": "custom_tool_call_output", "call_id": "c2", "output": [{"type": "input_text", "text": "ok"}]},
        {"type": "function_call_output", "call_id": "c3", "output": "found"},
    ]
    ask(rerouted, stream, input=[{"role": "user", "content": "Do"}, *found, *outputs], tools=[PATCH, space])
    functions = [tool["function"] for tool in rerouted.sent[0]["tools"]]
    assert [function["name"] for function in functions] == ["apply_patch", "mcp__docs__find"]
    assert GRAMMAR in functions[0]["description"] and functions[1]["description"] == "Papers.\n\nLooks."
    assert list(functions[0]["parameters"]["properties"]) == ["input"]
    sent = rerouted.sent[1]["messages"][1]["tool_calls"]
    assert [call["function"]["name"] for call in sent] == ["apply_patch", "apply_patch", "mcp__docs__find"]
    assert json.loads(sent[1]["function"]["arguments"]) == {"input": patch}


@BOTH
@pytest.mark.parametrize(
    ("says", "status", "reason"),
    [
        (Says("Half", finish="length"), "incomplete", "max_output_tokens"),
        (Says("I", [Call("c", "look", '{"at": "th')], finish="length"), "incomplete", "max_output_tokens"),
        (Says("", refusal="I won't."), "completed", None),
        (Says("No", finish="content_filter"), "incomplete", "content_filter"),
        (Says("", usage=None), "completed", None),
    ],
)
def test_how_it_ends(says: Says, status: str, reason: str | None, stream: bool) -> None:
    response = ask(Rerouted(says), stream, tools=[LOOK])
    Response.model_validate_json(response.model_dump_json())
    details = response.incomplete_details
    assert (response.status, details and details.reason) == (status, reason)
    if says.refusal:
        assert response.output[0].content[0].refusal == says.refusal  # type: ignore[union-attr]
    if says.calls:
        assert [item.status for item in response.output] == ["completed", "incomplete"]  # type: ignore[union-attr]


def test_an_error_amid_a_stream_raises_in_the_client() -> None:
    broken = event({"content": "Half"}) + b'data: {"error": {"message": "out of memory", "code": 500}}\n\n'
    rerouted = Rerouted(broken)
    with pytest.raises(openai.APIError, match="out of memory"):
        ask(rerouted, True)
    kinds = [json.loads(b.split("data: ")[1])["type"] for b in rerouted.received[0].decode().split("\n\n") if b]
    assert kinds[-2:] == ["response.failed", "error"]


def test_a_stream_that_breaks_off_raises_in_the_client() -> None:
    for cut_off in (event({"content": "Half"}), b""):
        with pytest.raises(openai.APIError, match="broke off"):
            ask(Rerouted(cut_off), True)


def test_only_the_allowed_tools_are_offered() -> None:
    rerouted = Rerouted(Says("Hi"))
    choice: Any = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "look"}]}
    ask(rerouted, False, tools=[PATCH, LOOK], tool_choice=choice)
    assert [tool["function"]["name"] for tool in rerouted.sent[0]["tools"]] == ["look"]
    assert rerouted.sent[0]["tool_choice"] == "required"


def test_codex_needs_nothing_that_is_missing() -> None:
    """The shape of its traffic: instructions, developer and user messages, thinking to be sent on, its own tools."""
    body = {
        "model": "gpt-5-codex",
        "instructions": "You are Codex.",
        "input": [
            {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "<permissions>"}]},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Fix it."}]},
            {"type": "reasoning", "id": "rs_1", "summary": [], "content": None, "encrypted_content": "gAAA"},
            {"type": "function_call", "name": "exec_command", "arguments": '{"cmd":"ls"}', "call_id": "c1"},
            {
                "type": "custom_tool_call",
                "status": "completed",
                "call_id": "c2",
                "name": "apply_patch",
                "input": "*** P",
            },
            {"type": "function_call_output", "call_id": "c1", "output": "a.py"},
            {"type": "custom_tool_call_output", "call_id": "c2", "output": "ok"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Fixed."}]},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "More."}]},
        ],
        "tools": [{**LOOK, "name": "exec_command"}, PATCH],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "reasoning": {"effort": "medium", "summary": "auto"},
        "store": False,
        "stream": True,
        "include": ["reasoning.encrypted_content"],
        "prompt_cache_key": "k",
        "client_metadata": {"session": "s"},
        "text": {"verbosity": "low"},
    }
    raw = json.dumps(body).encode()
    request, translation = canonical("responses", raw), to_chat("responses")
    assert translation.gaps(request) == ()
    translated = translation.request(request, raw)
    assert [dropped.pointer for dropped in translated.dropped] == [
        "/reasoning",
        "/store",
        "/prompt_cache_key",
        "/client_metadata",
        "/include/*",
        "/input/*",
        "/input/*/status",
        "/text/verbosity",
    ]
    messages = json.loads(translated.body)["messages"]
    assert [message["role"] for message in messages] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
        "assistant",
        "user",
    ]
    assert messages[2]["content"] is None and len(messages[2]["tool_calls"]) == 2


def test_results_move_up_to_their_call() -> None:
    """Whatever a client puts between a call and its result, servers want them side by side."""
    body = {
        "model": "m",
        "input": [
            {"role": "user", "content": "Go"},
            {"type": "function_call", "name": "look", "arguments": "{}", "call_id": "c1"},
            {"role": "developer", "content": "Hurry."},
            {"type": "function_call_output", "call_id": "c1", "output": "seen"},
        ],
    }
    raw = json.dumps(body).encode()
    translated = to_chat("responses").request(canonical("responses", raw), raw)
    messages = json.loads(translated.body)["messages"]
    assert [(m["role"], m["content"]) for m in messages] == [
        ("user", "Go"),
        ("assistant", None),
        ("tool", "seen"),
        ("user", "[System message]\n\nHurry."),
    ]


def test_the_same_bytes_give_the_same_reply() -> None:
    asked = canonical("responses", b'{"model":"m","input":"x"}')
    body = json.dumps({**HEAD, "choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]}).encode()
    assert to_chat("responses").reply(asked, body, "m") == to_chat("responses").reply(asked, body, "m")
