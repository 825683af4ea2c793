"""Every detector, by its own examples: one parametrised test each way."""

from __future__ import annotations

import pkgutil

import pytest

from ringfence.classify import detectors
from ringfence.classify.detector import Detector
from ringfence.classify.patterns import Patterns
from ringfence.vocabulary.entities import ENTITIES

ALL = detectors.all()
EXAMPLES = [pytest.param(d, e, id=f"{d.name}-{i}") for d in ALL for i, e in enumerate(d.examples)]
COUNTEREXAMPLES = [pytest.param(d, t, id=f"{d.name}-{i}") for d in ALL for i, t in enumerate(d.counterexamples)]


def found(detector: Detector, text: str) -> set[tuple[int, int, str]]:
    return {(hit.start, hit.end, hit.entity) for hit in detector.extract(text)}


@pytest.mark.parametrize(("detector", "example"), EXAMPLES)
def test_finds_its_examples_exactly(detector, example):
    assert found(detector, example.text) == set(example.spans)


@pytest.mark.parametrize(("detector", "text"), COUNTEREXAMPLES)
def test_leaves_its_counterexamples_alone(detector, text):
    assert found(detector, text) == set()


@pytest.mark.parametrize(("detector", "example"), EXAMPLES)
def test_the_first_pass_names_it_for_its_examples(detector, example):
    assert detector in Patterns(ALL).named(example.text)


@pytest.mark.parametrize("detector", ALL, ids=lambda detector: detector.name)
def test_is_described(detector):
    assert detector.examples and detector.counterexamples and detector.says.endswith(".")
    assert "://" in detector.source or "docs/" in detector.source
    assert {entity for example in detector.examples for *_, entity in example.spans} == set(detector.entities)
    assert all(0 < hit.score <= 1 for example in detector.examples for hit in detector.extract(example.text))


@pytest.mark.parametrize(("detector", "example"), EXAMPLES)
def test_offsets_are_code_points_beside_emoji_and_accents(detector, example):
    lead = "😀é中 \n"
    moved = {(start + len(lead), end + len(lead), entity) for start, end, entity in example.spans}
    assert found(detector, lead + example.text + " 🎈ü") == moved


def test_every_file_is_discovered_and_every_entity_covered():
    assert len(ALL) == len(list(pkgutil.iter_modules(detectors.__path__))) == len({d.name for d in ALL})
    assert {entity for detector in ALL for entity in detector.entities} == set(ENTITIES) - {
        "COUNTRY",
        "CODE",
    }  # taggers
