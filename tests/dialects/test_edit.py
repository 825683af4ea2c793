"""edit: the new tree has the changes, the old one has none."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ringfence.dialects.edit import edited
from ringfence.vocabulary.errors import InternalError

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
    ("texts", "members"),
    [
        ({"/messages/7/content": "x"}, {}),
        ({"/messages/0/absent": "x"}, {}),
        ({"/messages/1/content": "x"}, {}),
        ({"/n": "x"}, {}),
        ({"/absent/a": "x"}, {}),
        ({"/stream_options/a": "x"}, {}),
        ({"": "x"}, {}),
        ({}, {"": 1}),
        ({}, {"/n/a": 1}),
        ({}, {"/messages/-/a": 1}),
        ({}, {"/messages/2": 1}),
    ],
)
def test_a_pointer_that_does_not_fit_changes_nothing(texts: dict[str, str], members: dict[str, Any]) -> None:
    before = copy.deepcopy(TREE)
    with pytest.raises(InternalError):
        edited(TREE, texts, members)
    assert before == TREE
