"""An organisation's own rules: what they add, what they may take away, what they never may, and which are refused."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.classify import Classifier, Provenance
from ringfence.classify.repetition import unbounded
from ringfence.classify.rules import load
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Segment

CHART = """
[[find]]
name = "chart"
entity = "MEDICAL_RECORD_NUMBER"
pattern = '[A-Z]{2}-\\d{4}'
context = ["folder"]
within = 20
"""


def found(classifier: Classifier, rules: str, text: str) -> list[tuple[str, str]]:
    spans = classifier.spans(text, load(rules, "detection.toml"))
    return [(text[span.start : span.end], span.entity) for span in spans]


def find(**keys: object) -> str:
    return _rule("find", {"name": "one", "entity": "UNIQUE_ID"} | keys)


def ignore(**keys: object) -> str:
    return _rule("ignore", {"name": "not"} | keys)


def _rule(kind: str, keys: dict[str, object]) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join([f"[[{kind}]]", *lines, ""])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("folder QX-2210 was sent", ["QX-2210"]),
        ("Folder: QX-2210 QX-2211", ["QX-2210", "QX-2211"]),
        ("QX-2210 (folder)", ["QX-2210"]),
        ("QX-2210 was sent", []),
        ("folder, as we said before, QX-2210", []),
        ("folder QX-22101", []),
        ("folder AQX-2210", []),
        ("folders QX-2210", []),
        ("é folder éé QX-2210 é", ["QX-2210"]),
        ("folder QX\u20112210", ["QX\u20112210"]),  # folds to a hyphen in another view
    ],
)
def test_pattern_with_context(classifier, text, says):
    assert found(classifier, CHART, text) == [(value, "MEDICAL_RECORD_NUMBER") for value in says]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("project blue heron starts", ["blue heron"]),
        ("BLUE  HERON", ["BLUE  HERON"]),
        ("blue herons", []),
        ("Blue Heron Nest", ["Blue Heron Nest"]),
        ("xblue heron", []),
        ("die Straße Ötzi", ["Ötzi"]),
        ("ÖTZI", ["ÖTZI"]),
    ],
)
def test_terms_are_words_in_any_case(classifier, text, says):
    rules = find(terms=["blue heron", "Blue Heron Nest", "ötzi", "a.c"])
    assert found(classifier, rules, text) == [(value, "UNIQUE_ID") for value in says]


def test_terms_are_no_patterns(classifier):
    assert found(classifier, find(terms=["a.c"]), "abc a.c") == [("a.c", "UNIQUE_ID")]


def test_detector_names_the_rule_and_label_is_raised(classifier):
    segment = Segment("/messages/0/content", "user", "folder QX-2210, later only QX-2210")
    result = classifier.classify([segment], (), Provenance((Label.GENERAL,)), rules=load(CHART, "detection.toml"))
    assert [finding.detector for finding in result.findings] == ["local-chart/1"] * 2
    assert all(finding.structured for finding in result.findings)
    assert Label.PHI in result.labels


def test_same_text_under_other_rules_is_read_anew(classifier):
    text = "only one QX-2210 folder"
    assert found(classifier, CHART, text) != found(classifier, "", text) == []


MAIL = "write to desk@example.org or ann@example.org"


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        (ignore(terms=["DESK@example.org"]), ["ann@example.org"]),
        (ignore(terms=["DESK@example.org"], entity="EMAIL_ADDRESS"), ["ann@example.org"]),
        (ignore(terms=["desk@example.org"], entity="US_SSN"), ["desk@example.org", "ann@example.org"]),
        (ignore(terms=["desk"]), ["desk@example.org", "ann@example.org"]),
        (ignore(pattern="[a-z]{1,20}@example[.]org"), []),
        (ignore(pattern="[a-z]{1,20}@example[.]org", context=["write"], within=10), ["ann@example.org"]),
    ],
)
def test_ignore(classifier, rules, left):
    assert [value for value, _ in found(classifier, rules, MAIL)] == left


@pytest.mark.parametrize(
    "text",
    [
        "card 4111 1111 1111 1111",
        "card number 4111 1111 1111 1112",
        "IBAN DE89 3704 0044 0532 0130 00",
        "key=sk-" + "proj-Zk3vT9qLmX2bN8cR5dW1hY7p",
        "password: hunter2hunter2",
    ],
)
def test_card_secret_and_checked_value_are_never_silenced(classifier, text):
    everything = ignore(pattern=r"[\s\S]{1,200}")
    assert found(classifier, everything, text) == found(classifier, "", text) != []


def test_what_a_find_rule_finds_is_never_silenced(classifier):
    rules = CHART + ignore(pattern=r"[\s\S]{1,200}")
    assert found(classifier, rules, "folder QX-2210") == [("QX-2210", "MEDICAL_RECORD_NUMBER")]


BAD = {
    "a = 1\nb = \nc = 1": "not valid TOML (line 2)",
    "[[find]]\nname = 1": "$.find[0].name",
    "[[find]]\nname = 'a'": "entity",
    find(terms=["ab"], colour="red"): "colour",
    find(): "either terms or a pattern",
    find(terms=["ab"], pattern="x"): "either terms or a pattern",
    find(entity="SHOE_SIZE", terms=["ab"]): "one, key entity: there is no such entity",
    find(pattern="(?<=a)b"): "one, key pattern: RE2 can't use it: invalid perl operator",
    find(pattern=r"(a)\1"): "key pattern: RE2 can't use it: invalid escape sequence",
    find(pattern=r"\d+"): "key pattern: a repetition has no upper bound",
    find(pattern=r"\d{3,}"): "key pattern: a repetition has no upper bound",
    find(pattern="x{0,3}"): "key pattern: it matches the empty text",
    find(pattern="(ab)"): "key pattern: it has a capturing group",
    find(terms=["ab"]) + find(terms=["cd"]): "two rules are named one",
    find(name="Chart", terms=["ab"]): "name",
    ignore(entity="CREDIT_CARD", pattern="x"): "not, key entity: cards and secrets are never ignored",
    ignore(terms=["fine", "4111 1111 1111 1111"]): "not, key terms, number 2: its check digit holds",
    ignore(terms=["AKIA" + "Q3EGRIFX7ZLM2TCB"]): "not, key terms, number 1",
}


@pytest.mark.parametrize("text", BAD)
def test_refused_with_file_key_reason_and_remedy(text):
    with pytest.raises(ConfigurationError) as caught:
        load(text, "policies/detection.toml")
    assert caught.value.message.startswith("policies/detection.toml: ")
    assert BAD[text] in caught.value.message
    assert caught.value.remedy
    assert "4111" not in caught.value.message


@pytest.mark.parametrize(
    ("pattern", "is_"),
    [
        ("a*", True),
        ("a+?", True),
        ("a{2,}", True),
        (r"\*\+[*+]a{2,3}\Q*+\E", False),
        (r"[]*]a", False),
        (r"[^]+]a", False),
        ("[[:alpha:]+]a", False),
        (r"\\*", True),
        ("[a]*", True),
        (r"\p{Greek}+", True),
        ("(?:ab{1,2}){3}", False),
    ],
)
def test_unbounded(pattern, is_):
    assert unbounded(pattern) is is_


def test_time_grows_with_the_text_only(classifier):
    """A backtracking engine would never return from this."""
    rules = load(find(pattern="(?:a{0,9}){0,9}b") + ignore(pattern="(?:[a-z]{0,9}){1,9}1"), "detection.toml")
    start = time.perf_counter()
    assert classifier.spans("a" * 200_000, rules) == ()
    assert time.perf_counter() - start < 5


def test_thousands_of_terms(classifier):
    terms = [f"ward {number} north" for number in range(10, 4000)]
    rules = load(find(terms=terms), "detection.toml")
    text = "the patient lay in Ward 3999 North and in ward 9999 north. " * 50
    assert len(classifier.spans(text, rules)) == 50


@given(st.lists(st.sampled_from(["AB-1234", "AB-123", "x", " ", ",", "é", "-", "12"]), max_size=30))
def test_every_value_that_stands_alone_is_found(parts):
    text = "".join(parts)
    rules = load(find(pattern=r"AB-\d{3,4}"), "detection.toml")
    hits = {(hit.start, hit.end) for _, hit in rules.scan(text).hits}
    expected = set()
    for start in range(len(text)):
        for end in (start + 6, start + 7):
            alone = not (text[start - 1 : start].isalnum() if start else False) and not text[end : end + 1].isalnum()
            if end <= len(text) and text[start : start + 3] == "AB-" and text[start + 3 : end].isdecimal() and alone:
                expected.add((start, end))
    assert hits == expected
