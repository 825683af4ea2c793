"""What the gateway says: the live line, a denial, the records, the list of models."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.scripts import HELLO, MAIL, MAILED, Script, caller, stations
from ringfence.gateway import entries, listing
from ringfence.gateway import plan as planning
from ringfence.gateway.explainer import denial
from ringfence.gateway.live import labels_in_words, line
from ringfence.gateway.plan import Plan
from ringfence.vocabulary.decision import Coverage
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.record import Outcome, Phase
from support import home
from support.inprocess import DIALECT, InProcess


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    return stations(tmp_path_factory.mktemp("home"))


def _plan(base: InProcess, body: dict[str, Any], *handles: str, **fields: Any) -> Plan:
    request = DIALECT.read(json.dumps(body).encode())
    return planning.make(request, DIALECT, caller(*handles, **fields), base.stations)


# The live line


def test_line_names_the_rule_that_kept_it_from_where_it_was_bound(base: InProcess) -> None:
    said = line(_plan(base, MAILED, "general"), 7, Outcome.COMPLETED, 0.0123)
    assert said.split() == [
        *("#7", "general,", "personal", "MASK", "->", "openai/chat-completions", "completed", "12.3", "ms"),
        "label-not-covered",
    ]


def test_line_of_a_request_that_nothing_stood_against(base: InProcess) -> None:
    assert line(_plan(base, HELLO, "general"), 0, Outcome.COMPLETED, 1).endswith(" send")


def test_line_of_a_denial_goes_nowhere(base: InProcess) -> None:
    said = line(_plan(base, HELLO), 3, Outcome.DENIED, 0)
    assert "undeclared" in said
    assert "-> nowhere" in said


def test_undeclared_is_one_word_and_a_list_is_sorted(base: InProcess) -> None:
    assert labels_in_words(_plan(base, HELLO)) == "undeclared"
    assert labels_in_words(_plan(base, HELLO, "phi", "card")) == "card, phi"


# A denial


def test_denial_names_each_rule_once_with_its_services(base: InProcess) -> None:
    reasons, message, remedy = denial(_plan(base, MAILED).decision)
    rules = [reason.rule for reason in reasons]
    assert len(rules) == len(set(rules))
    assert message.startswith("Ringfence denied this request. label-not-covered (openai/chat-completions): ")
    assert message.count("label-not-covered") == 1
    assert "service-not-configured (private/embedded)" in message
    assert "On paper: " in message
    assert remedy == reasons[0].remedy
    assert MAIL not in message + remedy


def test_denial_without_a_remedy_sends_to_the_operator(base: InProcess) -> None:
    decision = _plan(base, HELLO).decision
    bare = [msgspec.structs.replace(verdict, reasons=()) for verdict in decision.verdicts]
    nothing = msgspec.structs.replace(decision, verdicts=tuple(bare), coverage=())
    assert denial(nothing) == ((), "Ringfence denied this request. ", "Ask the operator of this gateway.")


def test_what_is_missing_on_paper_is_said_once(base: InProcess) -> None:
    cover = Coverage(Label.PHI, "s", False, reasons=("No BAA is on file.",))
    decision = msgspec.structs.replace(_plan(base, HELLO).decision, coverage=(cover, cover))
    assert denial(decision)[1].count("No BAA is on file.") == 1


# The records


async def test_decided_says_who_what_and_why(base: InProcess) -> None:
    script = Script(base.stations)
    await script.run({**MAILED, "stream": False}, caller("general", sources=("crm",), models=("gpt-*",)))
    decided, ended = script.records
    assert (decided.phase, ended.phase) == (Phase.DECIDED, Phase.ENDED)
    assert decided.request_id == ended.request_id != ""
    expected = {
        "key": "k",
        "client": "clinic",
        "purpose": "tests",
        "dialect": "openai.chat",
        "endpoint": "chat_completions",
        "model": "gpt-4o-mini",
        "stream": False,
        "declared": ["general", "personal"],
        "sources": ["crm"],
        "effect": "DENY",
    }
    assert {name: decided.body[name] for name in expected} == expected
    assert decided.body["findings"] == {"EMAIL_ADDRESS": 1}
    assert ended.body["decided"] == 0
    json.dumps([decided.body, ended.body], default=str)
    assert MAIL not in str(decided.body) + str(ended.body)


async def test_source_tag_of_the_clients_own_making_is_not_recorded(base: InProcess) -> None:
    script = Script(base.stations)
    await script.run(HELLO, caller("general", sources=("ehr", "zebra-7781")))
    assert script.records[0].body["sources"] == ["ehr", "(unknown)"]


@pytest.mark.parametrize(
    ("handles", "field", "recorded"),
    [
        ("general", "brand_new", "/brand_new"),
        ("phi", "brand_new", "(unknown 0)"),
        ("general", "Mara Lindqvist", "/…"),
        ("phi", "Mara Lindqvist", "(unknown 0)"),
    ],
)
async def test_unknown_fields_are_named_under_general_and_counted_else(
    handles: str, field: str, recorded: str, base: InProcess
) -> None:
    script = Script(base.stations)
    await script.run({**HELLO, "model": "gpt-4o-baa", field: 1}, caller(handles))
    assert list(script.records[0].body["candidates"][0]["facts"]["unknown_fields"]) == [recorded]
    assert "Lindqvist" not in str(script.records[0].body)


def test_ended_commits_to_the_reply_and_does_not_show_it() -> None:
    record = entries.ended("r", 4, Outcome.COMPLETED, status=200, reply_sha256=b"digest")
    assert record.body == {"decided": 4, "outcome": "completed", "status": 200}
    assert record.contents == {"reply_sha256": b"digest"}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("gpt-4o-mini", True),
        ("ft:gpt-4o:clinic::7", True),
        ("meta/llama-3.1", True),
        ("gpt 4o", False),
        ("gpt-4o\n", False),
        ("-gpt", False),
        ("g" * 65, False),
        ("gpt-é", False),
        ("gpt/4111-1111-1111-1111", False),
    ],
)
async def test_model_name_is_kept_where_it_is_plainly_one(name: str, kept: bool, base: InProcess) -> None:
    request = DIALECT.read(json.dumps({**HELLO, "model": name}).encode())
    findings = base.stations.classifier.classify(
        request.segments, (), planning.Provenance(handles=()), deadline=float("inf")
    ).findings
    assert entries._model(request, findings) == (name if kept else "(not a plain name)")


# The list of models


def test_only_names_that_are_spelt_out_and_can_be_reached(base: InProcess, tmp_path: Path) -> None:
    def names(*, stations: Any = base.stations, **fields: Any) -> list[str]:
        return [row["id"] for row in listing.models(stations, caller("general", **fields))]

    assert names() == []
    assert names(models=("gpt-4o", "gpt-*", "nobody-1")) == ["gpt-4o"]
    assert names(models=("gpt-4o-baa", "gpt-4o-baa")) == ["gpt-4o-baa"]
    closed = dataclasses.replace(base.stations.state(), broken="half saved")
    assert names(stations=dataclasses.replace(base.stations, state=lambda: closed), models=("gpt-4o",)) == []
    url = 'url = "http://127.0.0.1:1/v1"\nmodel = "llama"\nown_host = true\n'
    private = stations(tmp_path, (home.UNCOVERED, "private/url"), engine="url", settings=url).stations
    assert names(stations=private) == ["llama"]
    assert names(stations=private, models=("gpt-4o",)) == ["gpt-4o"]
