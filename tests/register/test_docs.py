"""The reference names everything that the files may hold, and its examples load."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ringfence.register import Kind, Role, Snapshot, load
from ringfence.register.catalogue import Catalogue, Forced, ModelRule, Rule
from ringfence.register.documents import Dates, Document, File, Limits, Method, Report, Review, Scope, Subservice
from ringfence.register.organisation import Regime
from ringfence.register.requirements import Relaxation

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference/register-documents.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", REFERENCE)
NAMED = {*CODE, *(name.rpartition(".")[2] for name in CODE)}
EXAMPLES = re.findall(r"```toml\n(.*?)```", REFERENCE, re.DOTALL)


@pytest.mark.parametrize(
    "struct",
    [Document, Dates, Scope, Report, Subservice, Limits, Method, File, Review, Catalogue, Rule, Forced, ModelRule],
    ids=lambda struct: struct.__name__,
)
def test_every_field_is_in_the_reference(struct: type) -> None:
    tables = {"dates", "scope", "report", "limits", "method", "file", "review", "rules", "forced", "model_rules"}
    shown = NAMED | {"vendor", "endpoint"} if struct is Catalogue else NAMED
    missing = {name for name in struct.__struct_fields__ if name not in shown | tables}  # type: ignore[attr-defined]
    assert not missing


@pytest.mark.parametrize("name", [*Kind, *Role])
def test_every_kind_and_role_is_in_the_reference(name: str) -> None:
    assert str(name) in NAMED


def test_every_need_is_in_the_table_with_its_basis(shipped: Snapshot) -> None:
    table = REFERENCE.partition("## `requirements.toml`")[2]
    rows = dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.*) \|$", table, re.MULTILINE))
    for need in shipped.needs:
        label, _, basis, relaxable = (cell.strip() for cell in rows.pop(need.id).split("|"))
        assert label.startswith(need.label.value)
        assert basis.startswith(need.basis)
        assert relaxable == ("yes" if need.relaxable else "no")
        assert all(regime.value in label for regime in need.regimes)
    assert not rows


def test_relaxations_and_regimes_are_told() -> None:
    assert all(f"{name} = " in REFERENCE for name in Relaxation.__struct_fields__)
    assert set(Regime) >= {"gdpr", "ccpa"}


def test_the_examples_load_and_count(folder: Callable[[dict[str, str]], Path]) -> None:
    document, services, terms, requirements = EXAMPLES
    snapshot = load(
        folder(
            {
                "documents/one.toml": document,
                "services/one.toml": services,
                "terms/one.toml": terms,
                "requirements.toml": requirements,
            }
        )
    )
    assert snapshot.problems == ()
    assert snapshot.standing(snapshot.documents["baa-openai-2026"], date(2026, 12, 1)).counts


def test_links_lead_somewhere() -> None:
    for page in (DOCS / "reference/register-documents.md", DOCS / "explanation/coverage.md"):
        for link in re.findall(r"\]\(([^)#]+\.md)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).is_file(), link
