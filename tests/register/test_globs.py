from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.register.globs import any_matches, matches, specificity

_NAMES = st.text("ab/*", max_size=8)


@settings(derandomize=True, deadline=None)
@given(_NAMES, st.text("ab/", max_size=10))
def test_agrees_with_a_regular_expression(pattern: str, name: str) -> None:
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    assert matches(pattern, name) == (re.fullmatch(expression, name, re.DOTALL) is not None)


def test_brackets_and_question_marks_are_plain_characters() -> None:
    assert not matches("gpt-[45]", "gpt-4")
    assert not matches("gpt-?", "gpt-4")


def test_no_patterns_match_nothing() -> None:
    assert not any_matches((), "gpt-4o")
    assert specificity((), "gpt-4o") < (0, 0)


def test_exact_names_go_before_globs_and_longer_globs_before_shorter_ones() -> None:
    assert specificity(("gpt-4o",), "gpt-4o") > specificity(("gpt-4o*",), "gpt-4o")
    assert specificity(("gpt-4*",), "gpt-4o") > specificity(("gpt-*",), "gpt-4o")
    assert specificity(("*", "gpt-4*"), "gpt-4o") == specificity(("gpt-4*",), "gpt-4o")


def test_a_long_name_against_many_stars_is_quick() -> None:
    assert not matches("*a" * 50 + "b", "a" * 50_000)
