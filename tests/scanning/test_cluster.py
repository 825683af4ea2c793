"""The same search on a local Ray of one core, which takes some ten seconds to start."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import msgspec
import pytest

from ringfence.scanning import cluster, pool
from ringfence.scanning.cluster import search_on_ray
from ringfence.scanning.results import Unit
from ringfence.scanning.setup import Setup
from ringfence.vocabulary.errors import ConfigurationError
from support.killing import killing
from support.needs import need_package


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster of this test's own, whose processes find the tests' helpers."""
    need_package("ray")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.setattr(cluster, "_WAVE", 4)
    monkeypatch.setattr(pool, "BATCH_UNITS", 2)


def test_the_same_is_found_as_without_it(tmp_path: Path, local: None) -> None:
    units = []
    for number, text in enumerate(
        ["SSN 536-22-8412", "nothing", "a,MRN\n1,4471992\n", "é card 4111 1111 1111 1111"] * 2
    ):
        path = tmp_path / f"{number}{'.csv' if ',' in text else '.txt'}"
        path.write_text(text)
        units.append(Unit(str(path), path.stat().st_size))
    units.append(Unit(str(tmp_path / "gone\udcff"), 1))
    setup = Setup(key=bytes(32), digests=True)
    here = list(pool.search(setup.searcher, units, 1))
    there = list(search_on_ray(setup.searcher, units, 1))
    by_path = [sorted(map(msgspec.to_builtins, results), key=lambda row: row[0][0]) for results in (here, there)]
    assert by_path[0] == by_path[1]
    assert sum(len(result.spotted) for result in there) == 6
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_files_beside_one_that_kills_are_told(local: None, scale: int) -> None:
    if scale == 1:
        pytest.skip("takes half a minute: in `make soak`")
    names = ["a", "b", "kill", "c", "d"]
    results = {result.unit.path: result.reasons for result in search_on_ray(killing, [Unit(n, 1) for n in names], 1)}
    assert sorted(results) == sorted(names)
    assert {name for name, reasons in results.items() if reasons} == {"kill", "c"}


def test_without_ray_the_remedy_is_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ConfigurationError, match="Ray is not installed") as caught:
        next(search_on_ray(killing, [], 1))
    assert "ringfence[ray]" in caught.value.remedy
