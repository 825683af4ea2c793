"""Strings that must go unchanged: never masked; the scope's own surrogates in them are no findings, all else is."""

from __future__ import annotations

from collections.abc import Callable

from ringfence.masking import Vault, mask, residual
from ringfence.vocabulary.text import Finding, Place, Segment

Says = Callable[..., Segment]
Found = Callable[..., Finding]

THOUGHT = "/messages/1/content/0/thinking"
MAIL = "ann@example.org"


def issued(vault: Vault, says: Says, found: Found, scope: str = "s") -> str:
    """The surrogate that this scope has for the address."""
    said = says(f"Write to {MAIL}")
    book = vault.book(scope)
    masked = mask([said], [found(said, MAIL, "EMAIL_ADDRESS")], book)
    book.commit()
    (surrogate,) = masked.issued
    return surrogate


def test_a_finding_in_a_fixed_string_cannot_be_masked(vault: Vault, says: Says, found: Found) -> None:
    thought = says(f"They want {MAIL}", THOUGHT, Place.FIXED)
    masked = mask([thought], [found(thought, MAIL, "EMAIL_ADDRESS")], vault.book("s"))
    assert masked.texts == {} and masked.unmaskable == ("EMAIL_ADDRESS",)


def test_a_name_that_is_masked_elsewhere_stops_at_a_fixed_string(vault: Vault, says: Says, found: Found) -> None:
    said, thought = says("I am Robert Johnson."), says("Mr. Johnson is well.", THOUGHT, Place.FIXED)
    masked = mask([said, thought], [found(said, "Robert Johnson", "PERSON")], vault.book("s"))
    assert set(masked.texts) == {said.pointer} and masked.unmaskable == ("PERSON",)


def test_the_scopes_own_surrogate_in_a_fixed_string_is_no_finding(vault: Vault, says: Says, found: Found) -> None:
    surrogate = issued(vault, says, found)
    thought = says(f"They want {surrogate}.", THOUGHT, Place.FIXED)
    findings = [found(thought, surrogate, "EMAIL_ADDRESS")]
    masked = mask([thought], findings, vault.book("s"))
    assert masked.unmaskable == () and masked.issued == {surrogate}
    assert masked.originals == {surrogate: MAIL}, "the reply to this request restores it"
    assert residual([thought], findings, masked).entities == ()


def test_what_stands_beside_the_surrogate_counts(vault: Vault, says: Says, found: Found) -> None:
    surrogate = issued(vault, says, found)
    thought = says(f"They want bob.{surrogate}", THOUGHT, Place.FIXED)
    findings = [found(thought, f"bob.{surrogate}", "EMAIL_ADDRESS")]
    masked = mask([thought], findings, vault.book("s"))
    assert masked.unmaskable == ("EMAIL_ADDRESS",)
    assert residual([thought], findings, masked).stuck


def test_a_surrogate_of_another_scope_counts(vault: Vault, says: Says, found: Found) -> None:
    surrogate = issued(vault, says, found, scope="other")
    thought = says(f"They want {surrogate}.", THOUGHT, Place.FIXED)
    findings = [found(thought, surrogate, "EMAIL_ADDRESS")]
    masked = mask([thought], findings, vault.book("s"))
    assert masked.unmaskable == ("EMAIL_ADDRESS",) and not masked.issued


def test_only_fixed_strings_are_looked_through(vault: Vault, says: Says, found: Found) -> None:
    surrogate = issued(vault, says, found)
    key = says(surrogate, "/metadata/x", Place.KEY)
    masked = mask([key], [found(key, surrogate, "EMAIL_ADDRESS")], vault.book("s"))
    assert masked.unmaskable == ("EMAIL_ADDRESS",)
