"""Every format by itself, and its row on the reference page."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.extract import Limits, formats
from ringfence.extract.format import Format

PAGE = Path(__file__).parents[2] / "docs/reference/file-formats.md"


@pytest.mark.parametrize("format", formats.all(), ids=lambda format: format.kind or f"none-{format.certainty}")
def test_a_format_is_documented_as_it_says_itself(format: Format) -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    names = " ".join(f"`{suffix}`" for suffix in format.suffixes)
    assert any(f"| {names} | {format.reads} | {format.leaves} |" in row for row in rows)
    assert format.source or format.certainty == 0


def test_no_two_formats_claim_a_name() -> None:
    suffixes = [suffix for format in formats.all() for suffix in format.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix.startswith(".") and suffix.islower() for suffix in suffixes)


def test_some_format_knows_anything_and_is_asked_last() -> None:
    assert formats.all()[-1].certainty == 0


def test_the_bounds_are_documented() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in Limits.__struct_fields__:
        value = getattr(Limits(), name)
        said = f"{value:g}" if isinstance(value, float) else f"{value:,}"
        assert f"| `{name}` | {said} |" in page
