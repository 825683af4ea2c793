from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from ringfence.masking import Masked, MemoryBook, Originals, Residual, mask, residual
from ringfence.vocabulary.text import Finding, Place, Segment

MAIL = "mail-k7q2xd9f@masked.example"
ACCOUNT = "ACCOUNT-K7Q2XD9G"
ISSUED = Masked({}, {}, frozenset({MAIL, ACCOUNT}), (), Originals())
Says = Callable[..., Segment]
Found = Callable[..., Finding]


def left(segment: Segment, finding: Finding, masked: Masked = ISSUED, **more: set[str]) -> list[str]:
    """The texts of what is still found."""
    judged = residual([segment], [finding], masked, **more)
    assert judged.entities == ((finding.entity,) if judged.again else ())
    assert not judged.stuck
    return [segment.text[each.start : each.end] for each in judged.again]


@pytest.mark.parametrize(
    "value",
    [
        MAIL,
        "k7q2xd9f@masked.example",
        "masked.example",
        ACCOUNT,
        "K7Q2XD9G",
        "7Q2",
        f" {MAIL}",
        f"{MAIL},",
        f"{ACCOUNT}.",
    ],
)
def test_what_lies_within_an_issued_surrogate_is_ours_and_signs_around_it_tell_nothing(
    value: str, says: Says, found: Found
) -> None:
    segment = says(f"To {MAIL}, about {ACCOUNT}.")
    assert left(segment, found(segment, value, "EMAIL_ADDRESS")) == []


@pytest.mark.parametrize(
    ("value", "rest"),
    [
        (f"o {MAIL}", ["o "]),
        (f"{MAIL}, about {ACCOUNT}", [", about "]),
        ("about", ["about"]),
        (f"{ACCOUNT}. 7", [". 7"]),
    ],
)
def test_letters_and_digits_beyond_it_are_left_and_nothing_else(
    value: str, rest: list[str], says: Says, found: Found
) -> None:
    segment = says(f"To {MAIL}, about {ACCOUNT}. 7")
    assert left(segment, found(segment, value, "EMAIL_ADDRESS")) == rest


def test_a_look_alike_that_this_request_did_not_issue_counts(says: Says, found: Found) -> None:
    segment = says("to mail-k7q2xd9h@masked.example")
    finding = found(segment, "mail-k7q2xd9h@masked.example", "EMAIL_ADDRESS")
    assert left(segment, finding) == ["mail-k7q2xd9h@masked.example"]


def test_the_fixed_texts_of_removal_are_ours_and_only_they(says: Says, found: Found) -> None:
    segment = says("password: [ACCESS DETAIL REMOVED] and password: [ACCESS DETAIL EMPTIED]")
    assert left(segment, found(segment, "[ACCESS DETAIL REMOVED]", "PASSWORD")) == []
    assert left(segment, found(segment, "[ACCESS", "PASSWORD")) == []
    assert left(segment, found(segment, "REMOVED] and", "PASSWORD")) == [" and"]
    assert left(segment, found(segment, ": [ACCESS", "PASSWORD")) == []
    assert left(segment, found(segment, "[ACCESS DETAIL EMPTIED]", "PASSWORD")) == ["[ACCESS DETAIL EMPTIED]"]


def test_beyond_the_reach_of_masking_it_is_stuck(says: Says, found: Found) -> None:
    key = says("123-45-6789", place=Place.KEY)
    value = says(ACCOUNT)
    judged = residual([value, key], [found(key, "123-45-6789", "US_SSN"), found(value, "K7Q2XD9G", "VIN")], ISSUED)
    assert (judged.entities, judged.stuck) == (("US_SSN",), True)
    elsewhere = Finding("/nowhere", 0, 3, "URL", 1.0, "test/1")
    assert residual([value], [elsewhere, elsewhere], ISSUED) == Residual(("URL",), (), True)


def test_what_masking_wrote_is_ours_by_its_place_and_what_is_left_points_into_the_old_text(
    says: Says, found: Found, rng: random.Random
) -> None:
    """Whatever it looks like: a surrogate, a year, stars. The rest is found in the text before masking again."""
    old = says("😀 Call 555-123-4567 or 555-123-4568: Robert Johnson, ext. 12.")
    masked = mask(
        [old], [found(old, n, "PHONE_NUMBER") for n in ("555-123-4567", "555-123-4568")], MemoryBook(rng.randbytes)
    )
    new = says(masked.texts[old.pointer])
    start, end = new.text.index("Call"), new.text.index(", ext")
    judged = residual([new], [Finding(new.pointer, start, end, "PERSON", 1.0, "test/1")], masked)
    assert [old.text[each.start : each.end] for each in judged.again] == ["Call ", " or ", ": Robert Johnson"]
    assert not any(each.structured for each in judged.again)


def test_far_into_a_long_text(says: Says, found: Found) -> None:
    segment = says("é" * 10_000 + "." + MAIL + "." + "é" * 10_000 + "ann@x.com")
    assert left(segment, found(segment, MAIL, "EMAIL_ADDRESS")) == []
    assert left(segment, found(segment, "ann@x.com", "EMAIL_ADDRESS")) == ["ann@x.com"]


@pytest.mark.parametrize(("slashes", "rest"), [(1, []), (2, ["n"]), (3, [])])
def test_the_letter_of_an_escape_belongs_to_the_escape(slashes: int, rest: list[str], says: Says, found: Found) -> None:
    """After an even number of backslashes the n is a letter of the text, and so of the address."""
    slash = chr(92)
    segment = says('{"to": "a' + slash * slashes + "n" + MAIL + '"}')
    finding = found(segment, f"n{MAIL}", "EMAIL_ADDRESS")
    assert left(segment, finding, json_text={segment.pointer}) == rest
    assert left(segment, finding) == ["n"]


def test_escaped_blanks_between_two_surrogates_are_no_letters(says: Says, found: Found) -> None:
    segment = says(f'{{"to": "{MAIL}\\n\\t{ACCOUNT}"}}')
    finding = found(segment, f"{MAIL}\\n\\t{ACCOUNT}", "EMAIL_ADDRESS")
    assert left(segment, finding, json_text={segment.pointer}) == []
