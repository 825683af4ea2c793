from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ringfence.register import Kind, load
from ringfence.register.kinds import load_kinds
from ringfence.vocabulary.errors import ConfigurationError

Folder = Callable[[dict[str, str]], Path]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_written_and_read_back(text: Callable[..., str], folder: Folder, kind: Kind) -> None:
    written = text(kind.value, id="one")
    snapshot = load(folder({"documents/one.toml": written}))
    assert snapshot.documents["one"].kind is kind


def test_every_kind_has_its_rules_with_source_and_date() -> None:
    kinds = load_kinds()
    assert set(kinds) == set(Kind)
    assert all(rules.source and rules.says and rules.title for rules in kinds.values())


@pytest.mark.parametrize(
    ("kind", "over", "field"),
    [
        ("baa", {"file": {"sha256": "0" * 64}}, "file.sha256"),
        ("baa", {"file": {"sha256": "ab" * 32}}, "file.sha256"),
        (
            "baa",
            {"file": {"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}},
            "file.sha256",
        ),
        ("baa", {"file": {"sha256": "ABCDEF" + "1" * 58}}, "file.sha256"),
        ("baa", {"file": {"sha256": "12345"}}, "file.sha256"),
        ("baa", {"file": {"snapshot_sha256": "f" * 64}}, "file.snapshot_sha256"),
        ("baa", {"file": {"source_url": "TODO"}}, "file.source_url"),
        ("baa", {"review": {"reviewed_by": "your name"}}, "review.reviewed_by"),
        ("baa", {"subject": "<vendor>"}, "subject"),
        ("baa", {"id": "A b"}, "id"),
        ("baa", {"id": "openai/baa"}, "id"),
        ("baa", {"parties": [{"name": "TBD", "role": "covered_entity"}]}, "parties[0].name"),
        ("baa", {"scope": {"services": ["openai/[ab]"]}}, "scope.services"),
        ("baa", {"scope": {"models": ["gpt 4"]}}, "scope.models"),
        ("baa", {"scope": {"labels": ["general"]}}, "scope.labels"),
        ("structured_masking_acceptance", {"scope": {"labels": ["phi"]}}, "scope.labels"),
        ("baa", {"dates": {"ends_on": date(2025, 1, 1)}}, "dates.ends_on"),
        ("baa", {"dates": {"until_terminated": True}}, "dates"),
        ("baa", {"dates": {"ends_with": "msa"}}, "dates"),
        ("baa", {"dates": {"period_end": date(2026, 1, 1)}}, "dates.period_end"),
        ("pci_aoc", {"dates": {"ends_on": None, "until_terminated": True}}, "dates.until_terminated"),
        ("soc2_type2", {"dates": {"period_end": date(2025, 1, 1)}}, "dates.period_end"),
        ("soc2_type2", {"dates": {"issued_on": date(2026, 1, 1)}}, "dates.issued_on"),
        ("soc2_type1", {"dates": {"issued_on": date(2026, 1, 1)}}, "dates.issued_on"),
        ("baa", {"review": {"expires_on": date(2026, 1, 1)}}, "review.expires_on"),
        ("baa", {"report": {"opinion": "unqualified"}}, "report"),
        ("baa", {"method": {"no_actual_knowledge": True}}, "method"),
        ("soc2_type2", {"report": {"bridges": "other"}}, "report.bridges"),
    ],
)
def test_what_can_not_be_true_is_refused(text: Callable[..., str], kind: str, over: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        text(kind, **over)
    assert caught.value.where == f"new {kind}: {field}"
    assert caught.value.remedy


def test_the_same_id_twice_names_both_files(text: Callable[..., str], folder: Folder) -> None:
    path = folder({"documents/a.toml": text("baa"), "documents/b.toml": text("baa")})
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert "a.toml" in caught.value.message
    assert "b.toml" in caught.value.message
