"""Each row of the facts on vendors' terms has an entry here, and a request that meets it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from register.vendor_rows import (
    BULLETS,
    CASES,
    CLIENTS,
    FORCED,
    HEADINGS,
    KEPT,
    LEADS,
    QUESTIONS,
    SURFACES,
    TABLE,
    Case,
    Keeps,
)
from ringfence import dialects
from ringfence.register import (
    Document,
    Organisation,
    Snapshot,
    Tier,
    clients,
    cover,
    forced_members,
    load,
    retention,
    review,
    surfaces_at,
)
from ringfence.vocabulary.decision import FieldReview
from ringfence.vocabulary.errors import MalformedRequest
from ringfence.vocabulary.labels import Label

Paper = Callable[..., Document]
Filed = Callable[..., Snapshot]

TERMS = "design/vendor-terms.md"
MODELS = {
    "openai": "gpt-4o",
    "anthropic": "claude-sonnet-4-5",
    "google": "gemini-2.5-pro",
    "azure-openai": "gpt-4o",
    "aws-bedrock": "openai.gpt-oss-120b",
    "xai": "grok-4",
    "mistral": "mistral-large-latest",
    "groq": "llama-3.3-70b-versatile",
    "fireworks": "accounts/fireworks/models/kimi-k2",
    "openrouter": "anthropic/claude-sonnet-4.5",
}
SMALLEST: dict[str, dict[str, Any]] = {
    "chat_completions": {"messages": [{"role": "user", "content": "x"}]},
    "responses": {"input": "x"},
    "messages": {"messages": [{"role": "user", "content": "x"}], "max_tokens": 1},
    "count_tokens": {"messages": [{"role": "user", "content": "x"}]},
}


def normalised(pointer: str) -> str:
    return re.sub(r"/\d+(?=/|$)", "/*", pointer)


def asked(case: Case, snapshot: Snapshot, paper: Paper, today: date, filed: Filed) -> FieldReview:
    """What the register says of the case's request, read by the dialect that the gateway would read it with."""
    service = snapshot.services[case.service]
    endpoint = service.endpoints[0]
    body = {"model": case.model or MODELS[service.vendor], **SMALLEST[endpoint], **case.extra}
    dialect = next(each for each in dialects.all() if each.endpoint == endpoint)
    request = dialect.read(json.dumps(body).encode(), case.headers)
    labels = [label.value for label in Label if label is not Label.GENERAL]
    approvals = [
        paper(
            "zdr_approval",
            id=f"approval-{number}",
            subject=service.vendor,
            scope={"services": [f"{service.vendor}/*"], "labels": labels},
            limits={"tier": tier},
        )
        for number, tier in enumerate(case.tiers)
    ]
    on_file = filed(approvals)
    found = [normalised(case.found)] if case.found else []
    return review(
        on_file, service.id, endpoint, request.model, request.uses, today, [Label(each) for each in case.labels], found
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}-{case.service}-{case.stops or 'goes'}")
def test_a_request_meets_what_the_row_says(
    case: Case, shipped: Snapshot, paper: Paper, today: date, filed: Filed
) -> None:
    found = asked(case, shipped, paper, today, filed)
    assert not found.unknown, "every row is an entry of the catalogue"
    names = [use.name for use in found.forbidden]
    if case.stops:
        assert any(name.startswith(case.stops) for name in names), names
        assert all(use.why.endswith(".") for use in found.forbidden)
    else:
        assert not names


@pytest.mark.parametrize("keeps", KEPT, ids=lambda keeps: f"{keeps.row}-{keeps.vendor}-{keeps.what}-{keeps.tier}")
def test_what_is_kept_stands_in_the_table(keeps: Keeps, shipped: Snapshot) -> None:
    kept = retention(shipped, keeps.vendor, keeps.endpoint, Tier(keeps.tier), keeps.model)
    assert keeps.hours in [each.hours for each in kept if each.what == keeps.what]


@pytest.mark.parametrize(("row", "service", "pointer", "value"), FORCED)
def test_what_the_gateway_sets(row: str, service: str, pointer: str, value: object, shipped: Snapshot) -> None:
    forced = forced_members(shipped, service, shipped.services[service].endpoints[0])
    assert (pointer, value) in [member[:2] for member in forced]


@pytest.mark.parametrize(("row", "path"), [(row, path) for row, paths in SURFACES.items() for path in paths])
def test_stateful_endpoints_are_known_by_name(row: str, path: str) -> None:
    found = surfaces_at(path)
    assert found
    assert all(surface.why.endswith(".") and surface.zdr != "yes" for surface in found)


@pytest.mark.parametrize("row", QUESTIONS)
def test_contradictory_sources_stay_unresolved_and_permit_nothing(
    row: str, shipped: Snapshot, paper: Paper, filed: Filed, today: date, covered_entity: Organisation
) -> None:
    vendor, name, service = QUESTIONS[row]
    question = next(each for each in shipped.practices[vendor].questions if each.id == name)
    assert not question.resolved
    assert len({claim.source for claim in question.claims}) >= 2
    assert all(claim.answer in question.sentence and claim.source in question.sentence for claim in question.claims)
    label = Label.FINANCIAL if row == "soc2" else Label.PHI
    (found,) = cover(shipped, service, [label], "chat_completions", MODELS[vendor], today, covered_entity)
    assert not found.covered
    assert any(question.asks in reason and "unresolved" in reason for reason in found.reasons)


@pytest.mark.parametrize("client", clients(), ids=lambda client: client.id)
def test_clients(client: Any) -> None:
    assert client.suitable == CLIENTS[client.id]
    assert bool(client.speaks) == client.suitable


@pytest.mark.parametrize("service", ["openai/chat-completions", "anthropic/messages", "google/gemini-chat-completions"])
def test_what_no_list_names_is_denied_by_name(
    service: str, shipped: Snapshot, paper: Paper, today: date, filed: Filed
) -> None:
    found = asked(Case("unlisted", service, {"brand_new": 1}, ""), shipped, paper, today, filed)
    assert [use.name for use in found.unknown] == ["/brand_new"]


class TestTheFile:
    """Where the file of facts is there, each of its rows is claimed above: a row that is added fails here."""

    @pytest.fixture(scope="class")
    def text(self, shared: Path) -> str:
        return (shared / TERMS).read_text(encoding="utf-8")

    def sections(self, text: str) -> list[tuple[str, str]]:
        parts = re.split(r"(?m)^## (.+)$", text)
        return [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]

    def test_every_heading_is_claimed(self, text: str) -> None:
        assert {heading for heading, _ in self.sections(text) if heading} == set(HEADINGS)

    def test_every_row_of_a_table_is_claimed(self, text: str) -> None:
        found = []
        for heading, body in self.sections(text):
            rows = [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("|")]
            for cells in rows[2:]:
                code = re.search(r"`([^`]+)`", cells[1])
                found.append((heading, cells[0].strip(), code[1] if code else ""))
        assert sorted(found) == sorted(TABLE)

    def test_every_bullet_is_claimed(self, text: str) -> None:
        assert set(re.findall(r"(?m)^\* \*\*([^*]+)\*\*", text)) == set(BULLETS)

    def test_every_lead_is_claimed(self, text: str) -> None:
        assert set(re.findall(r"(?m)^\*\*([^*]+[.:])\*\*", text)) == set(LEADS)


def test_every_claim_has_a_request_or_a_fact_behind_it() -> None:
    proven = {case.row for case in CASES} | {keeps.row for keeps in KEPT} | {row for row, *_ in FORCED}
    proven |= set(SURFACES) | set(QUESTIONS) | {"clients", "unlisted", ""}
    for claims in (TABLE, BULLETS, LEADS, HEADINGS):
        assert set(claims.values()) <= proven


@pytest.mark.parametrize("terms", load(None).terms, ids=lambda terms: f"{terms.vendor}-{terms.endpoint}")
def test_no_allowed_object_hides_a_member_that_is_not(terms: Any) -> None:
    """A member that the dialect does not know is not looked into, so an object of that name must not be allowed."""
    dialect = next((each for each in dialects.all() if each.endpoint == terms.endpoint), None)
    assert dialect is not None
    for path in terms.fields:
        parent, _, name = path.rpartition("/")
        if parent.count("/") != 1 or name == "*" or name.startswith("@") or parent not in terms.fields:
            continue
        verdicts = [verdict for verdict, _ in terms.fields[parent].values()]
        if "forbid_regulated" in verdicts or terms.vendor == "private":
            continue
        member = parent.removeprefix("/")
        body = {"model": "m", **SMALLEST.get(terms.endpoint, {"input": "x"}), member: {name: "v"}}
        try:
            uses = dialect.read(json.dumps(body).encode()).uses
        except MalformedRequest:
            continue  # not an object there
        assert path in {use.path for use in uses}, path
