"""A model that obeys: it says the last text back, calls the tool that it is offered with that text, and writes JSON
after the schema that it is given; in each interface, plain and streamed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

from support.vendor import DONE, Received, completion, event, plain, stream

_PIECE = 5


@dataclass(frozen=True)
class Said:
    """What the model answers: a text, or a call of a tool."""

    text: str = ""
    tool: str = ""

    @property
    def pieces(self) -> list[str]:
        return [self.text[at : at + _PIECE] for at in range(0, len(self.text), _PIECE)]


def obey(received: Received) -> AsyncIterator[bytes]:
    """The answer to a request of any interface, known by its path."""
    request, path = received.json, received.path.partition("?")[0]
    if path.endswith("/chat/completions"):
        return _chat(request)(received)
    if path.endswith("/responses"):
        return _responses(request)(received)
    if path.endswith("/messages/count_tokens"):
        return plain({"input_tokens": len(json.dumps(request)) // 4})(received)
    if path.endswith("/messages"):
        return _messages(request)(received)
    if path.endswith("/embeddings"):
        given = request["input"] if isinstance(request["input"], list) else [request["input"]]
        data = [{"object": "embedding", "index": at, "embedding": [0.5, 0.25]} for at, _ in enumerate(given)]
        usage = {"prompt_tokens": 2, "total_tokens": 2}
        return plain({"object": "list", "data": data, "model": request["model"], "usage": usage})(received)
    return plain({"error": {"message": "no such path"}}, 404)(received)


def _flat(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or _flat(part.get("content") or "") for part in content or ())


def _last(request: dict[str, Any]) -> dict[str, Any]:
    """What is to be answered: instructions may stand after it."""
    said: dict[str, Any] = [each for each in request["messages"] if each["role"] not in ("system", "developer")][-1]
    return said


def _filled(schema: dict[str, Any], text: str) -> str:
    """JSON that fits a flat schema: the text in each string, false in each boolean."""
    kinds = {"string": text, "boolean": False, "integer": 1, "number": 1}
    fields = schema.get("properties", {})
    return json.dumps({name: kinds.get(field.get("type", "string"), text) for name, field in fields.items()})


def _answer(text: str, tools: dict[str, dict[str, Any]], choice: str, after_tool: bool, form: Any) -> Said:
    if tools and choice != "none" and (not after_tool or choice in tools):
        name = choice if choice in tools else next(iter(tools))
        return Said(_filled(tools[name], text), name)
    return Said(_filled(form, text) if form else text)


def _chat(request: dict[str, Any]) -> Any:
    tools = {each["function"]["name"]: each["function"].get("parameters", {}) for each in request.get("tools") or ()}
    choice = request.get("tool_choice") or ""
    named = choice if isinstance(choice, str) else choice.get("function", {}).get("name", "")
    last = _last(request)
    form = (request.get("response_format") or {}).get("json_schema", {}).get("schema")
    said = _answer(_flat(last.get("content")), tools, named, last["role"] == "tool", form)
    model, function = request["model"], {"name": said.tool, "arguments": said.text}
    if not request.get("stream"):
        if said.tool:
            call = {"id": "call_1", "type": "function", "function": function}
            return plain(completion({"content": None, "tool_calls": [call]}, model, "tool_calls"))
        return plain(completion({"content": said.text}, model))
    if not said.tool:
        pieces = [event({"content": piece}, model=model) for piece in said.pieces]
        return stream([event({"role": "assistant", "content": ""}), *pieces, event({}, "stop"), DONE])
    first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": said.tool, "arguments": ""}}
    rest = [{"index": 0, "function": {"arguments": piece}} for piece in said.pieces]
    begun = event({"role": "assistant", "content": None, "tool_calls": [first]})
    return stream([begun, *(event({"tool_calls": [each]}) for each in rest), event({}, "tool_calls"), DONE])


def _events(events: Iterable[dict[str, Any]]) -> Any:
    return stream([f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in events])


def _responses(request: dict[str, Any]) -> Any:
    tools = {each["name"]: each.get("parameters", {}) for each in request.get("tools") or () if "name" in each}
    choice = request.get("tool_choice") or ""
    given = request["input"]
    last: dict[str, Any] = {"content": given} if isinstance(given, str) else given[-1]
    after_tool = last.get("type") == "function_call_output"
    text = _flat(last.get("output") if after_tool else last.get("content"))
    form = ((request.get("text") or {}).get("format") or {}).get("schema")
    said = _answer(text, tools, choice if isinstance(choice, str) else choice.get("name", ""), after_tool, form)
    item: dict[str, Any]
    if said.tool:
        item = {"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": said.tool, "arguments": said.text}
    else:
        part = {"type": "output_text", "text": said.text, "annotations": []}
        item = {"id": "msg_1", "type": "message", "role": "assistant", "content": [part]}
    whole = _response(request["model"], "completed", [{**item, "status": "completed"}])
    return _events(_response_events(said, item, whole)) if request.get("stream") else plain(whole)


def _response(model: str, status: str, output: list[Any]) -> dict[str, Any]:
    counts = {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 3}
    usage = {**counts, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 12}
    head = {"id": "resp_1", "object": "response", "created_at": 1, "model": model, "status": status, "output": output}
    more = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None, "incomplete_details": None}
    return {**head, **more, "instructions": None, "metadata": {}, "usage": usage if status == "completed" else None}


def _response_events(said: Said, item: dict[str, Any], whole: dict[str, Any]) -> Iterable[dict[str, Any]]:
    begun = _response(whole["model"], "in_progress", [])
    at = {"output_index": 0, "item_id": item["id"]}
    events: list[dict[str, Any]] = [{"type": "response.created", "response": begun}]
    if said.tool:
        opened = {**item, "arguments": "", "status": "in_progress"}
        events += [{"type": "response.output_item.added", "output_index": 0, "item": opened}]
        name = "response.function_call_arguments"
        events += [{"type": f"{name}.delta", **at, "delta": piece} for piece in said.pieces]
        events += [{"type": f"{name}.done", **at, "name": said.tool, "arguments": said.text}]
    else:
        [part] = item["content"]
        within, name = {**at, "content_index": 0}, "response.output_text"
        opened = {**item, "content": [], "status": "in_progress"}
        events += [{"type": "response.output_item.added", "output_index": 0, "item": opened}]
        events += [{"type": "response.content_part.added", **within, "part": {**part, "text": ""}}]
        events += [{"type": f"{name}.delta", **within, "delta": piece, "logprobs": []} for piece in said.pieces]
        events += [{"type": f"{name}.done", **within, "text": said.text, "logprobs": []}]
        events += [{"type": "response.content_part.done", **within, "part": part}]
    events += [{"type": "response.output_item.done", "output_index": 0, "item": whole["output"][0]}]
    events += [{"type": "response.completed", "response": whole}]
    return [{**each, "sequence_number": number} for number, each in enumerate(events)]


def _messages(request: dict[str, Any]) -> Any:
    tools = {each["name"]: each.get("input_schema", {}) for each in request.get("tools") or ()}
    choice = request.get("tool_choice") or {}
    last = _last(request)["content"]
    results = [part for part in last if part["type"] == "tool_result"] if isinstance(last, list) else []
    text = _flat(results[-1].get("content")) if results else _flat(last)
    form = ((request.get("output_config") or {}).get("format") or request.get("output_format") or {}).get("schema")
    said = _answer(text, tools, choice.get("name") or choice.get("type", ""), bool(results), form)
    block: dict[str, Any] = {"type": "text", "text": said.text}
    if said.tool:
        block = {"type": "tool_use", "id": "toolu_1", "name": said.tool, "input": json.loads(said.text)}
    reason = "tool_use" if said.tool else "end_turn"
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": request["model"], "stop_sequence": None}
    usage = {"input_tokens": 9, "output_tokens": 3}
    if not request.get("stream"):
        return plain({**head, "content": [block], "stop_reason": reason, "usage": usage})
    opened = {**block, **({"input": {}} if said.tool else {"text": ""})}
    kind, member = ("input_json_delta", "partial_json") if said.tool else ("text_delta", "text")
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**head, "content": [], "stop_reason": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": opened},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": kind, member: piece}} for piece in said.pieces),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": None},
            "usage": {"output_tokens": 3},
        },
        {"type": "message_stop"},
    ]
    return _events(events)
