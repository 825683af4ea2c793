"""Which organisations name nobody, and where the town stands in a court's name."""

from __future__ import annotations

import pytest

from ringfence.classify.tagger.authorities import nameless, place


@pytest.mark.parametrize(
    "name",
    [
        "the Supreme Administrative Court",
        "Court of Cassation’s",
        "Republic of Malta",
        "the Danish Government",
        "Federal Ministry of Justice",
        "House of Lords",
        "United Kingdom",
    ],
)
def test_a_state_and_its_powers_name_nobody(name: str) -> None:
    assert nameless(name)
    assert place(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "Republic Bank",
        "Alder Court",
        "Chamber of Commerce",
        "House of Oak",
        "Ministry of Tea",
        "Kingdom Trust",
        "Senate Realty",
    ],
)
def test_a_firm_with_such_a_word_stays(name: str) -> None:
    assert not nameless(name)
    assert place(name) is None


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("Aarhus District Court", "Aarhus"),
        ("Court of Appeal of Port Louis", "Port Louis"),
        ("Ribe Civil Court of First Instance", "Ribe"),
    ],
)
def test_the_town_of_a_court_stays(name: str, town: str) -> None:
    assert not nameless(name)
    where = place(name)
    assert where is not None and name[slice(*where)] == town
