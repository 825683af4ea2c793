from __future__ import annotations

from collections.abc import Callable

import pytest

from ringfence.masking import residual
from ringfence.vocabulary.text import Finding, Place, Segment

MAIL = "mail-k7q2xd9f@masked.example"
ACCOUNT = "ACCOUNT-K7Q2XD9G"
ISSUED = frozenset({MAIL, ACCOUNT})
Says = Callable[..., Segment]
Found = Callable[..., Finding]


@pytest.mark.parametrize("value", [MAIL, "k7q2xd9f@masked.example", "masked.example", ACCOUNT, "K7Q2XD9G", "7Q2"])
def test_what_lies_within_an_issued_surrogate_is_ours(value: str, says: Says, found: Found) -> None:
    segment = says(f"To {MAIL}, about {ACCOUNT}.")
    assert residual([segment], [found(segment, value, "EMAIL_ADDRESS")], ISSUED) == ()


@pytest.mark.parametrize("value", [f" {MAIL}", f"{MAIL},", f"{ACCOUNT}.", f"{MAIL}, about {ACCOUNT}", "about"])
def test_what_reaches_one_character_further_is_not(value: str, says: Says, found: Found) -> None:
    segment = says(f"To {MAIL}, about {ACCOUNT}.")
    assert residual([segment], [found(segment, value, "EMAIL_ADDRESS")], ISSUED) == ("EMAIL_ADDRESS",)


def test_a_look_alike_that_this_request_did_not_issue_counts(says: Says, found: Found) -> None:
    segment = says("to mail-k7q2xd9h@masked.example")
    finding = found(segment, "mail-k7q2xd9h@masked.example", "EMAIL_ADDRESS")
    assert residual([segment], [finding], ISSUED) == ("EMAIL_ADDRESS",)
    assert residual([segment], [finding], frozenset()) == ("EMAIL_ADDRESS",)


def test_the_fixed_texts_of_removal_are_ours_and_only_they(says: Says, found: Found) -> None:
    segment = says("password: [ACCESS DETAIL REMOVED] and password: [ACCESS DETAIL EMPTIED]")
    assert residual([segment], [found(segment, "[ACCESS DETAIL REMOVED]", "PASSWORD")], ISSUED) == ()
    assert residual([segment], [found(segment, "[ACCESS", "PASSWORD")], ISSUED) == ()
    assert residual([segment], [found(segment, "REMOVED] and", "PASSWORD")], ISSUED) == ("PASSWORD",)
    assert residual([segment], [found(segment, ": [ACCESS", "PASSWORD")], ISSUED) == ("PASSWORD",)
    assert residual([segment], [found(segment, "[ACCESS DETAIL EMPTIED]", "PASSWORD")], ISSUED) == ("PASSWORD",)


def test_places_are_told_apart_and_unknown_segments_count(says: Says, found: Found) -> None:
    key = says("123-45-6789", place=Place.KEY)
    value = says(ACCOUNT)
    findings = [found(key, "123-45-6789", "US_SSN"), found(value, "K7Q2XD9G", "VIN")]
    assert residual([value, key], findings, ISSUED) == ("US_SSN",)
    elsewhere = Finding("/nowhere", 0, 3, "URL", 1.0, "test/1")
    assert residual([value], [elsewhere, elsewhere], ISSUED) == ("URL",)


def test_far_into_a_long_text(says: Says, found: Found) -> None:
    segment = says("é" * 10_000 + MAIL + "é" * 10_000 + "ann@x.com")
    assert residual([segment], [found(segment, MAIL, "EMAIL_ADDRESS")], ISSUED) == ()
    assert residual([segment], [found(segment, "ann@x.com", "EMAIL_ADDRESS")], ISSUED) == ("EMAIL_ADDRESS",)


@pytest.mark.parametrize(("slashes", "left"), [(1, ()), (2, ("EMAIL_ADDRESS",)), (3, ())])
def test_the_letter_of_an_escape_belongs_to_the_escape(
    slashes: int, left: tuple[str, ...], says: Says, found: Found
) -> None:
    """After an even number of backslashes the n is a letter of the text, and so of the address."""
    slash = chr(92)
    segment = says('{"to": "a' + slash * slashes + "n" + MAIL + '"}')
    findings = [found(segment, f"n{MAIL}", "EMAIL_ADDRESS")]
    assert residual([segment], findings, ISSUED, json_text={segment.pointer}) == left
    assert residual([segment], findings, ISSUED) == ("EMAIL_ADDRESS",)
