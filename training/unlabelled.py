"""The texts that the teacher reads for the student: permitted ones without labels, some with identifiers planted."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from training import public
from training.generate import clinical_notes, clinical_questions
from training.generate.markup import Doc
from training.generate.stream import documents
from training.generate.world import World

GENERATED = 20_000
SEED = 4242
_LONGEST_PLANT = 400
_BREAK = re.compile(r"(?<=[.?!\n])\s+")


class Text(NamedTuple):
    """A text; `gold`: (start, end) stretches where `doc`'s spans are all there is, and the teacher has no say."""

    doc: Doc
    gold: tuple[tuple[int, int], ...] = ()


def planted(text: str, rng: random.Random) -> Text:
    """A carrier with one to three generated passages between its sentences."""
    breaks = [0, *(match.end() for match in _BREAK.finditer(text)), len(text)]
    whole, spans, gold, done = "", [], [], 0
    for place in sorted(rng.sample(breaks, min(len(breaks), rng.choice((1, 2, 2, 3))))):
        whole += text[done:place]
        done = place
        plant = passage(rng)
        whole += "" if not whole or whole[-1].isspace() else " "
        gold.append((len(whole), len(whole) + len(plant.text)))
        spans += [(start + len(whole), end + len(whole), label) for start, end, label in plant.spans]
        whole += plant.text + rng.choice((" ", "\n"))
    return Text(Doc(whole + text[done:], tuple(spans)), tuple(gold))


def passage(rng: random.Random) -> Doc:
    """A short one of the clinical generators' documents."""
    listed = [*clinical_notes.GENERATORS, *clinical_questions.GENERATORS]
    for _ in range(20):
        (_, make) = rng.choices(listed, [weight for weight, _ in listed])[0]
        doc = make(World(random.Random(rng.getrandbits(64))))
        if doc.spans and len(doc.text) <= _LONGEST_PLANT:
            return doc
    return Doc("")


def carriers(shared: Path) -> Iterator[Text]:
    yield from (Text(Doc(text)) for _, text in public.carriers(shared) if text.strip())


def with_plants(shared: Path) -> Iterator[Text]:
    rng = random.Random(SEED)
    yield from (planted(text.doc.text, rng) for text in carriers(shared))


def generated(_shared: Path) -> Iterator[Text]:
    yield from (Text(Doc(doc.text)) for _, doc in itertools.islice(documents(SEED), GENERATED))


def unlabelled(shared: Path, wanted: str) -> Iterator[Text]:
    """A public set, its own labels left aside."""
    yield from (Text(Doc(doc.text)) for name, doc in public.documents(shared) if name == wanted)


KINDS: dict[str, Callable[[Path], Iterator[Text]]] = {
    "carrier": carriers,
    "planted": with_plants,
    "generated": generated,
    "life": partial(unlabelled, wanted="life"),
    "tab": partial(unlabelled, wanted="tab"),
}
