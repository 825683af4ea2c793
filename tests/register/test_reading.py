from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ringfence.register import Document, load
from ringfence.register.reading import decode, is_placeholder
from ringfence.vocabulary.errors import ConfigurationError

Folder = Callable[[dict[str, str]], Path]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ('kind = "baa"\nid = "x"\nsubject = "openai"\ncolour = "red"\n', "colour"),
        ('kind = "baa"\nid = "x"\nsubject = "openai"\n[dates]\nend = 2026-01-01\n', "dates.end"),
        ('kind = "baa"\nid = "x"\nsubject = "openai"\n[dates]\nends_on = "soon"\n', "dates.ends_on"),
        ('kind = "baa"\nid = "x"\nsubject = "openai"\n[dates]\nends_on = 2026-01-01T00:00:00\n', "dates.ends_on"),
        ('kind = "baa"\nid = "x"\nsubject = "openai"\n[scope]\nlabels = ["secrets"]\n', "scope.labels[0]"),
        ('kind = "baa"\nid = "x"\nsubject = "openai"\n[[parties]]\nname = "A"\nrole = "boss"\n', "parties[0].role"),
        ('kind = "treaty"\nid = "x"\nsubject = "openai"\n', "kind"),
    ],
)
def test_an_error_names_the_file_and_the_field(folder: Folder, change: str, field: str) -> None:
    path = folder({"documents/one.toml": change})
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert str(path / "documents/one.toml") in caught.value.message
    assert f": {field}: " in caught.value.message
    assert caught.value.remedy


def test_a_missing_member_is_named() -> None:
    with pytest.raises(ConfigurationError, match="subject"):
        decode('kind = "baa"\nid = "x"\n', Document, "one.toml")


def test_broken_toml_is_named_with_its_line(folder: Folder) -> None:
    path = folder({"documents/one.toml": "kind = \n"})
    with pytest.raises(ConfigurationError, match=r"one\.toml: not valid TOML: .*line 1"):
        load(path)


def test_bytes_that_are_not_utf8_are_refused(folder: Folder) -> None:
    path = folder({"documents/one.toml": ""})
    (path / "documents/one.toml").write_bytes(b'kind = "\xff"\n')
    with pytest.raises(ConfigurationError, match=r"one\.toml: can't be read"):
        load(path)


@pytest.mark.parametrize("text", ["", "  ", "TODO", "tbd", "XXX", "n/a", "<name>", "your company", "change-me", "..."])
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["OpenAI OpCo, LLC", "Nadia Tbdini", "Example Health, Inc.", "openai"])
def test_names_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)
