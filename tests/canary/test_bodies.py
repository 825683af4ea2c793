"""The grammar of the canary tests leaves no path of the dialect out."""

from __future__ import annotations

from canary import bodies, campaign
from ringfence.dialects.chat import SCHEMA
from support.inprocess import DIALECT

PATHS = list(bodies.leaves())


def test_every_path_of_the_dialect_is_a_place() -> None:
    reached: set[str] = set()
    for number, path in enumerate(PATHS):
        for attempt in range(6):
            body = bodies.build(97 * number + attempt, "gpt-4o-mini", rare=0.05, want=path)
            DIALECT.read(body.encoded)
            reached |= {place.path for place in body.places}
    assert set(PATHS) - reached == set()
    assert len(PATHS) > 120
    members = {path.split("/")[1] for path in PATHS}
    assert set(SCHEMA.members) - members == {"stream"}, "which may only be true or false"


def test_unknown_members_and_every_kind_of_place_are_reached() -> None:
    cases = list(campaign.cases(1500, seed=4))
    assert {case.place.kind for case in cases} == {"text", "number", "key", "pair"}
    unknown = {case.place.path for case in cases if case.place.path.endswith("/?")}
    assert max(path.count("/") for path in unknown) >= 4
    paths = {case.place.path for case in cases}
    assert len(paths) > 0.9 * len(PATHS)
    assert {case.key for case in cases} == set(campaign.KEYS)


def test_a_body_is_the_same_for_the_same_seed() -> None:
    one, other = (list(campaign.cases(50, seed=2)) for _ in range(2))
    assert [case.planted for case in one] == [case.planted for case in other]
    assert len({case.planted for case in one}) == 50
