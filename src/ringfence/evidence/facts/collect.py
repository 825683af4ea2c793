"""Every topic, found by its file, and every fact of a world."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from ringfence.evidence.facts import topics as folder
from ringfence.evidence.facts.topic import Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.fact import Fact


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, by id."""
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    found = [importlib.import_module(f"{folder.__name__}.{name}").TOPIC for name in names]
    return tuple(sorted(found, key=lambda topic: topic.id))


def collect(world: World) -> tuple[Fact, ...]:
    """Every fact, topic by topic. Raises InternalError for a fact that its topic did not announce, of another type, or
    found twice: whoever answers from facts relies on each being just one thing."""
    facts: dict[str, Fact] = {}
    for topic in topics():
        announced = {predicate.name: predicate.type for predicate in topic.predicates}
        for fact in topic.find(world):
            if fact.id in facts or announced.get(fact.predicate) is not type(fact.value):
                raise InternalError(f"The topic {topic.id} finds {fact.id} twice, or does not announce it.")
            facts[fact.id] = fact
    return tuple(facts.values())
