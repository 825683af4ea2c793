from __future__ import annotations

import re
from datetime import timedelta
from importlib import resources
from typing import Any

import msgspec
import pytest

from ringfence import register
from ringfence.gateway.exceptions.act import RULES, closed_to_exceptions, not_liftable, problems, terms
from ringfence.gateway.state import shipped_rules
from ringfence.register.requirements import load_needs
from ringfence.vocabulary.approval import Act
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label
from support.people import NOW, exception

NEEDS = load_needs()
ANYBODY = register.organisation("covered_entity")
HEALTH = {Label.PHI, Label.PART2, Label.LIMITED_DATA_SET}


def _problems(**changes: Any) -> str:
    given = terms(exception("e", NOW, **({"label": "confidential"} | changes)).act)
    return "; ".join(problems(given, NEEDS, ANYBODY, 90))


@pytest.mark.parametrize("more", [{}, {"label": "personal"}, {"label": "", "rule": "unknown-field"}])
def test_what_may_be_lifted(more: dict[str, str]) -> None:
    assert _problems(**more) == ""
    assert _problems(keys=["k"], clients=[], purpose="letters", **more) == ""
    assert _problems(until=NOW - timedelta(hours=1) + timedelta(days=90)) == ""


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rule": "unknown-field"}, "either one rule or one label"),
        ({"label": ""}, "either one rule or one label"),
        ({"label": "", "rule": "private-host-not-covered"}, "can't be lifted"),
        ({"label": "", "rule": "label-not-covered"}, "can't be lifted"),
        ({"label": "phy"}, "no label"),
        ({"label": "general"}, "needs nothing"),
        ({"id": "A b"}, "id:"),
        ({"services": []}, "services:"),
        ({"services": ["openai/[a-z]"]}, "services:"),
        ({"clients": []}, "for whom"),
        ({"reason": " "}, "reason:"),
        ({"requested_by": ""}, "requested_by:"),
        ({"starts": "2031-05-20T00:00:00"}, "time zone"),
        ({"expires": "2031-05-20T00:00:00"}, "time zone"),
        ({"expires": "2031-05-20T11:00:00Z"}, "lies before"),
        ({"until": NOW - timedelta(hours=1) + timedelta(days=90, seconds=1)}, "more than 90 days"),
    ],
)
def test_what_never_counts(changes: dict[str, Any], says: str) -> None:
    assert says in _problems(**changes)


@pytest.mark.parametrize("label", sorted({*HEALTH, Label.SECRET, Label.FINANCIAL, Label.CARD}))
def test_what_a_law_or_a_standard_asks_for_is_not_lifted(label: Label) -> None:
    assert "no exception can lift" in _problems(label=str(label))


def test_under_the_gdpr_a_contract_for_personal_data_is_law() -> None:
    assert not_liftable("personal", NEEDS, ANYBODY) == ""
    assert "Article 28" in not_liftable("personal", NEEDS, register.organisation("covered_entity", ["gdpr"]))


def test_the_labels_closed_to_exceptions_are_those_of_the_shipped_rule() -> None:
    closed = closed_to_exceptions(NEEDS)
    assert closed == {*HEALTH, Label.SECRET}
    rule = shipped_rules()["ringfence.cedar"].split('@id("no-exception-for-health-data")')[1]
    for listed in re.findall(r"containsAny\(\[(.*?)\]\)", rule):
        assert set(re.findall(r'"(\w+)"', listed)) == {str(label) for label in closed}


def test_every_label_that_needs_a_baa_and_nothing_else_will_do_is_closed() -> None:
    only = {need.label for need in NEEDS if need.kinds == (register.Kind.BAA,)}
    assert only == {Label.PHI, Label.PART2}
    assert only <= closed_to_exceptions(NEEDS)


def test_the_schema_knows_the_same_rules() -> None:
    schema = resources.files("ringfence.policy").joinpath("rules/ringfence.cedarschema").read_text()
    listed = re.search(r"ExceptableRule enum \[(.*?)\]", schema)
    assert listed
    assert sorted(re.findall(r'"([\w-]+)"', listed[1])) == sorted(RULES)


@pytest.mark.parametrize("change", [{"untill": "x"}, {"services": "openai/*"}, {"reason": None}, {"starts": "soon"}])
def test_a_misshapen_exception_is_refused(change: dict[str, Any]) -> None:
    body = exception("e", NOW, label="confidential").act.body | change
    with pytest.raises(ConfigurationError, match="can't be read"):
        terms(Act("exception", body))


def test_another_kind_of_act_is_no_exception() -> None:
    with pytest.raises(ConfigurationError, match="no exception"):
        terms(msgspec.structs.replace(exception("e", NOW).act, kind="hold"))
