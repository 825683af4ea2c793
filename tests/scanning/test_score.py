"""The metrics are those of the project's scorer, number for number, and say what they say."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.scanning.score import METRICS, below, score
from ringfence.scanning.spans import Gold, Predicted, read, write
from ringfence.vocabulary.errors import ConfigurationError

TEXT = "Ann Lee, 62, seen 3/4/2021 in Bern"
GOLD = Gold("a", TEXT, ((0, 7, "NAME", 1), (18, 26, "DATE", 1), (9, 11, "AGE", 0)))
NONE = Gold("b", "nothing here", ())


def _score(gold, spans, **options):
    return score(gold, [Predicted(row.id, tuple(spans.get(row.id, ()))) for row in gold], **options)


def test_perfect():
    result = _score([GOLD, NONE], {"a": [(0, 7), (18, 26)]})
    assert result.metrics() == {
        "charR": 1.0, "charP": 1.0, "F2": 1.0, "any": 1.0, "full": 1.0, "docClean": 1.0, "FP/1k": 0.0, "negHit": 0.0,
    }  # fmt: skip
    assert result.documents == ()


def test_half():
    """6 + 6 letters and digits are gold; found are `Ann`, the date without its year, and `Bern`."""
    result = _score([GOLD, NONE], {"a": [(0, 3, "PERSON"), (18, 21, "DATE"), (30, 34, "CITY")], "b": [(0, 1)]})
    metrics = result.metrics()
    assert metrics["charR"] == 5 / 12
    assert metrics["charP"] == 5 / 10
    assert metrics["any"] == 1
    assert metrics["full"] == metrics["docClean"] == 0
    assert metrics["negHit"] == 1
    assert metrics["FP/1k"] == 1000 * 5 / result.total["chars"]
    first = result.documents[0]
    assert (first.id, first.missed_characters, first.false_characters) == ("a", 7, 4)
    assert first.missed == ((0, 7, "NAME"), (18, 26, "DATE"))
    assert first.false == ((30, 34, "CITY"),)


@pytest.mark.parametrize("options", [{"only": "NAME"}, {"leave_out": ("DATE",)}])
def test_what_does_not_count_is_neutral(options):
    for found in ([(0, 7, "X")], [(0, 7, "X"), (18, 26, "Y")]):
        metrics = _score([GOLD], {"a": found}, **options).metrics()
        assert (metrics["charR"], metrics["charP"], metrics["full"]) == (1, 1, 1)


def test_entity_left_out_is_no_prediction():
    metrics = _score(
        [GOLD, NONE], {"a": [(0, 7, "X"), (30, 34, "AGE")], "b": [(0, 3, "AGE")]}, leave_out=("AGE",)
    ).metrics()
    assert (metrics["charP"], metrics["negHit"]) == (1, 0)


def test_nothing_to_measure_on_meets_no_bar():
    metrics = _score([NONE], {}).metrics()
    assert math.isnan(metrics["charR"])
    assert below(metrics, {"charR": 0.0}) == ["charR is nan, and should be at least 0"]
    assert below(metrics, {"FP/1k": 0.0, "negHit": 0.0}) == []
    assert len(below(_score([GOLD], {"a": [(30, 34)]}).metrics(), {"charR": 0.1, "FP/1k": 1})) == 2


def test_document_without_prediction_is_an_error():
    with pytest.raises(ConfigurationError, match="document b has no prediction"):
        score([GOLD, NONE], [Predicted("a", ())])


def _rows(draw):
    text = draw(st.text("ab1 ,", max_size=12))
    edges = st.integers(0, len(text))
    span = st.tuples(edges, edges).map(sorted)
    gold = draw(st.lists(st.tuples(span, st.sampled_from("XY"), st.integers(0, 1)), max_size=4))
    found = draw(st.lists(st.tuples(span, st.sampled_from("PQ")), max_size=4))
    return text, [(*edges, label, mask) for edges, label, mask in gold], [(*edges, label) for edges, label in found]


def _reference(shared: Path):
    import importlib.util

    spec = importlib.util.spec_from_file_location("score_spans", shared / "tools" / "score_spans.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(st.data())
def test_sums_are_the_scorers(shared, data):
    documents = [_rows(data.draw) for _ in range(data.draw(st.integers(1, 3)))]
    only = data.draw(st.sampled_from(["", "X"]))
    gold = [Gold(str(n), text, tuple(spans)) for n, (text, spans, _) in enumerate(documents)]
    found = [Predicted(str(n), tuple(spans)) for n, (_, _, spans) in enumerate(documents)]
    total, labels = _reference(shared).score(
        [{"id": row.id, "text": row.text, "spans": row.spans} for row in gold],
        [{"id": row.id, "spans": row.spans} for row in found],
        only,
    )
    ours = score(gold, found, only)
    assert +ours.total == +Counter(total)
    assert {name: +count for name, count in ours.labels.items()} == {name: +count for name, count in labels.items()}


@pytest.mark.parametrize("name", ["asq_phi_dev_half.jsonl", "presidio_synth_v2.jsonl"])
@pytest.mark.parametrize("only", ["", "DATE"])
def test_printed_numbers_are_the_scorers(shared, tmp_path, name, only):
    """On real files, with predictions that are right, shifted, missing and invented."""
    path = shared / "data/text/spans" / name
    rows = list(read(path, Gold))
    found = [
        Predicted(
            row.id,
            tuple((start + n % 3, min(end + n % 2, len(row.text))) for start, end, *_ in row.spans[n % 2 :])
            + (((0, min(4, len(row.text))),) if n % 5 == 0 else ()),
        )
        for n, row in enumerate(rows)
    ]
    write(tmp_path / "found.jsonl.gz", found)
    script = shared / "tools/score_spans.py"
    done = subprocess.run(
        [sys.executable, script, path, tmp_path / "found.jsonl.gz", f"--only={only}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    printed = dict(re.findall(r"(\S+) +([\d.]+|nan)", done.stdout))
    ours = score(rows, read(tmp_path / "found.jsonl.gz", Predicted), only).metrics()
    assert {metric: f"{ours[metric]:.{2 if metric == 'FP/1k' else 4}f}" for metric in METRICS} == printed
    assert 0 < ours["charR"] < 1
