from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from ringfence.register import (
    DEMONSTRATION_CLIENT,
    Snapshot,
    cover,
    demonstration,
    forced_members,
    load,
    organisation,
    review,
    services_for_model,
)
from ringfence.vocabulary.chat import Use
from ringfence.vocabulary.labels import Label

CHAT = "chat_completions"
# Years after the shipped facts have run out: a tour must still work then.
LATER = date(2041, 5, 5)


@pytest.fixture(params=[date(2026, 12, 1), LATER], ids=str)
def day(request: pytest.FixtureRequest) -> date:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def snapshot(tmp_path: Path, day: date) -> Snapshot:
    for name, text in demonstration(day).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return load(None, demonstration_folder=tmp_path)


@pytest.mark.parametrize("role", ["covered_entity", "business_associate", "neither"])
def test_the_covered_one_covers_phi_and_personal_data_for_whoever_runs_it(
    snapshot: Snapshot, day: date, role: str
) -> None:
    who = organisation(role, ["hipaa", "gdpr"], "Any Company")
    found = cover(snapshot, "demonstration/covered", Label, CHAT, "demo-covered", day, who, DEMONSTRATION_CLIENT)
    covered = {each.label for each in found if each.covered}
    assert covered == {Label.GENERAL, Label.PHI, Label.PERSONAL, Label.CONFIDENTIAL}


def test_the_uncovered_one_covers_general_only(snapshot: Snapshot, day: date) -> None:
    who = organisation("covered_entity")
    found = cover(snapshot, "demonstration/uncovered", Label, CHAT, "demo-uncovered", day, who)
    assert [each.label for each in found if each.covered] == [Label.GENERAL]


def test_models_lead_to_one_service_each(snapshot: Snapshot) -> None:
    assert [s.id for s in services_for_model(snapshot, "demo-covered", CHAT)] == ["demonstration/covered"]
    assert [s.id for s in services_for_model(snapshot, "demo-uncovered-2", CHAT)] == ["demonstration/uncovered"]


def test_its_terms_judge_as_openais_do(snapshot: Snapshot, day: date) -> None:
    terms = {each.vendor: each for each in snapshot.terms if each.endpoint == CHAT}
    assert terms["demonstration"].fields == terms["openai"].fields
    assert forced_members(snapshot, "demonstration/covered", CHAT) == forced_members(
        snapshot, "openai/chat-completions", CHAT
    )
    uses = (Use("/messages", "", "/messages"), Use("/user", "", "/user"))
    found = review(snapshot, "demonstration/covered", CHAT, "demo-covered", uses, day)
    assert [use.name for use in found.forbidden] == ["/user"]
    assert not found.unknown


def test_every_document_says_that_it_is_an_example(snapshot: Snapshot) -> None:
    assert snapshot.documents
    for document in snapshot.documents.values():
        assert document.demonstration
        assert document.title == "EXAMPLE, not a real document"


def test_it_runs_out(snapshot: Snapshot, day: date) -> None:
    who = organisation("covered_entity")
    late = day + timedelta(days=366)
    found = cover(snapshot, "demonstration/covered", [Label.PHI], CHAT, "demo-covered", late, who)
    assert not found[0].covered
