from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from ringfence.register import Document, Organisation, Snapshot, cover, load
from ringfence.register.requirements import Relaxation, load_needs
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import REGULATED, Label

NEEDS = load_needs()
DAY = timedelta(days=1)
Folder = Callable[[dict[str, str]], Path]


def relax(need: str, *, because: str = "decided", first: str = "2026-11-01", last: str = "2026-12-31") -> str:
    return (
        f'[[relax]]\nneed = "{need}"\nbecause = "{because}"\napproved_by = "Q. Boss"\n'
        f"approved_on = {first}\nexpires_on = {last}\n"
    )


@pytest.mark.parametrize("label", sorted(REGULATED))
@pytest.mark.parametrize("place", ["vendor", "other_host"])
def test_every_regulated_label_needs_something_everywhere(label: Label, place: str) -> None:
    assert [need for need in NEEDS if need.label is label and place in need.at and not need.roles and not need.regimes]


def test_general_needs_nothing() -> None:
    assert not [need for need in NEEDS if need.label is Label.GENERAL]


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.id)
def test_every_need_has_a_source_a_date_and_a_basis(need: object) -> None:
    assert need.source  # type: ignore[attr-defined]
    assert need.says.endswith(".")  # type: ignore[attr-defined]
    assert need.basis == "policy" or not need.relaxable  # type: ignore[attr-defined]


def test_law_cites_a_section() -> None:
    for need in NEEDS:
        assert need.basis != "law" or any(word in need.source for word in ("CFR", "GDPR Article", "Civil Code")), (
            need.id
        )


@pytest.mark.parametrize("need", [need.id for need in NEEDS if not need.relaxable])
def test_law_standards_and_fixed_policy_cannot_be_relaxed(folder: Folder, need: str) -> None:
    path = folder({"requirements.toml": relax(need)})
    with pytest.raises(ConfigurationError, match=rf"relax\[0\]\.need: {need} rests on .* can't be relaxed"):
        load(path)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (relax("phi-zrd"), "relax[0].need"),
        (relax("phi-zdr") * 2, "relax[1].need"),
        (relax("phi-zdr", because="TODO"), "relax[0].because"),
        (relax("phi-zdr", last="2026-10-01"), "relax[0].expires_on"),
        ('[[relax]]\nneed = "phi-zdr"\n', "relax[0]"),
    ],
)
def test_a_wrong_relaxation_is_refused(folder: Folder, text: str, field: str) -> None:
    path = folder({"requirements.toml": text})
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert str(path / "requirements.toml") in caught.value.message
    assert field in caught.value.message


def test_a_relaxation_holds_from_its_first_to_its_last_day(
    filed: Callable[..., Snapshot], paper: Callable[..., Document], covered_entity: Organisation
) -> None:
    first, last = date(2026, 11, 1), date(2026, 12, 31)
    relaxation = Relaxation(
        need="phi-zdr", because="decided", approved_by="Q. Boss", approved_on=first, expires_on=last
    )
    snapshot = filed([paper("baa")], relaxations=(relaxation,))

    def ask(day: date) -> object:
        (found,) = cover(
            snapshot, "openai/chat-completions", [Label.PHI], "chat_completions", "gpt-4o", day, covered_entity
        )
        return found

    for day in (first, last):
        assert ask(day).covered  # type: ignore[attr-defined]
        assert ask(day).until == last  # type: ignore[attr-defined]
        assert ask(day).documents == ("baa",)  # type: ignore[attr-defined]
    for day in (first - DAY, last + DAY):
        assert "No ZDR approval from OpenAI" in ask(day).reasons[0]  # type: ignore[attr-defined]


def test_a_relaxation_of_what_cannot_be_relaxed_has_no_effect_even_if_it_got_in(
    filed: Callable[..., Snapshot], covered_entity: Organisation, today: date
) -> None:
    sneaked = Relaxation(
        need="phi-baa", because="x", approved_by="x", approved_on=date(2026, 1, 1), expires_on=date(2027, 1, 1)
    )
    snapshot = filed([], relaxations=(sneaked,))
    (found,) = cover(
        snapshot, "openai/chat-completions", [Label.PHI], "chat_completions", "gpt-4o", today, covered_entity
    )
    assert "No BAA with OpenAI" in found.reasons[0]
