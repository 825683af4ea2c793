"""From an example to a rule: the shape of the value, the word beside it, and what can't be learnt."""

from __future__ import annotations

import pytest

from ringfence.classify.rules import load
from ringfence.scanning.learning import Example, as_toml, learn, name_for
from ringfence.vocabulary.errors import ConfigurationError


def rule(*pairs: tuple[str, str], **more: object):
    return learn([Example(*pair) for pair in pairs], "UNIQUE_ID", name="one", **more)


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("AB-1234", r"[A-Z]{2}-\d{4}"),
        ("12/345.6", r"\d{2}/\d{3}\.\d"),
        ("Xy 9", r"[A-Z][a-z]\s\d"),
        ("É5+(7)", r"\p{Lu}\d\+\(\d\)"),
        ("日本3", r"\pL{2}\d"),
        ("[1]{2}^$|?*\\", r"\[\d\]\{\d\}\^\$\|\?\*\\"),
    ],
)
def test_shape(value, pattern):
    learnt = rule((f"folder {value} here", value))
    assert learnt.pattern == pattern
    [(_, hit)] = load(as_toml(learnt), "x").scan(f"folder {value} here").hits
    assert (hit.start, hit.end) == (7, 7 + len(value))


def test_values_of_other_lengths_widen_the_shape():
    learnt = rule(("folder AB-1234", "AB-1234"), ("folder ABC-123", "ABC-123"))
    assert learnt.pattern == r"[A-Z]{2,3}-\d{3,4}"


def test_values_of_another_shape_are_refused():
    with pytest.raises(ConfigurationError, match="built differently"):
        rule(("folder AB-1234", "AB-1234"), ("folder 1234", "1234"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the chart no. is AB-12", ("chart",)),
        ("Folder:\nAB-12 for the registry", ("registry",)),
        ("seen with Smith AB-12", ("seen",)),  # a name is no context
        ("AB-12", ()),
        ("it is AB-12 and on", ()),
    ],
)
def test_context_is_the_nearest_word_that_says_something(text, words):
    assert rule((text, "AB-12"), not_context=["Smith", "with"]).context == words


def test_context_given_by_hand():
    assert rule(("chart AB-12", "AB-12"), context=["file", "folder"]).context == ("file", "folder")
    assert rule(("chart AB-12", "AB-12"), context=[]).context == ()


def test_a_value_without_digits_is_found_as_it_is():
    learnt = rule(("ask Blue Heron today", "Blue Heron"), ("of Grey Owl", "Grey Owl"))
    assert (learnt.terms, learnt.pattern, learnt.context) == (("Blue Heron", "Grey Owl"), "", ())


@pytest.mark.parametrize(("text", "value"), [("a folder", "AB-12"), ("a -", "-"), ("a folder", " "), ("a 1", "1")])
def test_what_can_not_be_learnt(text, value):
    with pytest.raises(ConfigurationError) as caught:
        rule((text, value))
    assert caught.value.remedy


@pytest.mark.parametrize("value", ["it's 5", 'a"b 5', "a\\5", "ü\t5", "55'\\"])
def test_toml_reads_back_what_was_written(value):
    learnt = rule((f"folder {value} x", value))
    assert load(as_toml(learnt), "x").file.find == (learnt,)


def test_names_are_new():
    assert name_for("US_SSN", ()) == "us-ssn-1"
    assert name_for("US_SSN", {"us-ssn-1", "us-ssn-2"}) == "us-ssn-3"
