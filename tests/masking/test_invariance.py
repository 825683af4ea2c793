"""The answer about a patient is the same: from the text as it is, and from the masked text, restored. With the names by
hand, and with all that the shipped tagger finds."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from masking import records
from masking.records import Patient, Record
from ringfence.classify import Classifier, Provenance
from ringfence.gateway.taggers import load_taggers
from ringfence.masking import Manner, MemoryBook, mask, restore
from ringfence.masking.manner import Treatment
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.text import Finding, Segment

FORMS: dict[str, tuple[Callable[[Record], str], Callable[[str], Patient]]] = {
    "FHIR JSON": (lambda record: record.pasted, records.read_json),
    "key: value": (lambda record: records.as_prose(record.patient), records.read_prose),
}


@pytest.fixture(scope="module")
def bundles(shared: Path) -> list[Record]:
    return records.load(shared / "data" / "fhir")


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(memory_key=bytes(32), clock=lambda: 0.0)


@pytest.fixture(scope="module")
def tagging() -> Classifier:
    return Classifier(memory_key=bytes(32), clock=lambda: 0.0, taggers=load_taggers())


def _by_hand(segments: list[Segment], bundles: list[Record]) -> Iterator[Finding]:
    """The names of the bundles wherever they stand as words: what a tagger finds."""
    names = {text: entity for record in bundles for text, entity in record.names}
    found = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names, key=len, reverse=True)))
    for segment in segments:
        for match in found.finditer(segment.text):
            yield Finding(segment.pointer, *match.span(), names[match[0]], 1.0, "by-hand/1", structured=False)


class Case:
    """How a request is masked: which findings, in which manner, and so which questions the text can still answer."""

    def __init__(self, dates: bool, manner: Manner, *needs: str) -> None:
        self.dates, self.manner, self.needs = dates, manner, {"", *needs}

    def which(self, finding: Finding) -> bool:
        """As the gateway chooses: dates only where health data has no cover."""
        return self.dates or ENTITIES[finding.entity].raises is not None


CASES = {
    "personal data": Case(False, Manner(), "dates"),
    "health data": Case(True, Manner()),
    "years of birth": Case(False, Manner({"BIRTH_DATE": Treatment.GENERALISE}, today=date(2026, 11, 22)), "births"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_answer_is_the_same_before_and_after(
    form: str, case: str, bundles: list[Record], classifier: Classifier
) -> None:
    _same_answers(form, case, bundles, lambda segments: [*_found(classifier, segments), *_by_hand(segments, bundles)])


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_the_same_with_what_the_tagger_finds(
    case: str, bundles: list[Record], tagging: Classifier
) -> None:
    _same_answers("FHIR JSON", case, bundles, lambda segments: _found(tagging, segments))


def _found(classifier: Classifier, segments: list[Segment]) -> tuple[Finding, ...]:
    return classifier.classify(segments, (), Provenance(handles=())).findings


def _same_answers(
    form: str, case: str, bundles: list[Record], find: Callable[[list[Segment]], Sequence[Finding]]
) -> None:
    """All questions are asked in one conversation. A surrogate of a date can be compared for equality only, so
    questions of order are asked where dates are left, and of age where a year is."""
    how, read = CASES[case], FORMS[form][1]
    asked = [each for each in records.questions(bundles) if each.needs in how.needs]
    if case == "years of birth":  # the exact date is gone for good: it is the one thing that can't be asked
        asked = [each for each in asked if "born" not in each.text]
    assert len(asked) >= 100
    prompts = [
        *(FORMS[form][0](record) for record in bundles),
        *(question.text for question in asked),
    ]
    segments = [Segment(f"/messages/{n}/content", "user", text) for n, text in enumerate(prompts)]
    masked = mask(
        segments,
        find(segments),
        MemoryBook(random.Random(6).randbytes),
        which=how.which,
        manner=how.manner,
    )
    texts = [masked.texts.get(segment.pointer, segment.text) for segment in segments]
    plain, hidden = ([read(text) for text in some[: len(bundles)]] for some in (prompts, texts))
    for question, leaves in zip(asked, texts[len(bundles) :], strict=True):
        assert records.answer(question.text, plain) == question.truth
        assert _settled(restore(records.answer(leaves, hidden), masked.originals)) == question.truth, question.text
    again = [Segment(segment.pointer, "user", text) for segment, text in zip(segments, texts, strict=True)]
    assert not [finding for finding in _by_hand(again, bundles) if how.which(finding)]


def _settled(said: str) -> str:
    """Names in a list stand in the order of their surrogates: that of the originals is another."""
    return "; ".join(sorted(said.split("; ")))
