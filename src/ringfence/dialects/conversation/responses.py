"""Responses as a source: a request -> a conversation. Members as in `openai.types.responses` of openai 3.54.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ringfence.dialects.conversation.reading import Members, Notes, Reading, chosen, data_image, kind
from ringfence.dialects.conversation.responses_tools import INPUT, Offered, read_choice, read_tools
from ringfence.vocabulary.conversation import (
    Conversation,
    Form,
    Image,
    Part,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)

_CACHE = "asks for the vendor's prompt cache, which has no part in the answer"
_VENDOR_ONLY = "steers the vendor's service, which isn't used"
_USER = "tells the vendor about the user"
_STATE = "means a conversation that the vendor keeps, and here nobody does"
_ITEM = "tells items apart at the vendor, and nothing is kept here"

_REQUEST = Members(
    used=frozenset(
        {"model", "input", "instructions", "max_output_tokens", "temperature", "top_p", "stream", "tools", "text"}
        | {"tool_choice", "parallel_tool_calls", "include", "truncation"}
    ),
    dropped={
        "access_programs": _VENDOR_ONLY,
        "background_options": "is about background replies, which are refused",
        "client_metadata": _USER,
        "context_management": "only shortens the conversation, and here all of it goes on",
        "image": _VENDOR_ONLY,
        "max_tool_calls": "counts calls of the vendor's own tools, and here there are none",
        "metadata": "is kept with the vendor's copy, and here nothing is kept",
        "prompt_cache_key": _CACHE,
        "prompt_cache_options": _CACHE,
        "prompt_cache_retention": _CACHE,
        "reasoning": "says how the vendor's model may think",
        "safety_identifier": _USER,
        "service_tier": _VENDOR_ONLY,
        "store": "is about the vendor's copy, and here nothing is kept",
        "stream_options": "only pads the events of a stream",
        "user": _USER,
    },
    gaps={
        "background": "asks for a reply to be fetched later",
        "conversation": _STATE,
        "moderation": "has the vendor judge the texts",
        "previous_response_id": _STATE,
        "prompt": "names instructions that the vendor keeps",
        "top_logprobs": "asks for the probabilities of tokens",
    },
)
_MESSAGE = Members(
    used=frozenset({"type", "role", "content"}),
    dropped={"id": _ITEM, "status": _ITEM, "phase": "tells the vendor's models where a message belongs"},
)
_BREAKPOINT = {"prompt_cache_breakpoint": _CACHE}
_INPUT_TEXT = Members(used=frozenset({"type", "text"}), dropped=_BREAKPOINT)
_OUTPUT_TEXT = Members(
    used=frozenset({"type", "text"}),
    dropped={
        "annotations": "tells what earlier text cited; the text itself goes on",
        "logprobs": "tells how likely earlier text was; the text itself goes on",
    },
)
_REFUSAL = Members(used=frozenset({"type", "refusal"}))
_IMAGE = Members(
    used=frozenset({"type", "image_url"}),
    dropped={"detail": "says how closely the vendor's model looks", **_BREAKPOINT},
    gaps={"file_id": "is an image that the vendor keeps"},
)
_CALL_DROPPED = {"id": _ITEM, "status": _ITEM}
_AGAIN = "says again which tool was called"
_CALL_GAPS = {"async": "lets the model go on while the tool runs"}
_FUNCTION_CALL = Members(
    used=frozenset({"type", "call_id", "name", "namespace", "arguments", "caller"}),
    dropped=_CALL_DROPPED,
    gaps=_CALL_GAPS,
)
_CUSTOM_CALL = Members(
    used=frozenset({"type", "call_id", "name", "namespace", "input", "caller"}), dropped=_CALL_DROPPED, gaps=_CALL_GAPS
)
_OUTPUT = Members(
    used=frozenset({"type", "call_id", "output", "caller"}),
    dropped={
        **_CALL_DROPPED,
        "name": _AGAIN,
        "namespace": _AGAIN,
    },
)
_CALLER = Members(used=frozenset({"type"}))
_TEXT = Members(used=frozenset({"format"}), dropped={"verbosity": "says how wordy the vendor's model may be"})
_PLAIN_FORMAT = Members(used=frozenset({"type"}))
_SCHEMA_FORMAT = Members(used=frozenset({"type", "name", "description", "schema", "strict"}))
_ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}


def read(tree: dict[str, Any], headers: Sequence[tuple[str, str]] = ()) -> Reading:
    """`tree` is the request's JSON, as its dialect checked it."""
    notes = Notes()
    for name, _ in headers:
        notes.drop(f"/@{name}", "chooses among the vendor's interfaces; what it turns on stands in the members")
    notes.members(tree, "", _REQUEST)
    _includes(notes, tree.get("include"))
    if tree.get("truncation") not in (None, "disabled"):
        notes.gap("/truncation", "has the vendor shorten the conversation")
    turns = []
    if tree.get("instructions") is not None:
        turns.append(Turn("system", (Text(notes.string(tree["instructions"], "/instructions")),)))
    turns += _turns(notes, tree.get("input"))
    tools = read_tools(notes, tree.get("tools"), tree.get("tool_choice"))
    if not tools and tree.get("parallel_tool_calls") is not None:
        notes.drop("/parallel_tool_calls", "says how to use tools, and there are none")
    conversation = Conversation(
        model=tree["model"],
        turns=tuple(turns),
        tools=tools,
        choice=chosen(notes, tools, read_choice(notes, tree.get("tools"), tree.get("tool_choice"))),
        parallel_calls=tree.get("parallel_tool_calls"),
        form=_form(notes, tree.get("text")),
        max_tokens=tree.get("max_output_tokens"),
        temperature=tree.get("temperature"),
        top_p=tree.get("top_p"),
        stream=tree.get("stream") is True,
    )
    return Reading(conversation, notes.gaps, notes.dropped)


def _includes(notes: Notes, include: Any) -> None:
    for index, wish in enumerate(notes.strings(include, "/include")):
        if wish == "message.output_text.logprobs":
            notes.gap(f"/include/{index}", "asks for the probabilities of tokens")
        else:
            notes.drop(f"/include/{index}", "asks for more of the vendor's tools or thinking, of which there is none")


def _turns(notes: Notes, input: Any) -> list[Turn]:
    if isinstance(input, str):
        return [Turn("user", (Text(input),))]
    turns: list[Turn] = []
    called: set[str] = set()
    for pointer, item in notes.objects(input, "/input"):
        # A message may leave its type out.
        named = item.get("type", "message" if "role" in item else None)
        if named == "message":
            turns += _message(notes, item, pointer)
        elif named in ("function_call", "custom_tool_call"):
            call = _call(notes, item, pointer, custom=named == "custom_tool_call")
            called.add(call.id)
            turns.append(Turn("assistant", (call,)))
        elif named in ("function_call_output", "custom_tool_call_output"):
            result = _result(notes, item, pointer)
            if result.call_id not in called:
                notes.gap(pointer, "is the result of a call that isn't in the request")
            turns.append(Turn("tool", (result,)))
        elif named == "reasoning":
            notes.drop(pointer, "is the thinking of an earlier turn, which only the vendor's models read")
        elif named in (None, "item_reference"):
            notes.gap(pointer, _STATE)
        else:
            notes.gap(pointer, f"is an item of a type that Chat Completions doesn't have ({kind(item)})")
    if not turns:
        notes.gap("/input", "holds nothing to answer")
    return turns


def _message(notes: Notes, item: dict[str, Any], pointer: str) -> list[Turn]:
    notes.members(item, pointer, _MESSAGE)
    role = item.get("role")
    speaker = _ROLES.get(role) if isinstance(role, str) else None
    parts = _parts(notes, item.get("content"), f"{pointer}/content")
    match speaker:
        case "user":
            return [Turn("user", parts)]
        case "assistant" | "system":
            if any(not isinstance(part, Text) for part in parts):
                notes.gap(f"{pointer}/content", "holds more than text, which only a user's message can")
            return [Turn(speaker, parts)]
    notes.gap(f"{pointer}/role", "isn't known here")
    return []


def _parts(notes: Notes, content: Any, pointer: str) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (Text(content),)
    parts: list[Part] = []
    for at, part in notes.objects(content, pointer):
        match part.get("type"):
            case "input_text":
                notes.members(part, at, _INPUT_TEXT)
                parts.append(Text(notes.string(part.get("text"), f"{at}/text")))
            case "output_text":
                notes.members(part, at, _OUTPUT_TEXT)
                parts.append(Text(notes.string(part.get("text"), f"{at}/text")))
            case "refusal":
                notes.members(part, at, _REFUSAL)
                parts.append(Text(notes.string(part.get("refusal"), f"{at}/refusal")))
            case "input_image":
                parts += _image(notes, part, at)
            case _:
                notes.gap(at, f"is a part of a type that Chat Completions doesn't have ({kind(part)})")
    return tuple(parts)


def _image(notes: Notes, part: dict[str, Any], pointer: str) -> list[Part]:
    notes.members(part, pointer, _IMAGE)
    if part.get("image_url") is None:
        return []
    found = data_image(notes.string(part["image_url"], f"{pointer}/image_url"))
    if found is None:
        notes.gap(f"{pointer}/image_url", "is an image that lies elsewhere")
        return []
    return [Image(*found)]


def _call(notes: Notes, item: dict[str, Any], pointer: str, *, custom: bool) -> ToolCall:
    notes.members(item, pointer, _CUSTOM_CALL if custom else _FUNCTION_CALL)
    _direct(notes, item.get("caller"), f"{pointer}/caller")
    id, name = (notes.string(item.get(member), f"{pointer}/{member}") for member in ("call_id", "name"))
    namespace = item.get("namespace")
    function = Offered(name, "" if namespace is None else notes.string(namespace, f"{pointer}/namespace")).function
    if custom:
        free = notes.string(item.get("input"), f"{pointer}/input")
        return ToolCall(id, function, msgspec.json.encode({INPUT: free}).decode())
    return ToolCall(id, function, notes.string(item.get("arguments"), f"{pointer}/arguments"))


def _result(notes: Notes, item: dict[str, Any], pointer: str) -> ToolResult:
    notes.members(item, pointer, _OUTPUT)
    _direct(notes, item.get("caller"), f"{pointer}/caller")
    parts = _parts(notes, item.get("output"), f"{pointer}/output")
    return ToolResult(
        call_id=notes.string(item.get("call_id"), f"{pointer}/call_id"),
        text="\n\n".join(part.text for part in parts if isinstance(part, Text)),
        images=tuple(part for part in parts if isinstance(part, Image)),
    )


def _direct(notes: Notes, caller: Any, pointer: str) -> None:
    if caller is None:
        return
    caller = notes.an_object(caller, pointer)
    if caller.get("type") == "direct":
        notes.members(caller, pointer, _CALLER)
        notes.drop(pointer, "says that the model calls tools itself, which is the only way here")
    else:
        notes.gap(pointer, "is code that the vendor runs")


def _form(notes: Notes, text: Any) -> Form | None:
    if text is None:
        return None
    text = notes.an_object(text, "/text")
    notes.members(text, "/text", _TEXT)
    format: Any = text.get("format")
    match format:
        case None:
            return None
        case {"type": "text" | "json_object" as wished}:
            notes.members(format, "/text/format", _PLAIN_FORMAT)
            return Form() if wished == "json_object" else None
        case {"type": "json_schema"}:
            notes.members(format, "/text/format", _SCHEMA_FORMAT)
            name, description = (
                notes.string(format.get(member) or "", f"/text/format/{member}") for member in ("name", "description")
            )
            schema = notes.an_object(format.get("schema"), "/text/format/schema")
            return Form(name, description, schema, format.get("strict"))
    notes.gap("/text/format", "is of a type that isn't known here")
    return None
