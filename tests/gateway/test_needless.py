"""Leaving the search for names out never changes what happens: random registers, rules and requests, both ways."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import pytest

from canary import paper
from gateway.scripts import caller
from ringfence.classify import Hit
from ringfence.gateway import needless, plan
from ringfence.gateway.admit import Caller
from ringfence.gateway.plan import Plan
from ringfence.gateway.serving import Serving
from ringfence.gateway.state import shipped_rules
from ringfence.gateway.stations import Stations
from ringfence.vocabulary.labels import Label
from support.inprocess import DIALECT, InProcess, says
from support.names import FakeTagger, forgetful

REQUESTS = 60
RULES = (
    'forbid (principal, action == Action::"send", resource) when { context.names_searched };',
    'forbid (principal, action == Action::"send", resource) when { !context.names_searched && !context.own_host };',
    'forbid (principal, action == Action::"send", resource) when { context.labels.contains(Label::"personal") };',
    'forbid (principal, action == Action::"send", resource) unless { context.labels.contains(Label::"personal") };',
    'forbid (principal, action == Action::"send", resource) when '
    '{ context.private && !context.labels.contains(Label::"personal") };',
    'forbid (principal, action == Action::"send", resource) when '
    '{ context.form == Form::"masked" && context.labels.contains(Label::"phi") };',
)
TEXTS = (
    "Hello there.",
    "Patient Mara Lindqvist was seen on 3 March 2026 in Uppsala.",
    "MRN 4471023 belongs to Mara Lindqvist.",
    "Mail ann.roe@example.org and tell Tom Brannigan.",
    "IBAN DE89 3704 0044 0532 0130 00 is due.",
)


class Dates(FakeTagger):
    """Finds names, and one thing that raises no label."""

    entities = frozenset({"PERSON", "LOCATION"})

    def find(self, text: str) -> list[Hit]:
        at = text.find("Uppsala")
        return [*super().find(text), *([Hit(at, at + 7, "LOCATION", 0.9)] if at >= 0 else [])]


def _home(folder: Path, rng: random.Random) -> InProcess:
    paper.write(folder)
    for document in sorted((folder / "register/documents").iterdir()):
        if rng.random() < 0.4:
            document.unlink()
    (folder / "policies").mkdir()
    own = [f'@id("own-{number}")\n@says("Ours.")\n{rule}\n' for number, rule in enumerate(RULES) if rng.random() < 0.2]
    for name, text in {**shipped_rules(), "own.cedar": "\n".join(own)}.items():
        if text:
            (folder / "policies" / name).write_text(text)
    reachable = {name for name in paper.REACHABLE if rng.random() < 0.8}
    return InProcess(folder, lambda _sent, streamed: says("Hi.", streamed=streamed), reachable)


def _request(rng: random.Random) -> tuple[dict[str, Any], Caller]:
    handles = rng.sample([label.value for label in Label], rng.choice([0, 1, 1, 2, 3]))
    by = caller(
        *handles,
        needs_identity=rng.random() < 0.3,
        on_uncovered=rng.choice(["reroute", "reroute", "deny"]),
        sources=rng.choice([(), (), (), ("ehr",), ("crm",)]),
    )
    body: dict[str, Any] = {"model": rng.choice([*paper.MODELS.values(), "house-model"]), "messages": []}
    for _ in range(rng.choice([1, 1, 2])):
        body["messages"].append({"role": "user", "content": rng.choice(TEXTS)})
    if rng.random() < 0.1:
        body["metadata"] = {"Mara Lindqvist": "x"}
    if rng.random() < 0.3:
        # Terms may want this one member free of what identifies somebody, whatever documents cover the rest.
        body["tools"] = [{"type": "function", "function": {"name": "f", "description": rng.choice(TEXTS)}}]
    if rng.random() < 0.1:
        body["messages"][0]["content"] = [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]
    return body, by


def _outcome(made: Plan) -> tuple[str, str, str]:
    return made.decision.effect, made.decision.service, made.decision.form


@pytest.mark.parametrize("seed", range(8))
def test_the_decision_is_the_same_without_the_search(seed: int, scale: int, tmp_path: Path) -> None:
    rng = random.Random(f"needless/{seed}")
    left_out = 0
    for number in range(max(1, scale // 4)):
        inside = _home(tmp_path / str(number), rng).stations
        names = Serving((Dates(),), deadline_s=20.0)
        classifier = forgetful(inside.classifier)
        searching = dataclasses.replace(inside, names=names, names_always=True, classifier=classifier)
        sparing = dataclasses.replace(searching, names_always=False)
        for _ in range(REQUESTS):
            body, by = _request(rng)
            request = DIALECT.read(json.dumps(body).encode())
            spared, searched = _plan(request, by, sparing), _plan(request, by, searching)
            assert _outcome(spared) == _outcome(searched), (body, by)
            assert searched.classification.names_searched
            assert spared.classification.names_searched == (spared.classification.names_why == "")
            left_out += spared.classification.names_why == needless.WHY
        names.close()
    assert left_out >= REQUESTS // 10


def test_a_name_that_only_a_member_kept_apart_holds_is_searched_for(tmp_path: Path) -> None:
    """OpenAI treats what a tool says of itself as system data: covered health data may be in a message, not there."""
    paper.write(tmp_path)
    inside = InProcess(tmp_path, lambda _sent, streamed: says("Hi.", streamed=streamed), paper.REACHABLE).stations
    names = Serving((Dates(),), deadline_s=20.0)
    sparing = dataclasses.replace(inside, names=names, names_always=False, classifier=forgetful(inside.classifier))
    by = caller("phi", needs_identity=True, on_uncovered="deny")
    effects = {}
    for said in ("Looks a patient up.", "Looks Mara Lindqvist up."):
        tool = {"type": "function", "function": {"name": "f", "description": said}}
        body = {"model": "gpt-4o-baa", "messages": [{"role": "user", "content": "Hello."}], "tools": [tool]}
        made = _plan(DIALECT.read(json.dumps(body).encode()), by, sparing)
        effects[said] = str(made.decision.effect)
        assert made.classification.names_searched
    names.close()
    assert effects == {"Looks a patient up.": "ALLOW", "Looks Mara Lindqvist up.": "DENY"}


def _plan(request: Any, by: Caller, stations: Stations) -> Plan:
    return plan.make(request, DIALECT, by, stations)
