from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ringfence.register import Document, check, load, new_document, scaffold
from ringfence.register.reading import decode
from ringfence.vocabulary.errors import ConfigurationError

Folder = Callable[[dict[str, str]], Path]


def uncommented(text: str) -> str:
    """The example as if a reader had removed the `# ` before each line of TOML."""
    return "\n".join(
        line.removeprefix("# ") if re.match(r"# (\[|[a-z0-9_]+ = )", line) else "" for line in text.splitlines()
    )


def test_what_init_writes_loads_and_counts_for_nothing(folder: Folder, today: date) -> None:
    path = folder(scaffold())
    assert load(path).digest == load(None).digest
    assert check(path, today) == ()


def test_examples_are_comments_from_first_to_last_line() -> None:
    for name, text in scaffold().items():
        assert not name.endswith(".toml") or all(line.startswith("#") for line in text.splitlines()), name


def test_the_service_example_works_once_uncommented(folder: Folder) -> None:
    snapshot = load(folder({"services/example.toml": uncommented(scaffold()["services/example.toml"])}))
    service = snapshot.services["private/llama"]
    assert service.private
    assert not service.own_host


@pytest.mark.parametrize(
    ("name", "field"), [("documents/example.toml", "parties[0].name"), ("requirements.toml", "relax[0].because")]
)
def test_the_other_examples_are_refused_until_they_are_filled_in(folder: Folder, name: str, field: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(field)):
        load(folder({name: uncommented(scaffold()[name])}))


def test_the_document_example_counts_once_it_is_filled_in(folder: Folder, today: date) -> None:
    text = uncommented(scaffold()["documents/example.toml"])
    text = text.replace("<sha256sum of the file>", "0123456789abcdef" * 4)
    text = re.sub(r"<[^>]*>", "Somebody real", text)
    snapshot = load(folder({"documents/one.toml": text}))
    assert snapshot.standing(snapshot.documents["baa-openai-2026"], today).counts


def test_a_new_document_goes_straight_into_the_folder(folder: Folder) -> None:
    text = new_document("nda", id="nda-1", subject="openai")
    assert decode(text, Document, "x").id in load(folder({"documents/nda-1.toml": text})).documents
