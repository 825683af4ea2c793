"""edit: the new tree has the changes, the old one has none."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ringfence.dialects.edit import edited
from ringfence.vocabulary.errors import InternalError, MalformedRequest

TREE: dict[str, Any] = {
    "messages": [{"content": "a", "x/y~z": "b"}, {"content": [{"text": "c"}, {"text": "d"}]}],
    "n": 1,
    "stream_options": None,
}


def test_changes_what_is_named_and_nothing_else() -> None:
    before = copy.deepcopy(TREE)
    new = edited(
        TREE,
        {"/messages/0/content": "A", "/messages/0/x~1y~0z": "B", "/messages/1/content/1/text": "D"},
        {"/store": False, "/stream_options/include_usage": True, "/n": 2, "/deep/er/still": [1]},
    )
    assert new == {
        "messages": [{"content": "A", "x/y~z": "B"}, {"content": [{"text": "c"}, {"text": "D"}]}],
        "n": 2,
        "stream_options": {"include_usage": True},
        "store": False,
        "deep": {"er": {"still": [1]}},
    }
    assert before == TREE
    # What isn't changed is shared, not copied.
    assert new["messages"][1]["content"][0] is TREE["messages"][1]["content"][0]


def test_a_member_that_was_handed_in_is_not_changed_either() -> None:
    handed = {"b": 1}
    new = edited({}, {}, {"/a": handed, "/a/c": 2})
    assert new == {"a": {"b": 1, "c": 2}}
    assert handed == {"b": 1}


@pytest.mark.parametrize(
    "pointer",
    [
        "/messages/7/content",
        "/messages/0/absent",
        "/messages/1/content",
        "/n",
        "/absent/a",
        "/stream_options/a",
        "",
    ],
)
def test_a_pointer_that_does_not_fit_changes_nothing(pointer: str) -> None:
    before = copy.deepcopy(TREE)
    with pytest.raises(InternalError):
        edited(TREE, {pointer: "x"}, {})
    assert before == TREE


@pytest.mark.parametrize("pointer", ["/n/a", "/messages/-/a", "/messages/2", "/messages/0/content/a"])
def test_a_member_that_belongs_into_something_else_is_the_clients_mistake(pointer: str) -> None:
    """The gateway sets `/provider/zdr`, and a client sent `"provider": "x"`."""
    before = copy.deepcopy(TREE)
    with pytest.raises(MalformedRequest) as caught:
        edited(TREE, {}, {pointer: 1})
    assert caught.value.where == pointer.rpartition("/")[0] and caught.value.__cause__ is None
    assert before == TREE
