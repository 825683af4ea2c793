"""Responses as a source: its tools as functions, and the way back from a function's name to the tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ringfence.dialects.conversation.reading import Members, Notes, kind
from ringfence.vocabulary.conversation import Choice, Tool

# Tools that the vendor's servers run by themselves. One that may be used and never was is no part of what was said.
# Others that only the vendor has stay gaps: a client that offers `local_shell` expects calls of it, and one that offers
# `file_search` an answer out of files that the vendor keeps.
_HOSTED = frozenset(
    {
        *("web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11"),
        *("code_interpreter", "image_generation", "mcp"),
    }
)
_OFFERED_ONLY = "is a tool that the vendor runs; it is only offered, and the model answers without it"
_DIRECT = "says that the model calls tools itself, which is the only way here"

_SHARED = frozenset({"type", "name", "description", "allowed_callers"})
_LATER = {"defer_loading": "would show the tool later; here it is there from the start"}
_ASYNC = {"async": "lets the model go on while the tool runs"}
_FUNCTION = Members(
    used=_SHARED | {"parameters", "strict"},
    dropped={**_LATER, "output_schema": "tells what the result will look like, which the result itself shows"},
    gaps=_ASYNC,
)
_CUSTOM = Members(used=_SHARED | {"format"}, dropped=_LATER, gaps=_ASYNC)
_TEXT_FORMAT = Members(used=frozenset({"type"}))
_GRAMMAR = Members(used=frozenset({"type", "syntax", "definition"}))
_NAMESPACE = Members(used=frozenset({"type", "name", "description", "tools"}))
_CHOICE = Members(used=frozenset({"type", "name", "mode", "tools"}))

INPUT = "input"
"""The only parameter of a function that stands for a custom tool, whose input is free text."""

_FREE_TEXT: dict[str, object] = {
    "type": "object",
    "properties": {INPUT: {"type": "string"}},
    "required": [INPUT],
    "additionalProperties": False,
}


class Offered(msgspec.Struct, frozen=True):
    """A tool of the client's: its own name, the namespace around it, and whether its input is free text."""

    name: str
    namespace: str = ""
    custom: bool = False

    @property
    def function(self) -> str:
        """Chat Completions has one level of names."""
        return f"{self.namespace}__{self.name}" if self.namespace else self.name


def offered(tools: Any) -> Mapping[str, Offered]:
    """By the function's name, each tool that the client runs itself. Whatever else stands there is passed over."""
    return {tool.function: tool for tool, _, _, _ in _walk(tools)}


def read_tools(notes: Notes, tools: Any, choice: Any) -> tuple[Tool, ...]:
    """The functions; those that `tool_choice` doesn't allow are left out."""
    for at, one in notes.objects(tools, "/tools"):
        named = one.get("type")
        if isinstance(named, str) and named in _HOSTED and choice != "required" and not _keeps_files(one):
            notes.drop(at, _OFFERED_ONLY)
        else:
            _check(notes, one, at)
    allowed = _allowed(notes, choice)
    found: dict[str, Tool] = {}
    for tool, tree, pointer, about in _walk(tools):
        notes.string(tree.get("name"), f"{pointer}/name")
        if allowed is not None and tool.name not in allowed and tool.function not in allowed:
            notes.drop(pointer, "is a tool that tool_choice doesn't allow")
        elif tool.function in found:
            notes.gap(pointer, "has the name of another tool")
        else:
            found[tool.function] = _function(notes, tool, tree, pointer, about)
    return tuple(found.values())


def read_choice(notes: Notes, tools: Any, choice: Any) -> Choice | None:
    match choice:
        case None:
            return None
        case "auto" | "none" | "required":
            return Choice(choice)
        case {"type": "function" | "custom"}:
            notes.members(choice, "/tool_choice", _CHOICE)
            name = notes.string(choice.get("name"), "/tool_choice/name")
            functions = (function for function, tool in offered(tools).items() if tool.name == name)
            return Choice("named", next(functions, name))
        case {"type": "allowed_tools", "mode": "auto" | "required" as mode}:
            notes.members(choice, "/tool_choice", _CHOICE)
            return Choice(mode)
    notes.gap("/tool_choice", "is for a tool that only the vendor has")
    return None


def _walk(tools: Any) -> Iterator[tuple[Offered, dict[str, Any], str, str]]:
    """(tool, its JSON, pointer, what is said of its namespace) of each function and custom tool."""
    for index, tool in enumerate(tools if isinstance(tools, list) else ()):
        if not isinstance(tool, dict):
            continue
        if tool.get("type") == "namespace":
            inner, within = tool.get("tools"), str(tool.get("name"))
            for place, one in enumerate(inner if isinstance(inner, list) else ()):
                if isinstance(one, dict) and one.get("type") in ("function", "custom"):
                    named = Offered(str(one.get("name")), within, one["type"] == "custom")
                    yield named, one, f"/tools/{index}/tools/{place}", str(tool.get("description") or "")
        elif tool.get("type") in ("function", "custom"):
            yield Offered(str(tool.get("name")), "", tool["type"] == "custom"), tool, f"/tools/{index}", ""


def _keeps_files(tool: dict[str, Any]) -> bool:
    """Whether a code interpreter was given files, or a container that may hold some, to answer from."""
    container = tool.get("container")
    return isinstance(container, str) or (isinstance(container, dict) and bool(container.get("file_ids")))


def _check(notes: Notes, tool: dict[str, Any], pointer: str) -> None:
    match tool.get("type"):
        case "function":
            notes.members(tool, pointer, _FUNCTION)
        case "custom":
            notes.members(tool, pointer, _CUSTOM)
        case "namespace":
            notes.members(tool, pointer, _NAMESPACE)
            for at, one in notes.objects(tool.get("tools"), f"{pointer}/tools"):
                if one.get("type") in ("function", "custom"):
                    _check(notes, one, at)
                else:
                    notes.gap(at, f"is a tool that only the vendor has ({kind(one)})")
        case _:
            notes.gap(pointer, f"is a tool that only the vendor's service or models know ({kind(tool)})")


def _function(notes: Notes, tool: Offered, tree: dict[str, Any], pointer: str, about: str) -> Tool:
    callers = tree.get("allowed_callers")
    if callers is not None:
        if isinstance(callers, list) and "direct" in callers:
            notes.drop(f"{pointer}/allowed_callers", _DIRECT)
        else:
            notes.gap(f"{pointer}/allowed_callers", "lets only code that the vendor runs call the tool")
    told = [about, notes.string(tree.get("description") or "", f"{pointer}/description")]
    if not tool.custom:
        description = "\n\n".join(filter(None, told))
        parameters = notes.schema(tree.get("parameters"), f"{pointer}/parameters")
        return Tool(tool.function, description, parameters, tree.get("strict"))
    told.append(_grammar(notes, tree.get("format"), f"{pointer}/format"))
    return Tool(tool.function, "\n\n".join(filter(None, told)), _FREE_TEXT)


def _grammar(notes: Notes, format: Any, pointer: str) -> str:
    """No server holds the model to it, but the model can read it."""
    if format is None:
        return ""
    format = notes.an_object(format, pointer)
    if format.get("type") != "grammar":
        notes.members(format, pointer, _TEXT_FORMAT)
        if format.get("type") != "text":
            notes.gap(pointer, f"is of a type that isn't known here ({kind(format)})")
        return ""
    notes.members(format, pointer, _GRAMMAR)
    syntax, definition = (notes.string(format.get(name), f"{pointer}/{name}") for name in ("syntax", "definition"))
    return f"`{INPUT}` is text of this grammar ({syntax}):\n{definition}"


def _allowed(notes: Notes, choice: Any) -> frozenset[str] | None:
    if not isinstance(choice, dict) or choice.get("type") != "allowed_tools":
        return None
    names = set()
    for pointer, tool in notes.objects(choice.get("tools"), "/tool_choice/tools"):
        if tool.get("type") in ("function", "custom"):
            names.add(notes.string(tool.get("name"), f"{pointer}/name"))
        else:
            notes.gap(pointer, f"allows a tool that only the vendor has ({kind(tool)})")
    return frozenset(names)
