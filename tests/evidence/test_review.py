"""Drawing from what was kept, and comparing one classification with another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.evidence.review import Found, Reviewed, Verdict, _beside, sample, totals


@given(st.sets(st.integers(0, 10_000), max_size=60), st.integers(1, 30), st.text(max_size=5))
def test_anybody_draws_the_same(kept: set[int], n: int, seed: str) -> None:
    drawn = sample(kept, n, seed)
    assert drawn == sample(sorted(kept, reverse=True), n, seed)
    assert list(drawn) == sorted(set(drawn))
    assert set(drawn) <= kept
    assert len(drawn) == min(n, len(kept))


def test_another_seed_draws_others_and_each_has_its_chance() -> None:
    kept = range(100)
    drawn = [sample(kept, 10, str(seed)) for seed in range(200)]
    assert len(set(drawn)) == 200
    counts = [sum(index in each for each in drawn) for index in kept]
    assert min(counts) > 0
    assert max(counts) < 50


@pytest.mark.parametrize(
    ("then", "now", "more", "fewer"),
    [
        (Found(("phi",), {"A": 1}), Found(("phi",), {"A": 1}), {}, {}),
        (Found(("phi",), {"A": 1}), Found(("phi", "part2"), {"A": 3}), {"label:part2": 1, "A": 2}, {}),
        (Found(("phi",), {"A": 1}), Found((), {"B": 1}), {"B": 1}, {"label:phi": 1, "A": 1}),
    ],
)
def test_more_and_fewer(then: Found, now: Found, more: dict[str, int], fewer: dict[str, int]) -> None:
    assert _beside(then, now) == (more, fewer)


def test_totals_add_up() -> None:
    def one(verdict: Verdict, **more: int) -> Reviewed:
        return Reviewed(index=0, bytes="same", verdict=verdict, then=Found(), now=Found(), more=more, fewer={})

    found = totals([one(Verdict.AGREE), one(Verdict.MORE, PERSON=2), one(Verdict.MORE, PERSON=1)])
    assert found == {"reviewed": 3, "verdicts": {"agree": 1, "more now": 2}, "more": {"PERSON": 3}, "fewer": {}}
