"""Conversations whose surrogates are made to collide: across scopes and keys, with the forms of other names, with what
the prompt holds. Nothing is restored wrongly, and nothing of one scope ever in another."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from itertools import cycle

import pytest

from masking.conftest import Clock
from ringfence.masking import Restorer, Vault, mask, restore, scope_of
from ringfence.masking.surrogates import ALIASES, FIRST_NAME, FORMS, LAST_NAME, body_of, draw
from ringfence.vocabulary.errors import VaultError
from ringfence.vocabulary.text import Finding, Segment

AT = "/messages/0/content"
GIVEN = ["Elif", "Robert", "Mara", "Jorge", "Aiko", "Sarah", "Tyron", "Ann"]
FAMILY = ["Demir", "Johnson", "Lindqvist", "Pérez", "Jacobs", "Chen", "Torphy", "Lee"]


class Rigged:
    """Sixteen random bytes out of a few: the same body comes again and again, in every scope. Other sizes are real."""

    def __init__(self, seed: int, different: int) -> None:
        self._rng = random.Random(seed)
        self._few = [self._rng.randbytes(16) for _ in range(different)]

    def __call__(self, size: int) -> bytes:
        return self._rng.choice(self._few) if size == 16 else self._rng.randbytes(size)

    @property
    def bodies(self) -> list[str]:
        return [body_of(draw("PHONE_NUMBER", lambda _size, b=each: b)) for each in self._few]


def _texts(rng: random.Random, number: int, decoys: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Two turns: text, and (value, entity) of what is found in it."""
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    phone = f"555-{number // 10_000:03d}-{number % 10_000:04d}"
    mail = f"p{number}@clinic.example"
    decoy = rng.choice(decoys) if rng.random() < 0.3 else "nothing"
    first = f"{given} {family} ({phone}) wrote {mail}; {decoy}."
    second = f"{first} Mr. {family} rang {phone} again, says {given}."
    found = [(f"{given} {family}", "PERSON"), (phone, "PHONE_NUMBER"), (mail, "EMAIL_ADDRESS")]
    return [(first, found), (second, found)]


def _findings(text: str, found: list[tuple[str, str]]) -> list[Finding]:
    return [
        Finding(AT, *match.span(), entity, 1.0, "test/1")
        for value, entity in found
        for match in re.finditer(re.escape(value), text)
    ]


def _streamed(text: str, originals: dict[str, str], rng: random.Random, *, json_string: bool) -> str:
    restorer = Restorer(originals, json_string=json_string)
    out, at = "", 0
    while at < len(text):
        size = rng.randint(1, 7)
        out += restorer.feed(text[at : at + size])
        at += size
    return out + restorer.flush()


def test_no_wrong_restore_in_ten_thousand_conversations_that_collide(
    open_vault: Callable[..., Vault], scale: int
) -> None:
    """500 conversations x scale: 10,000 with `make soak`. Bodies come from sixty, so that every conversation has those
    of others; texts hold further ones as the client's own words."""
    rng, source = random.Random(8), Rigged(9, 60)
    vault = open_vault(random_bytes=source)
    decoys = [form.write(body) for body in source.bodies[:20] for form in (FORMS["PERSON"], LAST_NAME, FORMS["URL"])]
    foreign: dict[str, tuple[str, str]] = {}
    collided = 0
    for number in range(500 * scale):
        scope = scope_of(f"key{number % 7}", f"conversation{number}")
        for text, found in _texts(rng, number, decoys):
            book = vault.book(scope)
            done = mask([Segment(AT, "user", text)], _findings(text, found), book)
            book.commit()
            leaves = done.texts[AT]
            assert not any(value in leaves for value, _ in found)
            assert restore(leaves, done.originals) == text
            assert _streamed(leaves, done.originals, rng, json_string=False) == text
            arguments = json.dumps({"note": leaves})
            assert json.loads(_streamed(arguments, done.originals, rng, json_string=True)) == {"note": text}
            # what another conversation was given says nothing here, but where this one issued the same characters
            for surrogate, (owner, value) in list(foreign.items())[-5:]:
                assert owner != scope
                told = restore(surrogate, done.originals)
                assert told == done.originals.get(surrogate, surrogate)
                assert told != value or value in text
                collided += surrogate in done.originals
        foreign |= {surrogate: (scope, value) for surrogate, value in done.originals.items()}
    assert collided > 50 * scale


def test_two_keys_with_the_same_bodies_see_their_own(open_vault: Callable[..., Vault]) -> None:
    """The same surrogate in two scopes of one file, each with its own original."""
    told: list[str] = []
    for key in range(2):
        vault = open_vault(random_bytes=Rigged(1, 1))
        text = f"Person{key} Family{key} called."
        book = vault.book(scope_of(f"key{key}"))
        done = mask([Segment(AT, "user", text)], _findings(text, [(f"Person{key} Family{key}", "PERSON")]), book)
        book.commit()
        told.append(done.texts[AT])
        assert restore(done.texts[AT], done.originals) == text
    assert told[0] == told[1]
    other = mask([Segment(AT, "user", told[0])], [], vault.book(scope_of("key1")))
    assert restore(told[0], other.originals) == "Person1 Family1 called."
    nobody = mask([Segment(AT, "user", " ".join(told))], [], vault.book(scope_of("key2")))
    assert nobody.originals == {}


def test_a_source_that_has_run_dry_denies(open_vault: Callable[..., Vault]) -> None:
    """A scope never gets a body twice for two values, however often the source gives it."""
    source = Rigged(5, 3)
    book = open_vault(random_bytes=source).book(scope_of("key"))
    text = "Elif Demir, Robert Johnson, Mara Lindqvist, Aiko Jacobs"
    with pytest.raises(VaultError):
        mask([Segment(AT, "user", text)], _findings(text, [(name, "PERSON") for name in text.split(", ")]), book)


def test_forms_of_two_people_whose_bodies_would_meet(open_vault: Callable[..., Vault], clock: Clock) -> None:
    """A body that one person's further form took is not drawn for another, and outlives that person's first form."""
    source = Rigged(5, 2)
    vault = open_vault(random_bytes=source)
    text = "Robert Johnson came. Mr. Johnson left."
    book = vault.book(scope_of("key"))
    first = mask([Segment(AT, "user", text)], _findings(text, [("Robert Johnson", "PERSON")]), book)
    book.commit()
    assert len({body_of(surrogate) for surrogate in first.issued}) == 1
    other = "Elif Demir came. Ms. Demir left."
    book = vault.book(scope_of("key"))
    second = mask([Segment(AT, "user", other)], _findings(other, [("Elif Demir", "PERSON")]), book)
    book.commit()
    assert not {body_of(s) for s in first.issued} & {body_of(s) for s in second.issued}
    assert restore(first.texts[AT] + second.texts[AT], dict(book.originals())) == text + other


def test_every_cut_of_a_reply_with_every_head(rng: random.Random) -> None:
    """All forms of one name share a body: none is taken for another at any two cuts."""
    body = body_of(draw("PERSON", rng.randbytes))
    forms = [FORMS["PERSON"], FORMS["PROVIDER_NAME"], LAST_NAME, FIRST_NAME, *ALIASES]
    originals = {form.write(body): f"<{form.head} é\n>" for form in forms}
    text = "".join(f"{mark}{form.write(body)}" for form, mark in zip(forms, cycle('x -*_(\u2011ALIP."0'), strict=False))
    text += f" ALIAS-{body[:5]} LASTNAME{body} ALIASES-{body} lastname\u2010{body.lower()}"
    whole = restore(text, originals)
    assert all(original in whole for original in originals.values())
    assert whole.endswith(f" ALIAS-{body[:5]} LASTNAME{body} ALIASES-{body} {originals[LAST_NAME.write(body)]}")
    for json_string in (False, True):
        whole = restore(text, originals, json_string=json_string)
        for first in range(len(text) + 1):
            for second in (first, first + 1, first + 9, rng.randint(first, len(text))):
                restorer = Restorer(originals, json_string=json_string)
                pieces = (text[:first], text[first:second], text[second:])
                assert "".join(map(restorer.feed, pieces)) + restorer.flush() == whole
