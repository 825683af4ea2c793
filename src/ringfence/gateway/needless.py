"""Whether the search for names can be left out, because no answer could change what happens to the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

import msgspec

from ringfence.vocabulary.decision import Decision, Effect, Form
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.text import Classification, Finding

WHY = "no name could have changed the decision, so none was searched for"

Judge = Callable[[Classification], Decision]


def is_needless(judge: Judge, classification: Classification, entities: frozenset[str], places: Iterable[str]) -> bool:
    """`judge` decides on a classification as if masking were perfect; `entities` are all that an answer can hold, and
    `places` the pointers of the members that terms may want free of them.

    INVARIANT: true only where every answer leads to the same effect at the same service, and none to masking. Rules can
    be anybody's, and need not be monotone: so each set of labels is asked about. Findings do no more than add masked
    candidates to those in question, and forbid members; with all of them there, everywhere, and none taken, fewer
    change nothing.
    """
    first = _taken(judge(classification))
    return first[2] is not Form.MASKED and all(
        _taken(judge(each)) == first for each in _possible(classification, entities, places)
    )


def _possible(
    classification: Classification, entities: frozenset[str], places: Iterable[str]
) -> Iterator[Classification]:
    """What the answer could make of it, the fullest first: that is the one which most often differs."""
    everything = tuple(Finding("", 0, 1, entity, 1.0, "needless/1") for entity in sorted(entities))
    names = sorted(entity for entity in entities if ENTITIES[entity].raises is not None)[:1]
    everything += tuple(Finding(place, 0, 1, name, 1.0, "needless/1") for name in names for place in places)
    raised = {label for entity in entities if (label := ENTITIES[entity].raises) is not None}
    more = sorted(raised - classification.labels)
    for size in range(len(more), -1, -1):
        for labels in combinations(more, size):
            for found in (everything, ()):
                yield msgspec.structs.replace(
                    classification,
                    labels=classification.labels | set(labels),
                    findings=(*classification.findings, *found),
                    names_searched=True,
                )


def _taken(decision: Decision) -> tuple[Effect, str, Form]:
    return decision.effect, decision.service, decision.form
