"""A topic: some predicates, and what finds their facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import Fact


class Predicate(msgspec.Struct, frozen=True):
    """One kind of fact: the type of its value, what it means in a sentence, and an example of a fact's sentence."""

    name: str
    type: type
    says: str
    example: str


class Topic(msgspec.Struct, frozen=True):
    """`source` is why the topic is asked about. `find` computes every fact of the predicates, in a fixed order."""

    id: str
    title: str
    source: str
    predicates: tuple[Predicate, ...]
    find: Callable[[World], Iterable[Fact]]
