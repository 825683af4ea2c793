"""Messages as a source: a request -> a conversation. Members as in `anthropic.types` 2.12.0 and `.beta`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ringfence.dialects import strict_json
from ringfence.dialects.anthropic_shapes import dated
from ringfence.dialects.conversation.reading import Members, Notes, Reading, chosen
from ringfence.vocabulary.conversation import (
    Choice,
    Conversation,
    Form,
    Image,
    Part,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Turn,
)

_CACHE = "asks for the vendor's prompt cache, which has no part in the answer"
_VENDOR_ONLY = "steers the vendor's service, which isn't used"
_SHORTENS = "only shortens the conversation, and here all of it goes on"
_THINKING = "says how long the vendor's model may think"
_EARLIER_THINKING = "is the thinking of an earlier turn, which only the vendor's models read"
_CITED = "tells what earlier text cited; the text itself goes on"
# Tools that the vendor's servers run by themselves, without the day that their names end with. One that may be used and
# never was is no part of what was said. Tools that are loaded later are there from the start: there is none to search.
_HOSTED = ("web_search_2", "web_fetch_2", "code_execution_2", "advisor_2", "tool_search_tool_")
_OFFERED_ONLY = "is a tool that the vendor runs; it is only offered, and the model answers without it"
_DIRECT = "says that the model calls tools itself, which is the only way here"

_REQUEST = Members(
    used=frozenset(
        {"model", "messages", "system", "max_tokens", "temperature", "top_p", "stop_sequences", "stream", "tools"}
        | {"tool_choice", "output_config", "output_format"}
    ),
    dropped={
        "billing_policy": _VENDOR_ONLY,
        "cache_control": _CACHE,
        "compaction": _SHORTENS,
        "context_management": _SHORTENS,
        "diagnostics": _CACHE,
        "fallback_credit_token": _VENDOR_ONLY,
        "fallbacks": "names other models of the vendor's",
        "inference_geo": "chooses among the vendor's places",
        "metadata": "tells the vendor about the user",
        "service_tier": _VENDOR_ONLY,
        "speed": _VENDOR_ONLY,
        "thinking": _THINKING,
        "top_k": "narrows sampling, for which Chat Completions has no member",
        "user_profile_id": "tells the vendor about the user",
        "workspace_id": _VENDOR_ONLY,
    },
    gaps={
        "container": "needs the vendor's containers",
        "mcp_servers": "has the vendor call servers",
        "thread": "means a conversation that the vendor keeps, and here nobody does",
    },
)
_MESSAGE = Members(
    used=frozenset({"role", "content"}),
    gaps={"clear_at": "has the vendor forget the message later", "output_config": "changes the way to answer midway"},
)
_TEXT = Members(used=frozenset({"type", "text"}), dropped={"cache_control": _CACHE, "citations": _CITED})
_IMAGE = Members(
    used=frozenset({"type", "source"}),
    dropped={"cache_control": _CACHE},
    gaps={"transformations": "says how the vendor scales an image"},
)
_IMAGE_SOURCE = Members(used=frozenset({"type", "media_type", "data"}))
_DOCUMENT = Members(
    used=frozenset({"type", "source", "title", "context", "citations"}), dropped={"cache_control": _CACHE}
)
_TEXT_SOURCE = Members(used=frozenset({"type", "media_type", "data", "content"}))
_CITATIONS = Members(used=frozenset({"enabled"}))
_SEARCH_RESULT = Members(
    used=frozenset({"type", "source", "title", "content", "citations"}), dropped={"cache_control": _CACHE}
)
_TOOL_USE = Members(
    used=frozenset({"type", "id", "name", "input", "caller"}),
    dropped={"cache_control": _CACHE},
    gaps={"toolset_name": "belongs to a toolset of the vendor's"},
)
_CALLER = Members(used=frozenset({"type"}))
_TOOL_RESULT = Members(
    used=frozenset({"type", "tool_use_id", "content", "is_error"}),
    dropped={"cache_control": _CACHE},
    gaps={"toolset_name": "belongs to a toolset of the vendor's"},
)
_TOOL_REFERENCE = Members(used=frozenset({"type", "tool_name"}), dropped={"cache_control": _CACHE})
_TOOL = Members(
    used=frozenset({"type", "name", "description", "input_schema", "strict", "input_examples", "allowed_callers"}),
    dropped={
        "cache_control": _CACHE,
        "defer_loading": "would show the tool later; here it is there from the start",
        "eager_input_streaming": "says how finely arguments are streamed",
    },
)
_CHOICE = Members(used=frozenset({"type", "name", "disable_parallel_tool_use"}))
_OUTPUT = Members(used=frozenset({"format"}), dropped={"effort": _THINKING, "task_budget": _THINKING})
_FORMAT = Members(used=frozenset({"type", "schema"}))


def read(tree: dict[str, Any], headers: Sequence[tuple[str, str]] = ()) -> Reading:
    """`tree` is the request's JSON, as its dialect checked it."""
    notes = Notes()
    for name, _ in headers:
        notes.drop(f"/@{name}", "chooses among the vendor's interfaces; what it turns on stands in the members")
    notes.members(tree, "", _REQUEST)
    turns = [*_system(notes, tree.get("system"), "/system"), *_turns(notes, tree.get("messages"))]
    if turns and turns[-1].speaker == "assistant":
        notes.gap("/messages", "ends with words that the model is to continue, which Chat Completions can't ask for")
    if tree.get("max_tokens") == 0:
        notes.gap("/max_tokens", "is 0, which only fills the vendor's prompt cache")
    choice, parallel = _choice(notes, tree.get("tool_choice"))
    tools = _tools(notes, tree.get("tools"), forced=choice is not None and choice.mode == "required")
    conversation = Conversation(
        model=tree["model"],
        turns=tuple(turns),
        tools=tools,
        choice=chosen(notes, tools, choice),
        parallel_calls=parallel,
        form=_form(notes, tree),
        max_tokens=tree.get("max_tokens"),
        temperature=tree.get("temperature"),
        top_p=tree.get("top_p"),
        stop=notes.strings(tree.get("stop_sequences"), "/stop_sequences"),
        stream=tree.get("stream") is True,
    )
    return Reading(conversation, notes.gaps, notes.dropped)


def _kind(value: dict[str, Any]) -> str:
    """An object's `type` for a sentence; the vendor's own end with a day."""
    named = value.get("type")
    return dated(named) if isinstance(named, str) else "not named"


def _system(notes: Notes, content: Any, pointer: str) -> list[Turn]:
    parts = _parts(notes, content, pointer)
    if any(not isinstance(part, Text) for part in parts):
        notes.gap(pointer, "holds more than text")
    return [Turn("system", parts)] if parts else []


def _turns(notes: Notes, messages: Any) -> list[Turn]:
    turns: list[Turn] = []
    called: set[str] = set()
    for pointer, message in notes.objects(messages, "/messages"):
        notes.members(message, pointer, _MESSAGE)
        role, at = message.get("role"), f"{pointer}/content"
        if role == "system":
            turns += _system(notes, message.get("content"), at)
            continue
        parts = _parts(notes, message.get("content"), at)
        calls = [part for part in parts if isinstance(part, ToolCall)]
        results = tuple(part for part in parts if isinstance(part, ToolResult))
        if role == "assistant":
            if any(not isinstance(part, Text | ToolCall) for part in parts):
                notes.gap(at, "holds more than an assistant's words and calls")
            called.update(call.id for call in calls)
            turns.append(Turn("assistant", parts))
        elif role == "user":
            if calls:
                notes.gap(at, "holds calls that no assistant made")
            if any(result.call_id not in called for result in results):
                notes.gap(at, "holds the result of a call that isn't in the request")
            rest = tuple(part for part in parts if not isinstance(part, ToolResult))
            turns += [Turn("tool", results)] if results else []
            turns += [Turn("user", rest)] if rest or not results else []
        else:
            notes.gap(f"{pointer}/role", "isn't known here")
    return turns


def _parts(notes: Notes, content: Any, pointer: str) -> tuple[Part, ...]:
    """A string, or blocks. Those of a kind that isn't known are gaps."""
    if isinstance(content, str):
        return (Text(content),) if content else ()
    parts: list[Part] = []
    for at, block in notes.objects(content, pointer):
        parts += _block(notes, block, at)
    return tuple(parts)


def _block(notes: Notes, block: dict[str, Any], pointer: str) -> list[Part]:
    match block.get("type"):
        case "text":
            notes.members(block, pointer, _TEXT)
            return [Text(notes.string(block.get("text"), f"{pointer}/text"))]
        case "image":
            return _image(notes, block, pointer)
        case "document":
            return _document(notes, block, pointer)
        case "search_result":
            return _search_result(notes, block, pointer)
        case "tool_use":
            return [_call(notes, block, pointer)]
        case "tool_result":
            return [_result(notes, block, pointer)]
        case "tool_reference":
            notes.members(block, pointer, _TOOL_REFERENCE)
            return [Text(notes.string(block.get("tool_name"), f"{pointer}/tool_name"))]
        case "thinking" | "redacted_thinking":
            notes.drop(pointer, _EARLIER_THINKING)
            return []
        case "fallback":
            notes.drop(pointer, "says which of the vendor's models went on, and models don't read it")
            return []
    notes.gap(pointer, f"is a block of a type that Chat Completions doesn't have ({_kind(block)})")
    return []


def _image(notes: Notes, block: dict[str, Any], pointer: str) -> list[Part]:
    notes.members(block, pointer, _IMAGE)
    source = notes.an_object(block.get("source"), f"{pointer}/source")
    if source.get("type") != "base64":
        notes.gap(f"{pointer}/source", f"is an image that lies elsewhere ({_kind(source)})")
        return []
    notes.members(source, f"{pointer}/source", _IMAGE_SOURCE)
    media_type, data = (notes.string(source.get(name), f"{pointer}/source/{name}") for name in ("media_type", "data"))
    return [Image(media_type, data)]


def _document(notes: Notes, block: dict[str, Any], pointer: str) -> list[Part]:
    """One that is text goes as text; a file is for the vendor to read."""
    notes.members(block, pointer, _DOCUMENT)
    _no_citations(notes, block.get("citations"), f"{pointer}/citations")
    parts: list[Part] = [
        Text(notes.string(block[name], f"{pointer}/{name}")) for name in ("title", "context") if block.get(name)
    ]
    at = f"{pointer}/source"
    source = notes.an_object(block.get("source"), at)
    if source.get("type") not in ("text", "content"):
        notes.gap(at, f"is a document that Chat Completions can't carry ({_kind(source)})")
        return parts
    notes.members(source, at, _TEXT_SOURCE)
    if source["type"] == "text":
        return [*parts, Text(notes.string(source.get("data"), f"{at}/data"))]
    return [*parts, *_parts(notes, source.get("content"), f"{at}/content")]


def _search_result(notes: Notes, block: dict[str, Any], pointer: str) -> list[Part]:
    notes.members(block, pointer, _SEARCH_RESULT)
    _no_citations(notes, block.get("citations"), f"{pointer}/citations")
    head = [Text(notes.string(block.get(name), f"{pointer}/{name}")) for name in ("title", "source")]
    return [*head, *_parts(notes, block.get("content"), f"{pointer}/content")]


def _no_citations(notes: Notes, config: Any, pointer: str) -> None:
    if config is None:
        return
    config = notes.an_object(config, pointer)
    notes.members(config, pointer, _CITATIONS)
    if config.get("enabled"):
        notes.gap(pointer, "asks for citations, which Chat Completions doesn't have")


def _call(notes: Notes, block: dict[str, Any], pointer: str) -> ToolCall:
    notes.members(block, pointer, _TOOL_USE)
    caller = block.get("caller")
    if caller is not None:
        notes.members(notes.an_object(caller, f"{pointer}/caller"), f"{pointer}/caller", _CALLER)
        if isinstance(caller, dict) and caller.get("type") != "direct":
            notes.gap(f"{pointer}/caller", "is code that the vendor runs")
        notes.drop(f"{pointer}/caller", _DIRECT)
    arguments = notes.an_object(block.get("input"), f"{pointer}/input")
    id, name = (notes.string(block.get(member), f"{pointer}/{member}") for member in ("id", "name"))
    return ToolCall(id, name, strict_json.encode(arguments).decode())


def _result(notes: Notes, block: dict[str, Any], pointer: str) -> ToolResult:
    notes.members(block, pointer, _TOOL_RESULT)
    parts = _parts(notes, block.get("content"), f"{pointer}/content")
    if any(not isinstance(part, Text | Image) for part in parts):
        notes.gap(f"{pointer}/content", "holds more than text and images")
    return ToolResult(
        call_id=notes.string(block.get("tool_use_id"), f"{pointer}/tool_use_id"),
        text="\n\n".join(part.text for part in parts if isinstance(part, Text)),
        failed=block.get("is_error") is True,
        images=tuple(part for part in parts if isinstance(part, Image)),
    )


def _tools(notes: Notes, tools: Any, *, forced: bool) -> tuple[Tool, ...]:
    """`forced`: the model must call one of them, so that none of them is only offered."""
    found: list[Tool] = []
    for at, tool in notes.objects(tools, "/tools"):
        if str(tool.get("type")).startswith(_HOSTED) and not forced:
            notes.drop(at, _OFFERED_ONLY)
        else:
            found.append(_tool(notes, tool, at))
    return tuple(found)


def _tool(notes: Notes, tool: dict[str, Any], pointer: str) -> Tool:
    if tool.get("type") not in (None, "custom"):
        # Also the client's own typed ones (bash, text editor): the vendor's models know their form, and no other does.
        notes.gap(pointer, f"is a tool that only the vendor's models know ({_kind(tool)})")
        return Tool("", "", {})
    notes.members(tool, pointer, _TOOL)
    callers = tool.get("allowed_callers")
    if callers is not None:
        if isinstance(callers, list) and "direct" in callers:
            notes.drop(f"{pointer}/allowed_callers", _DIRECT)
        else:
            notes.gap(f"{pointer}/allowed_callers", "lets only code that the vendor runs call the tool")
    description = notes.string(tool.get("description") or "", f"{pointer}/description")
    if examples := tool.get("input_examples"):
        description = f"{description}\n\nExamples of input: {strict_json.encode(examples).decode()}".strip()
    return Tool(
        name=notes.string(tool.get("name"), f"{pointer}/name"),
        description=description,
        parameters=notes.schema(tool.get("input_schema"), f"{pointer}/input_schema"),
        strict=tool.get("strict"),
    )


def _choice(notes: Notes, choice: Any) -> tuple[Choice | None, bool | None]:
    if choice is None:
        return None, None
    choice = notes.an_object(choice, "/tool_choice")
    notes.members(choice, "/tool_choice", _CHOICE)
    parallel = None if choice.get("disable_parallel_tool_use") is None else not choice["disable_parallel_tool_use"]
    match choice.get("type"):
        case "auto":
            return Choice("auto"), parallel
        case "any":
            return Choice("required"), parallel
        case "none":
            return Choice("none"), parallel
        case "tool":
            return Choice("named", notes.string(choice.get("name"), "/tool_choice/name")), parallel
    notes.gap("/tool_choice", f"is of a type that isn't known here ({_kind(choice)})")
    return None, None


def _form(notes: Notes, tree: dict[str, Any]) -> Form | None:
    """`output_format` is the older name, of the beta."""
    found = None
    config = tree.get("output_config")
    if config is not None:
        config = notes.an_object(config, "/output_config")
        notes.members(config, "/output_config", _OUTPUT)
    for asked, pointer in (
        (tree.get("output_format"), "/output_format"),
        (config and config.get("format"), "/output_config/format"),
    ):
        if asked:
            asked = notes.an_object(asked, pointer)
            notes.members(asked, pointer, _FORMAT)
            if asked.get("type") != "json_schema":
                notes.gap(pointer, f"is of a type that isn't known here ({_kind(asked)})")
            found = Form(schema=notes.an_object(asked.get("schema"), f"{pointer}/schema"), strict=True)
    return found
