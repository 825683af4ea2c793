"""What of a pointer may be shown, and what it says about a value."""

from __future__ import annotations

import pytest

from ringfence.classify.pointers import context, is_spoken, shown


@pytest.mark.parametrize(
    ("pointer", "safe"),
    [
        ("/messages/0/content", "/messages/0/content"),
        ("/metadata/john@example.com/note", "/metadata/..."),
        ("/metadata/536-22-8412", "/metadata/..."),
        ("/a b", "/..."),
        ("/x/~1y", "/x/..."),
        ("", "/"),
        ("/" + "a" * 42, "/..."),
    ],
)
def test_only_plain_components_are_shown(pointer, safe):
    assert shown(pointer) == safe


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/metadata/dateOfBirth", "date Of Birth"),
        ("/metadata/patient_id", "patient id"),
        ("/metadata/phones/0", "phones"),
        ("/metadata/ssn/value", "ssn"),
        ("/metadata/ssn/0/raw/number", "ssn"),
        ("/metadata/Social Security Number", "Social Security Number"),
        ("/messages/0/content", ""),
        ("/messages/0/content/1/text", ""),
        ("/messages/0", ""),
        ("", ""),
        ("/metadata/x~1y", ""),
    ],
)
def test_a_members_name_is_context_unless_it_is_the_dialects(pointer, words):
    assert context(pointer) == words


def test_spoken_texts():
    spoken = ["/messages/0/content", "/messages/0/content/2/text", "/input/3/content/0/text", "/input"]
    assert all(map(is_spoken, spoken))
    assert not any(map(is_spoken, ["/metadata/note", "/messages/0/role", "", "/model"]))
