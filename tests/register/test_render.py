from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringfence.register import Document, Kind, new_document, render
from ringfence.register.reading import decode, is_placeholder
from ringfence.register.render import quoted
from ringfence.vocabulary.errors import ConfigurationError


@settings(derandomize=True, deadline=None)
@given(st.text())
def test_any_text_reads_back(text: str) -> None:
    assert tomllib.loads(f"x = {quoted(text)}")["x"] == text


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.text(min_size=1).filter(lambda name: not is_placeholder(name)),
    st.lists(st.text(), max_size=3),
    st.dates(date(2000, 1, 1)),
)
def test_hostile_values_stay_values(name: str, texts: list[str], day: date) -> None:
    written = new_document(
        "soc2_type2",
        id="x",
        subject=name,
        parties=[{"name": name, "role": "auditor"}],
        dates={"issued_on": day},
        report={"exceptions": texts, "subservices": [{"name": name, "method": "carve_out"}]},
    )
    document = decode(written, Document, "x")
    assert document.subject == document.parties[0].name == document.report.subservices[0].name == name
    assert list(document.report.exceptions) == texts
    assert document.dates.issued_on == day


@pytest.mark.parametrize("kind", list(Kind))
def test_a_whole_document_reads_back_the_same(paper: Callable[..., Document], kind: Kind) -> None:
    document = paper(kind.value)
    assert decode(render(document), Document, "x") == document


def test_every_field_can_be_written(paper: Callable[..., Document]) -> None:
    tables: dict[str, dict[str, Any]] = {
        "dates": {"voided_on": date(2026, 12, 3)},
        "scope": {"endpoints": ["chat_completions"], "models": ["gpt-4*"], "regions": ["us"]},
        "limits": {
            "permitted_uses": ["treatment"],
            "ai": "permitted",
            "offshore": "forbidden",
            "deidentification": "silent",
            "subcontractors": "permitted",
            "flow_down": False,
            "notice_hours": 72,
            "distribution": "under NDA",
            "retention": ["prompt_cache_24h"],
        },
        "file": {"snapshot_sha256": "0123456789abcdef" * 4},
    }
    document = paper("baa", title='A "title"', demonstration=True, **tables)
    assert document.limits.flow_down is False
    assert decode(render(document), Document, "x") == document


def test_gaps_stand_as_comments_and_nothing_else_does(text: Callable[..., str]) -> None:
    written = new_document("baa", id="baa-1", subject="openai")
    for gap in ("sha256", "effective_on", "services", "labels", "reviewed_by", "parties"):
        assert f"# {gap}" in written
    assert decode(written, Document, "x") == Document(kind=Kind.BAA, id="baa-1", subject="openai")
    assert "missing" not in text("baa")


@pytest.mark.parametrize(
    ("kind", "over"),
    [
        ("treaty", {}),
        ("baa", {"colours": {"a": 1}}),
        ("baa", {"dates": {"ends": date(2026, 1, 1)}}),
        ("baa", {"file": {"sha256": "0" * 64}}),
        ("baa", {"title": "\ud800"}),
    ],
)
def test_what_the_loader_would_refuse_is_not_written(kind: str, over: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        new_document(kind, id="x", subject="openai", **over)
    assert caught.value.remedy


def test_rendering_is_pure(paper: Callable[..., Document]) -> None:
    document = paper("baa")
    before = msgspec.json.encode(document)
    render(document)
    assert msgspec.json.encode(document) == before
