from __future__ import annotations

import pytest

from ringfence.masking.people import after_titles, kin, may_stand_alone, parts_of, people, words
from ringfence.masking.surrogates import body_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Robert Johnson", ("robert", "johnson")),
        ("JOHNSON^ROBERT^A", ("robert", "a", "johnson")),
        ("Johnson, Robert A.", ("robert", "a", "johnson")),
        ("Dr. José García-López", ("jose", "garcia-lopez")),
        ("Robert Johnson, Jr.", ("robert", "johnson", "jr")),
        ("Mary O\u2019Neill, MD", ("mary", "o\u2019neill")),
        ("Dr", ("dr",)),
        ("", ()),
    ],
)
def test_the_words_of_a_name(name: str, expected: tuple[str, ...]) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["Johnson", "Robert Johnson", "Robert"], [["Robert Johnson", "Johnson", "Robert"]]),
        (
            ["JOHNSON^ROBERT", "R. Johnson", "Robert A. Johnson"],
            [["Robert A. Johnson", "R. Johnson", "JOHNSON^ROBERT"]],
        ),
        (
            ["Robert Johnson", "Mary Johnson", "Johnson", "JOHNSON", "Mary"],
            [["Robert Johnson"], ["Mary Johnson", "Mary"], ["Johnson", "JOHNSON"]],
        ),
        (["Robert A. Johnson", "Robert B. Johnson", "Robert Johnson"], [["Robert A. Johnson"], ["Robert B. Johnson"]]),
        (["Ann Lee", "Ann Lees"], [["Ann Lee"], ["Ann Lees"]]),
        (["R. J.", "Robert Johnson"], [["R. J."], ["Robert Johnson"]]),
        (["José Pérez", "JOSE PEREZ"], [["José Pérez", "JOSE PEREZ"]]),
        (["...", "Robert Johnson"], [["Robert Johnson"], ["..."]]),
    ],
)
def test_forms_are_linked_where_one_person_only_fits(names: list[str], groups: list[list[str]]) -> None:
    found = [person.forms for person in people(names)]
    for group in groups:
        assert any(set(group) <= set(forms) for forms in found), found
    together = [forms for forms in found if len(forms) > 1]
    for forms in together:
        assert any(set(forms) <= set(group) for group in groups), forms


def test_a_form_that_fits_two_people_is_a_name_of_its_own() -> None:
    [alone] = [p for p in people(["Robert A. Johnson", "Robert B. Johnson", "Robert Johnson"]) if len(p.full) == 2]
    assert alone.forms == ["Robert Johnson"]


def test_the_head_says_which_form_stood_there() -> None:
    [person] = people(["Robert Johnson", "Johnson", "Robert", "R. Johnson"])
    heads = {form: kin(person, form, "PERSON", "PERSON-K7Q2XD9F")[0] for form in person.forms}
    assert heads["Johnson"] == "LASTNAME-K7Q2XD9F"
    assert heads["Robert"] == "FIRSTNAME-K7Q2XD9F"
    assert heads["R. Johnson"] == "PERSON-K7Q2XD9F"
    more = kin(person, "R. Johnson", "PROVIDER_NAME", "LASTNAME-K7Q2XD9F")
    assert more[:3] == ("PROVIDER-K7Q2XD9F", "ALIAS-K7Q2XD9F", "ALIASB-K7Q2XD9F")
    assert len(set(more)) == len(more) == 21
    assert {body_of(each) for each in more} == {"K7Q2XD9F"}


def test_a_crowd_is_linked_in_bounded_time() -> None:
    crowd = [f"Given{n} Family{n % 50}" for n in range(3_000)]
    found = people([*crowd, "Given7"])
    assert sum(len(person.forms) for person in found) == 3_001


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Robert A. Johnson", ["Robert", "Johnson"]),
        ("Dr. Sarah Chen", ["Sarah", "Chen"]),
        ("Dr. Chen", []),
        ("Johnson", []),
        ("Robert Johnson Jr.", ["Robert", "Johnson"]),
    ],
)
def test_the_parts_that_stand_for_a_person(name: str, parts: list[str]) -> None:
    assert list(parts_of(name)) == parts


@pytest.mark.parametrize(
    ("word", "before", "alone"),
    [
        ("Johnson", "seen by ", True),
        ("May", "on ", False),
        ("May", "Mrs. ", True),
        ("Li", "and ", False),
        ("Li", "Dr. ", True),
        ("Will", "\n", False),
    ],
)
def test_a_word_of_the_language_is_a_name_after_a_title_only(word: str, before: str, alone: bool) -> None:
    assert may_stand_alone(word, before) is alone


@pytest.mark.parametrize(
    ("name", "begins"),
    [("Dr. Chen", "Chen"), ("mr johnson", "johnson"), ("Prof. Dr. Berg", "Berg"), ("Drake", "Drake")],
)
def test_titles_stay(name: str, begins: str) -> None:
    assert name[after_titles(name) :] == begins
