from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
import pytest

from ringfence.register import Document, Kind, Organisation, Snapshot, Tier, cover, retention, unresolved
from ringfence.register.catalogue import Claim, contradict
from ringfence.register.practices import Practices, Question
from ringfence.vocabulary.labels import Label

Filed = Callable[..., Snapshot]
Paper = Callable[..., Document]


def question(*answers: str) -> Question:
    claims = [
        Claim(answer=a, says="x", source=f"https://{n}", reviewed_on=date(2026, 11, 22)) for n, a in enumerate(answers)
    ]
    return Question(id="q", asks="whether it does", bears_on=(Kind.BAA,), claims=tuple(claims))


@pytest.mark.parametrize(
    ("answers", "resolved"),
    [(("yes",), True), (("yes", "Yes "), True), (("yes", "no"), False), (("yes", "yes", "in part"), False)],
)
def test_sources_that_agree_resolve_a_question(answers: tuple[str, ...], resolved: bool) -> None:
    asked = question(*answers)
    assert asked.resolved == resolved
    assert contradict(asked.claims) != resolved


def test_every_vendor_with_terms_has_practices(shipped: Snapshot) -> None:
    assert {terms.vendor for terms in shipped.terms} - {"private"} <= set(shipped.practices)
    for practices in shipped.practices.values():
        assert practices.reviewed_on <= practices.expires_on
        for kept in practices.retention:
            assert kept.says.endswith(".")
            assert kept.source.startswith("https://")
            assert kept.hours is None or kept.hours >= 0


def test_an_open_question_is_told_beside_what_is_missing_and_only_there(
    shipped: Snapshot, filed: Filed, paper: Paper, today: date, covered_entity: Organisation
) -> None:
    service = shipped.services["openai/chat-completions"]

    def reasons(snapshot: Snapshot) -> str:
        (found,) = cover(snapshot, service.id, [Label.PHI], "chat_completions", "gpt-4o", today, covered_entity)
        return " ".join(found.reasons)

    assert "It is unresolved whether OpenAI signs a BAA" in reasons(shipped)
    assert "unresolved" not in reasons(filed([paper("baa")]))
    settled = msgspec.structs.replace(
        shipped.practices["openai"], questions=(msgspec.structs.replace(question("yes"), services=("openai/*",)),)
    )
    assert "unresolved" not in reasons(msgspec.structs.replace(shipped, practices={"openai": settled}))


def test_questions_are_asked_of_the_services_that_they_name(shipped: Snapshot, today: date) -> None:
    gemini, vertex = (shipped.services[f"google/{name}-chat-completions"] for name in ("gemini", "vertex"))
    assert [each.id for each in unresolved(shipped, gemini, [Kind.ZDR_APPROVAL], today)] == ["google-gemini-zdr"]
    assert not unresolved(shipped, vertex, [Kind.ZDR_APPROVAL], today)
    assert not unresolved(shipped, gemini, [Kind.BAA], today)
    assert not unresolved(shipped, shipped.services["private/embedded"], list(Kind), today)


def test_practices_past_their_date_are_shown_no_more(shipped: Snapshot) -> None:
    gemini, last = shipped.services["google/gemini-chat-completions"], shipped.practices["google"].expires_on
    assert unresolved(shipped, gemini, [Kind.ZDR_APPROVAL], last)
    assert not unresolved(shipped, gemini, [Kind.ZDR_APPROVAL], last + timedelta(days=1))


class TestRetention:
    def kept(self, snapshot: Snapshot, *arguments: object) -> set[tuple[str, int | None]]:
        return {(each.what, each.hours) for each in retention(snapshot, *arguments)}  # type: ignore[arg-type]

    def test_it_depends_on_endpoint_tier_and_model(self, shipped: Snapshot) -> None:
        assert ("stored responses", 720) in self.kept(shipped, "openai", "responses")
        assert ("stored responses", 720) not in self.kept(shipped, "openai", "chat_completions")
        assert ("stored responses", 720) not in self.kept(shipped, "openai", "responses", Tier.ZERO_DATA_RETENTION)
        fable = "inputs and outputs of Claude Fable 5 and Mythos 5"
        assert fable in {w for w, _ in self.kept(shipped, "anthropic", "messages", Tier.DEFAULT, "claude-fable-5")}
        assert fable not in {w for w, _ in self.kept(shipped, "anthropic", "messages", Tier.DEFAULT, "claude-opus-4")}

    def test_a_vendor_that_nobody_described_has_none(self, shipped: Snapshot) -> None:
        assert retention(shipped, "nobody") == ()

    def test_it_permits_nothing(self, shipped: Snapshot, today: date, covered_entity: Organisation) -> None:
        """INVARIANT: what a vendor says that it keeps is no document on file."""
        kind = Practices(vendor="openai", reviewed_on=today, expires_on=today)
        for practices in ({}, {"openai": kind}, shipped.practices):
            snapshot = msgspec.structs.replace(shipped, practices=practices)
            found = cover(
                snapshot, "openai/chat-completions", Label, "chat_completions", "gpt-4o", today, covered_entity
            )
            assert [each.label for each in found if each.covered] == [Label.GENERAL]
