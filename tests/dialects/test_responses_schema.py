"""The members that the dialect knows are exactly those of the real client's types, and every kind of item is one."""

from __future__ import annotations

import random
import typing
from collections.abc import Iterator
from typing import Any

from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)
from openai.types.responses.response_input_audio_param import ResponseInputAudioParam
from openai.types.responses.response_input_item_param import ResponseInputItemParam
from openai.types.responses.response_output_item import ResponseOutputItem
from typing_extensions import is_typeddict

from ringfence.dialects import Dialect
from ringfence.dialects.responses_schema import SCHEMA
from ringfence.dialects.schema import Node
from ringfence.dialects.strict_json import encode

PARAMS = (ResponseCreateParamsNonStreaming, ResponseCreateParamsStreaming)


def _paths(node: Node) -> Iterator[str]:
    for member in node.members.values():
        yield member.path
        yield from _paths(member)
    if node.items is not None:
        yield from _paths(node.items)


def test_every_member_of_the_sdk_is_known_and_no_other(sdk_types: Any) -> None:
    _, paths = sdk_types
    known = {path for params in PARAMS for path in paths(params)}
    sound = set(paths(ResponseInputAudioParam, "/input/*/content/*")) - {"/input/*/content/*/type"}
    codex = {"/client_metadata"}
    assert set(_paths(SCHEMA)) == known | sound | codex


def _kinds(hint: Any) -> set[str]:
    """The values of `type` in a union of the SDK's classes, or in the hint of one."""
    if typing.get_origin(hint) is typing.Literal:
        return set(typing.get_args(hint))
    if typing.get_args(hint):
        return {kind for option in typing.get_args(hint) for kind in _kinds(option)}
    if hasattr(hint, "model_fields"):
        return _kinds(hint.model_fields["type"].annotation)
    return _kinds(typing.get_type_hints(hint)["type"]) if is_typeddict(hint) else set()


def test_every_kind_of_item_is_known(responses: Dialect) -> None:
    kinds = _kinds(ResponseInputItemParam) | _kinds(ResponseOutputItem)
    assert len(kinds) > 25
    for kind in kinds:
        read = responses.read(encode({"model": "m", "input": [{"type": kind, "id": "x1"}]}))
        assert not read.unread, kind
    assert responses.read(encode({"model": "m", "input": [{"type": "telepathy"}]})).unread[0].pointer == "/input/0"


def test_everything_that_the_sdk_can_send_is_read_whole(responses: Dialect, sdk_types: Any) -> None:
    """Each string, number and key that a client chose is a segment, or is listed as what it stands for."""
    value, _ = sdk_types
    rng = random.Random(5)
    for turn in range(40):
        tree = {**value(rng.choice(PARAMS), rng, turn % 2 == 0), "model": "gpt-5.4"}
        read = responses.read(encode(tree))
        seen = {segment.pointer for segment in read.segments} | {part.pointer for part in read.unread}
        assert {pointer for pointer, leaf in _leaves(tree, "") if leaf} <= seen
        # A filter may hold any object in the SDK's types.
        free = "/tools/*/filters/filters/*/n"
        used = {use.path.removesuffix("/*") for use in read.uses if not use.path.endswith(free)}
        assert used <= set(_paths(SCHEMA))


def _leaves(value: Any, pointer: str) -> Iterator[tuple[str, bool]]:
    """Each string and number; False for what isn't text (true, false, null)."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _leaves(child, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _leaves(child, f"{pointer}/{index}")
    else:
        yield pointer, isinstance(value, str | int | float) and not isinstance(value, bool)
