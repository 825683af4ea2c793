"""The grammar of the canary tests leaves no path of the dialect out."""

from __future__ import annotations

import pytest

from canary import bodies, campaign, grammars, paper
from canary.grammar import Grammar

LEAST = {"chat_completions": 120, "responses": 300, "messages": 250, "count_tokens": 250, "embeddings": 5}
each = pytest.mark.parametrize("grammar", grammars.ALL, ids=lambda grammar: grammar.endpoint)


@each
def test_every_path_of_the_dialect_is_a_place(grammar: Grammar) -> None:
    model, paths = next(iter(paper.models(grammar.endpoint).values())), list(grammar.leaves())
    reached: set[str] = set()
    for number, path in enumerate(paths):
        for attempt in range(6):
            body = bodies.build(grammar, 97 * number + attempt, model, rare=0.05, want=path)
            grammar.dialect.read(body.encoded, grammar.headers)
            reached |= {place.path for place in body.places}
    assert set(paths) - reached == set()
    assert len(paths) >= LEAST[grammar.endpoint]
    members = {path.split("/")[1] for path in paths}
    assert set(grammar.schema.members) - members <= {"stream"}, "which may only be true or false"


@each
def test_a_path_that_the_grammar_names_is_the_dialects(grammar: Grammar) -> None:
    known = {*grammar.leaves(), *grammar.solid}
    assert grammar.choices.keys() | grammar.required | grammar.usual <= known
    assert all(any(part in path for path in known) for part in grammar.media)


@each
def test_unknown_members_and_every_kind_of_place_are_reached(grammar: Grammar) -> None:
    cases = list(campaign.cases(grammar, 1500, seed=4))
    kinds = {"text", "number", "key", "pair"}
    assert {case.place.kind for case in cases} == kinds
    unknown = {case.place.path for case in cases if case.place.path.endswith("/?")}
    assert max(path.count("/") for path in unknown) >= (4 if grammar.part else 1)
    assert {case.key for case in cases} == set(campaign.KEYS)


@each
def test_a_body_is_the_same_for_the_same_seed(grammar: Grammar) -> None:
    one, other = (list(campaign.cases(grammar, 50, seed=2)) for _ in range(2))
    assert [case.planted for case in one] == [case.planted for case in other]
    assert len({case.planted for case in one}) >= 49
