"""pointers: escaping both ways, and which names are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.dialects.pointers import HIDDEN, escape, parts, shown


@given(st.lists(st.text(max_size=8), max_size=5))
def test_a_pointer_gives_back_its_keys(keys: list[str]) -> None:
    assert parts("".join(f"/{escape(key)}" for key in keys)) == keys


def test_unescapes_tilde_last() -> None:
    # RFC 6901 section 4: "~01" is "~1" and never "/".
    assert parts("/a~1b/m~0n//~01") == ["a/b", "m~n", "", "~1"]


def test_escapes_as_rfc_6901_section_5() -> None:
    assert [escape(key) for key in ("a/b", "m~n", "", "~1")] == ["a~1b", "m~0n", "", "~01"]


@pytest.mark.parametrize(
    "name", ["top_k", "chat_template_kwargs", "x-flag", "maxTokens", "24h", "pcm16", "gpt-4.1", "_", "a" * 40]
)
def test_shows_names_and_modes(name: str) -> None:
    assert shown(name) == name


@pytest.mark.parametrize(
    "name",
    ["078-05-1120", "MRN_00482913", "Ann Lee", "ann@example.org", "", "a" * 41, "a\n", "naïve", "12345", "a/b", "…x"],
)
def test_hides_what_may_be_content(name: str) -> None:
    assert shown(name) == HIDDEN
