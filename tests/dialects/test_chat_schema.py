"""The members that the dialect knows are exactly those of the real client's types."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.dialects.chat import SCHEMA
from ringfence.dialects.schema import Node


def _paths(node: Node) -> Iterator[str]:
    for member in node.members.values():
        yield member.path
        yield from _paths(member)
    if node.items is not None:
        yield from _paths(node.items)


def test_every_member_of_the_sdk_is_known_and_no_other(sdk_request_paths: frozenset[str]) -> None:
    # An allowed tool is `Dict[str, object]` in the SDK, so the schema leaves it free as well.
    assert frozenset(_paths(SCHEMA)) == sdk_request_paths
