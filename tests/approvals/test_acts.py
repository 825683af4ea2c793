from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.approvals import canonical, digest, words
from ringfence.vocabulary.approval import Act
from ringfence.vocabulary.errors import ConfigurationError

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(max_codepoint=127)), plain))
def test_anybody_computes_the_same_digest_with_their_own_json_tool(body: dict[str, Any]) -> None:
    text = json.dumps({"kind": "k", "body": body}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(Act("k", body)) == text.encode()
    assert digest(Act("k", body)) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "value",
    [0.5, float("nan"), 2**53, {"é": 1}, {1: 2.0}, [[1.0]], "\ud800", object()],
    ids=lambda value: repr(value)[:12],
)
def test_what_two_tools_could_write_in_two_ways_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="can't be approved"):
        canonical(Act("k", {"member": value}))


def test_the_largest_exact_number_is_taken() -> None:
    assert str(2**53 - 1).encode() in canonical(Act("k", {"n": 2**53 - 1}))


def test_words_show_every_member_and_nothing_that_hides() -> None:
    act = Act(
        "exception", {"rule": "a\nact: other \u202e", "list": ["a", "b"], "in": {"x": [], "y": [{"z": True}]}, "e": ""}
    )
    assert words(act) == [
        "act: exception",
        "rule: a\\u000aact: other \\u202e",
        "list: a, b",
        "in.x: none",
        "in.y[1].z: yes",
        "e: (empty)",
    ]
