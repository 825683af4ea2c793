"""An endless, repeatable stream of training documents out of every generator of this folder."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable, Iterator

import training.generate as package
from training.generate.markup import Doc, settled
from training.generate.noise import spoil
from training.generate.world import World

Generator = Callable[[World], Doc]

_MEDICAL = ("clinical", "insurance")

# What part of all documents comes from which file; the rest of the files share what is left by their own weights.
SHARES = {
    "clinical_questions": 0.13,
    "clinical_shorthand": 0.06,
    "clinical_notes": 0.06,
    "clinical_negatives": 0.08,
    "insurance": 0.05,
    "negatives": 0.08,
    "support": 0.07,
    "conversation": 0.05,
    "formats": 0.05,
    "legal": 0.03,
    "spanish": 0.04,
    "regions": 0.04,
    "plainwords": 0.04,
    "press": 0.04,
    "machines": 0.04,
    "works": 0.03,
    "corners": 0.04,
    "service_negatives": 0.03,
    "clinical_labs": 0.02,
}


def generators() -> list[tuple[float, str, Generator]]:
    """(weight, file, generator) of every file that exports `GENERATORS`."""
    found = []
    for module in sorted(entry.name for entry in pkgutil.iter_modules(package.__path__)):
        listed = getattr(importlib.import_module(f"{package.__name__}.{module}"), "GENERATORS", ())
        found += [(weight, module, make) for weight, make in listed]
    return found


def clean(seed: int) -> Iterator[tuple[str, Doc]]:
    """(file, document) for ever, as the generators made them."""
    rng = random.Random(seed)
    listed = generators()
    weights = _weights(listed)
    while True:
        _, module, make = rng.choices(listed, weights)[0]
        doc = make(World(random.Random(rng.getrandbits(64))))
        if module.endswith("negatives"):  # there a country is what a question is about
            doc = Doc(doc.text, tuple(span for span in doc.spans if span[2] != "COUNTRY"))
        yield module, settled(doc, module.startswith(_MEDICAL))


def documents(seed: int) -> Iterator[tuple[str, Doc]]:
    """(file, document) for ever, half of them spoilt by `noise`."""
    rng = random.Random(f"noise {seed}")
    for module, doc in clean(seed):
        yield module, spoil(rng, doc)


def _weights(listed: list[tuple[float, str, Generator]]) -> list[float]:
    sums: dict[str, float] = {}
    for weight, module, _ in listed:
        sums[module if module in SHARES else ""] = sums.get(module if module in SHARES else "", 0.0) + weight
    left = 1 - sum(SHARES.values())
    if left <= 0:
        raise ValueError(f"SHARES leave {left:.2f} for the files that it does not name")
    return [
        weight / sums[module] * SHARES[module] if module in SHARES else weight / sums[""] * left
        for weight, module, _ in listed
    ]
