"""What patterns and tagger reach together on annotated text. Evaluation only: no training ever saw these sets."""

from __future__ import annotations

import csv
import re
import time
from importlib import resources
from pathlib import Path

import pytest

from classify import negatives
from ringfence.classify import Classifier
from ringfence.classify.tagger import NeuralTagger
from ringfence.scanning.finder import Finder, Passage
from ringfence.scanning.score import score
from ringfence.scanning.spans import Gold, Predicted, read

_FULL_DATE = re.compile(r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\d[./-]\d")


@pytest.fixture(scope="module")
def finder() -> Finder:
    tagger = NeuralTagger((resources.files("ringfence.classify") / "tagger" / "model.bin").read_bytes())
    return Finder(Classifier(memory_key=b"k" * 32, clock=time.monotonic), (tagger,))


def _metrics(finder: Finder, gold: list[Gold], leave_out: tuple[str, ...] = (), only: str = "") -> dict[str, float]:
    found = finder.find([[Passage(row.text)] for row in gold])
    assert not any(each.failed for each in found)
    predicted = [
        Predicted(row.id, tuple((hit.start, hit.end, hit.entity) for hit in each.passages[0]))
        for row, each in zip(gold, found, strict=True)
    ]
    metrics = score(gold, predicted, only=only, leave_out=leave_out).metrics()
    print({name: round(value, 4) for name, value in metrics.items()})
    return metrics


def test_clinical_prompts(finder: Finder, shared: Path) -> None:
    # The bar for charR is .998; .9978 was measured when this was written.
    metrics = _metrics(finder, list(read(shared / "data/text/spans/asq_phi_dev_half.jsonl", Gold)))
    assert metrics["charR"] >= 0.997
    assert metrics["full"] >= 0.99
    assert metrics["docClean"] >= 0.97
    assert metrics["charP"] >= 0.985
    assert metrics["negHit"] <= 0.05


def test_court_judgments(finder: Finder, shared: Path) -> None:
    judgments = list(read(shared / "data/text/spans/tab_train_dev.jsonl", Gold))[::5]  # what training leaves out
    assert _metrics(finder, judgments, only="DIRECT")["charR"] >= 0.99
    assert _metrics(finder, judgments)["charP"] >= 0.60
    narrow = [
        Gold(row.id, row.text, tuple(span for span in row.spans if _in_the_bar(span, row.text))) for row in judgments
    ]
    metrics = _metrics(finder, narrow)  # what else is right there counts as false here
    assert metrics["charR"] >= 0.93
    assert metrics["charP"] >= 0.60


def _in_the_bar(span: tuple[int, int, str, bool], text: str) -> bool:
    """People, places, codes and dates with a day or a month."""
    kind = span[2].split("/")[0]
    return kind in ("PERSON", "LOC", "CODE") or (
        kind == "DATETIME" and bool(_FULL_DATE.search(text[span[0] : span[1]]))
    )


def test_sentences_of_many_kinds(finder: Finder, shared: Path) -> None:
    # A guard well below what was measured (.917, .961): the bar, F2 by spans of .96, is not met (bench/detection.py).
    metrics = _metrics(finder, list(read(shared / "data/text/spans/presidio_synth_v2.jsonl", Gold)))
    assert metrics["charR"] >= 0.90
    assert metrics["charP"] >= 0.94


def test_bank_questions(finder: Finder, shared: Path) -> None:
    # Towns, banks and countries stand in these questions; see ringfence/classify/passing.py.
    with (shared / "data/text/banking77/test.csv").open(encoding="utf-8", newline="") as lines:
        rows = [Gold(str(number), row["text"], ()) for number, row in enumerate(csv.DictReader(lines))]
    assert _metrics(finder, rows)["FP/1k"] <= 0.3


def test_documents_about_nobody(finder: Finder, scale: int) -> None:
    rows = [Gold(str(n), each.text, ()) for n, each in enumerate(negatives.documents(5, 480 * scale))]
    assert _metrics(finder, rows)["FP/1k"] <= 0.5
