"""Every structured identifier in sentences of our own, plain and in disguise: recall and precision at least .97.

A gold span counts as found where a finding of its entity overlaps it with at least three quarters of their union, or
covers it. A finding counts as right where it overlaps the gold span and has its entity; any other finding is false.
"""

from __future__ import annotations

import importlib.util
import random
from collections import Counter
from pathlib import Path

import pytest

from ringfence.classify.sources import Provenance
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Segment

_spec = importlib.util.spec_from_file_location("classify_generator", Path(__file__).parent / "generator.py")
assert _spec is not None and _spec.loader is not None
generator = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generator)

EACH = 60
BAR = 0.97


def _found(case, findings) -> tuple[bool, int]:
    """Whether the gold span was found, and how many findings are right."""
    hit, right = False, 0
    for finding in findings:
        shared = min(case.end, finding.end) - max(case.start, finding.start)
        if finding.entity == case.entity and shared > 0:
            union = max(case.end, finding.end) - min(case.start, finding.start)
            hit = hit or shared / union >= 0.75 or (finding.start <= case.start and finding.end >= case.end)
            right += 1
    return hit, right


def test_recall_and_precision(classifier, scale, capsys):
    totals: dict[str, Counter[str]] = {}
    for case in generator.generate(seed=7, each=EACH * scale):
        findings = classifier.spans(case.text)
        hit, right = _found(case, findings)
        for name in ("all", case.entity, f"disguise: {case.noise}"):
            count = totals.setdefault(name, Counter())
            count.update(gold=1, hit=hit, findings=len(findings), right=right)
    with capsys.disabled():
        for name, count in totals.items():
            recall, precision = count["hit"] / count["gold"], count["right"] / max(1, count["findings"])
            if name == "all" or name.startswith("disguise") or min(recall, precision) < 1:
                print(f"\n  {name:24s} gold {count['gold']:6d}  recall {recall:.4f}  precision {precision:.4f}", end="")
    whole = totals["all"]
    assert whole["gold"] >= 2000
    assert {name for name in totals if name in ENTITIES} == set(ENTITIES) - {"COUNTRY", "CODE"}  # the taggers' alone
    assert whole["hit"] / whole["gold"] >= BAR
    assert whole["right"] / whole["findings"] >= BAR
    assert all(count["hit"] / count["gold"] >= 0.9 for count in totals.values())


def test_decoys_raise_no_label(classifier, scale):
    raised = [
        (finding.entity, text)
        for text in generator.decoys(seed=3, count=1500 * scale)
        for finding in classifier.spans(text)
        if ENTITIES[finding.entity].raises is not None
    ]
    assert raised == []


PARTS = ("/messages/0/content/0/text", "/messages/0/content/1/text")
MESSAGES = ("/messages/0/content", "/messages/1/content")


@pytest.mark.parametrize("pointers", [PARTS, MESSAGES], ids=["parts", "messages"])
def test_values_split_over_two_texts_are_covered(classifier, scale, pointers):
    rng = random.Random(11)
    every = generator.generate(seed=12, each=12 * scale)
    # A border is read only so far to each side; longer values (private keys) are covered as far as that.
    cases = [case for case in every if case.noise == "none" and case.end - case.start <= 64]
    assert len(cases) >= 80
    missed = []
    for case in cases:
        cut = rng.randint(case.start + 1, case.end - 1)
        texts = case.text[:cut], case.text[cut:]
        segments = [Segment(pointer, "user", text) for pointer, text in zip(pointers, texts, strict=True)]
        findings = classifier.classify(segments, (), Provenance(handles=(Label.GENERAL,))).findings
        covered = {
            place + (cut if finding.segment == pointers[1] else 0)
            for finding in findings
            for place in range(finding.start, finding.end)
        }
        gold = [place for place in range(case.start, case.end) if case.text[place].isalnum()]
        if not covered.issuperset(gold):
            missed.append((case.entity, texts))
    assert len(missed) <= 0.03 * len(cases), missed
