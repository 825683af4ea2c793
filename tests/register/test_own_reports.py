"""Reports on the organisation itself stand beside the vendors', and cover nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from ringfence.register import Document, Organisation, Snapshot, cover, load, names_party
from ringfence.register.services import check_service
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import REGULATED

Folder = Callable[[dict[str, str]], Path]
Text = Callable[..., str]
EXAMINED = ("soc2_type2", "soc2_type1", "iso_certificate", "pci_aoc")


@pytest.mark.parametrize("kind", EXAMINED)
def test_a_report_on_ourselves_is_no_problem(kind: str, folder: Folder, text: Text) -> None:
    own = text(kind, subject="organisation", scope={"services": ["billing"]})
    assert load(folder({"documents/own.toml": own})).problems == ()


def test_an_agreement_with_ourselves_serves_none(folder: Folder, text: Text) -> None:
    [problem] = load(folder({"documents/own.toml": text("baa", subject="organisation")})).problems
    assert "serves none" in problem.says


@pytest.mark.parametrize("kind", EXAMINED)
def test_coverage_is_the_same_with_it(
    kind: str, filed: Callable[..., Snapshot], paper: Callable[..., Document], today: date, covered_entity: Organisation
) -> None:
    papers = [paper("dpa"), paper("baa")]
    own = paper(kind, subject="organisation", id="own")
    organisations = [covered_entity, msgspec.structs.replace(covered_entity, name="")]
    for service in ("openai/chat-completions", "anthropic/messages"):
        for ours in organisations:
            before, after = (
                cover(filed(each), service, REGULATED, "chat_completions", "gpt-4o", today, ours)
                for each in (papers, [*papers, own])
            )
            assert before == after


def test_no_service_is_called_as_we_are(rented: Service) -> None:
    for changed in ({"host": "organisation"}, {"host": "Organisation:8000"}):
        with pytest.raises(ConfigurationError, match="about you yourself"):
            check_service(msgspec.structs.replace(rented, **changed), "here")
    vendor = msgspec.structs.replace(
        rented, id="organisation/x", vendor="organisation", private=False, own_host=False, host="x.example"
    )
    with pytest.raises(ConfigurationError, match="about you yourself"):
        check_service(vendor, "here")


def test_a_party_is_named_whatever_the_blanks(paper: Callable[..., Document]) -> None:
    document = paper("soc2_type2")
    assert names_party(document, "  openai   OPCO, llc ")
    assert names_party(document, "OpenAI OpCo, LLC", ["service_organization"])  # type: ignore[list-item]
    assert not names_party(document, "OpenAI OpCo, LLC", ["auditor"])  # type: ignore[list-item]
    assert not names_party(document, "Open AI OpCo, LLC")


def test_what_is_said_of_training_has_a_source(shipped: Snapshot) -> None:
    said = [each for practices in shipped.practices.values() for each in practices.training]
    assert len(said) >= 5
    for each in said:
        assert each.says.endswith(".") and each.source.startswith("https://")
        assert date(2026, 1, 1) < each.reviewed_on
    for vendor, practices in shipped.practices.items():
        services = {service for service, each in shipped.services.items() if each.vendor == vendor}
        for each in practices.training:
            assert all(pattern.startswith(f"{vendor}/") for pattern in each.services)
            assert services
