"""Ordinary texts without identifiers raise no label."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.vocabulary.entities import ENTITIES

LINES = [
    line
    for line in (Path(__file__).parent / "negatives.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]


def test_there_are_enough_of_them():
    assert len(LINES) >= 150


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:32])
def test_no_finding_raises_a_label(classifier, line):
    found = [(finding.entity, line[finding.start : finding.end]) for finding in classifier.spans(line)]
    assert [hit for hit in found if ENTITIES[hit[0]].raises is not None] == []


def test_nor_do_they_as_one_long_text(classifier):
    text = "\n".join(LINES)
    found = [(finding.entity, text[finding.start : finding.end]) for finding in classifier.spans(text)]
    assert [hit for hit in found if ENTITIES[hit[0]].raises is not None] == []
