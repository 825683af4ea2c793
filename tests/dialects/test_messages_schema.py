"""The members that the Messages dialect knows are exactly those of the real client's types."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.dialects.messages_schema import BLOCKS, SCHEMA
from ringfence.dialects.schema import Node
from support import anthropic_types

OLDER = {"/temperature", "/top_k", "/top_p"}
"""Members that older models take and the SDK's types no longer have."""


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for member in (*node.members.values(), *([node.items] if node.items else ())):
        yield from _nodes(member)


FREE = {"input", "input_schema", "schema", "input_examples/*", "trigger", "configs"}
"""Members that hold a client's own structure, where the SDK names no members, or some of many."""


def test_every_member_of_the_sdk_is_known_and_no_other() -> None:
    free = {node.path for node in _nodes(SCHEMA) if node.free}
    assert all(any(path.endswith(f"/{name}") for name in FREE) for path in free)
    sdk = {
        path
        for path in anthropic_types.paths(anthropic_types.MESSAGES)
        if not any(path.startswith(f"{above}/") for above in free)
    }
    assert len(sdk) > 500
    assert {node.path for node in _nodes(SCHEMA)} - OLDER - {""} == sdk


def test_counting_has_no_member_that_messages_lacks() -> None:
    counting, messages = map(anthropic_types.paths, (anthropic_types.COUNT_TOKENS, anthropic_types.MESSAGES))
    assert counting <= messages


def test_every_kind_of_block_of_the_sdk_is_known_and_no_other() -> None:
    kinds = {
        value
        for path, value in anthropic_types.values(anthropic_types.MESSAGES)
        if path == "/messages/*/content/*/type"
    }
    assert frozenset(BLOCKS) == kinds


def test_every_part_of_a_result_is_known() -> None:
    values = anthropic_types.values(anthropic_types.MESSAGES)
    nodes = {node.path: node for node in _nodes(SCHEMA)}
    for path in ("/messages/*/content/*/content", "/messages/*/content/*/content/*", "/system/*"):
        assert set(nodes[path].parts) == {value for at, value in values if at == f"{path}/type"}, path
