"""Identifiers that occur together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.evidence.affected.subjects import LINKING, ONE_EACH, grouped, same
from ringfence.sidecar.subjects import Identifier, Named
from ringfence.vocabulary.entities import ENTITIES


def named(*pairs: tuple[str, str]) -> Named:
    return Named(tuple(Identifier(*pair) for pair in pairs))


MARIA, MARIA_MRN = ("PERSON", "Maria Keller"), ("MEDICAL_RECORD_NUMBER", "4471992")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("219-09-9999", "219 09 9999", True),
        ("MARIA  Keller", "maria keller", True),
        ("Maria Keller", "Mario Keller", False),
        ("", "", False),
        ("--", "..", False),
    ],
)
def test_spellings_of_one_identifier(one: str, other: str, alike: bool) -> None:
    assert same(one, other) is alike


def test_what_links_joins_requests_and_what_many_share_does_not() -> None:
    entries = {
        1: named(MARIA, MARIA_MRN),
        2: named(("MEDICAL_RECORD_NUMBER", "447-1992"), ("DATE", "2031-02-03")),
        3: named(("PERSON", "Otto Wolf"), ("DATE", "2031-02-03"), ("FACILITY", "St. Anna")),
        4: named(("FACILITY", "St. Anna")),
        5: named(),
    }
    found = grouped(entries, {2})
    assert [each.records for each in found] == [(1, 2), (3,), (4,)]
    assert [each.exposed for each in found] == [True, False, False]
    assert found[0].identifiers == tuple(
        sorted(Identifier(*pair) for pair in [MARIA_MRN, MARIA, ("DATE", "2031-02-03")])
    )


def test_two_social_security_numbers_are_two_people() -> None:
    entries = {1: named(MARIA, ("US_SSN", "219-09-9999"), ("US_SSN", "457-55-5462"), ("US_SSN", "219099999"))}
    assert [each.at_least for each in grouped(entries, ())] == [2]


@given(
    st.dictionaries(
        st.integers(0, 30),
        st.lists(st.tuples(st.sampled_from(["PERSON", "DATE", "US_SSN"]), st.sampled_from("abcd")), max_size=4),
        max_size=12,
    )
)
def test_groups_part_the_requests(rows: dict[int, list[tuple[str, str]]]) -> None:
    entries = {index: named(*pairs) for index, pairs in rows.items()}
    found = grouped(entries, ())
    listed = [index for each in found for index in each.records]
    assert sorted(listed) == sorted(index for index, pairs in rows.items() if pairs)
    for entity in ("PERSON", "US_SSN"):
        for value in "abcd":
            holding = [each for each in found if Identifier(entity, value) in each.identifiers]
            assert len(holding) <= 1


def test_the_kinds_that_link_are_kinds() -> None:
    assert ONE_EACH < LINKING < set(ENTITIES)
    # What raises no label of its own identifies nobody alone.
    assert all(ENTITIES[kind].raises is not None for kind in LINKING)
