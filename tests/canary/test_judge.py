"""The judge of the canary tests must see what it is asked for: a blind one would pass any gateway."""

from __future__ import annotations

import json
import random

import pytest

from canary import evasions, identifiers, judge


@pytest.mark.parametrize("make", identifiers.MAKERS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("evade", [evasions.plain, *evasions.EVASIONS], ids=lambda evade: evade.__name__)
def test_every_evasion_of_every_kind_is_seen(make: identifiers.Maker, evade: evasions.Evasion) -> None:
    rng = random.Random(1)
    for _ in range(20):
        planted = make(rng)
        text = f"Before {evade(planted.said, rng)} after."
        for body in (
            {"messages": [{"content": text}]},
            {"messages": [], "x": {text: True}},
            {"messages": [{"content": [{"text": text[:20]}, {"type": "text", "text": text[20:]}]}]},
        ):
            assert judge.holds(json.dumps(body).encode(), planted.value)


def test_numbers_are_seen_however_they_are_written() -> None:
    for number in ("536228412", "5.36228412E+8", "536228412.0", "5362284120e-1"):
        assert judge.holds(f'{{"messages":[],"n":{number}}}'.encode(), "536-22-8412")


def test_other_values_are_not_seen() -> None:
    rng = random.Random(2)
    for make in identifiers.MAKERS:
        one, other = make(rng), make(rng)
        assert not judge.holds(json.dumps({"messages": [{"content": one.said}]}).encode(), other.value)
