"""Whatever stands in place of any member, a request is read and translated, or refused as malformed: nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from ringfence import dialects
from ringfence.dialects import Dialect
from ringfence.vocabulary.errors import MalformedRequest

DIALECTS: dict[str, Dialect] = {dialect.endpoint: dialect for dialect in dialects.all()}
ODD: tuple[Any, ...] = (None, True, -1, 10**30, 1.5, "", "x", "data:,", [], [[]], [None], ["x"], [{}], {}, {"type": []})
_TOOLS: list[Any] = [
    {"type": "function", "name": "f", "parameters": {"type": "object"}},
    {"type": "custom", "name": "g", "format": {"type": "grammar", "syntax": "lark", "definition": "x"}},
    {"type": "namespace", "name": "n", "tools": [{"type": "function", "name": "z", "parameters": {}}]},
    {"type": "web_search"},
    {"type": "code_interpreter", "container": {"type": "auto", "file_ids": []}},
]
MORE: dict[str, dict[str, Any]] = {
    "responses": {
        "model": "m",
        "input": [
            {"type": "custom_tool_call", "call_id": "c", "name": "g", "input": "x"},
            {"type": "custom_tool_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "t"}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]},
        ],
        "tools": _TOOLS,
        "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
        "text": {"format": {"type": "json_schema", "name": "s", "schema": {"type": "object"}}},
        "prompt": {"id": "p", "variables": {"a": {"type": "input_file"}}},
    },
    "messages": {
        "model": "m",
        "max_tokens": 5,
        "messages": [
            {"role": "user", "content": [{"type": "document", "source": {"type": "content", "content": [{}]}}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text"}]}]},
            {"role": "assistant", "content": [{"type": "compaction", "content": "c"}]},
        ],
        "tools": [{"name": "f", "input_schema": {"type": "object"}, "allowed_callers": ["direct"]}],
        "tool_choice": {"type": "tool", "name": "f"},
        "output_config": {"format": {"type": "json_schema", "schema": {}}},
    },
}


def changed(tree: Any) -> Iterator[Any]:
    """Copies of a tree, each with one odd value at one place."""
    for place in places(tree):
        for odd in ODD:
            new = copy.deepcopy(tree)
            here = new
            for step in place[:-1]:
                here = here[step]
            here[place[-1]] = odd
            yield new


def places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for step, child in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*at, step)
        yield from places(child, (*at, step))


@pytest.mark.parametrize("endpoint", DIALECTS)
def test_nothing_but_malformed_is_raised(endpoint: str) -> None:
    dialect, read = DIALECTS[endpoint], 0
    translation = dialects.translation(endpoint, "chat_completions")
    trees = [json.loads(example) for example in dialect.examples] + ([MORE[endpoint]] if endpoint in MORE else [])
    for body in (json.dumps(new).encode() for tree in trees for new in changed(tree)):
        try:
            request = dialect.read(body)
            dialect.rewrite(request, {}, {"/store": False})
        except MalformedRequest:
            continue
        dialect.wire(request), dialect.json_text(request), dialect.files(request), dialect.json_reply(request)
        if translation is not None and not translation.gaps(request):
            DIALECTS["chat_completions"].read(translation.request(request, body).body)
        read += 1
    assert read >= 50
