from __future__ import annotations

import json
import random
import re
from urllib.parse import urlsplit

import pytest

from ringfence.masking.surrogates import (
    FORMS,
    LONGEST,
    REMOVED,
    body_of,
    draw,
    fold,
    is_surrogate,
    occurrences,
    removed,
)
from ringfence.vocabulary.entities import ENTITIES, Disposal

RNG = random.Random(1)
SAMPLE = {entity: [draw(entity, RNG.randbytes) for _ in range(200)] for entity in FORMS}


def test_every_entity_has_a_surrogate_or_a_fixed_text_and_never_both() -> None:
    for name, entity in ENTITIES.items():
        assert (name in FORMS) is (entity.disposal is Disposal.SURROGATE)
        assert removed(name) in REMOVED
    assert removed("CREDIT_CARD") == "[CARD NUMBER REMOVED]"
    assert removed("CARD_SECURITY_CODE") == "[CARD SECURITY CODE REMOVED]"
    with pytest.raises(KeyError):
        draw("CREDIT_CARD", RNG.randbytes)


def test_no_head_ends_with_another_and_none_holds_the_separator() -> None:
    heads = [fold(form.head) for form in FORMS.values()]
    assert len(set(heads)) == len(heads)
    for head in heads:
        assert "-" not in head
        assert not any(other != head and head.endswith(other) for other in heads), head
    assert not any("-" in form.tail for form in FORMS.values())


@pytest.mark.parametrize("entity", sorted(FORMS))
def test_a_surrogate_survives_json_has_one_case_and_no_mistakable_character(entity: str) -> None:
    for surrogate in SAMPLE[entity]:
        assert json.dumps(surrogate) == f'"{surrogate}"'
        assert surrogate in (surrogate.upper(), surrogate.lower())
        assert re.fullmatch("[B-DF-HJKMNP-TV-XZ][2-9][2-9B-DF-HJKMNP-TV-XZ]{5}[B-DF-HJKMNP-TV-XZ]", body_of(surrogate))
        assert len(surrogate) <= LONGEST
        assert is_surrogate(surrogate)
        assert [o.surrogate for o in occurrences(surrogate)] == [surrogate]
    assert len(set(SAMPLE[entity])) == 200


def test_no_surrogate_is_part_of_another() -> None:
    everyone = [s for drawn in SAMPLE.values() for s in drawn[:20]]
    assert not [(a, b) for a in everyone for b in everyone if a != b and a in b]


def test_shapes_that_a_schema_checks_are_kept_at_reserved_domains() -> None:
    for mail in SAMPLE["EMAIL_ADDRESS"]:
        assert re.fullmatch(r"mail-[a-z2-9]{8}@masked\.example", mail)
    for entity in ("URL", "PERSONAL_URL"):
        for url in SAMPLE[entity]:
            parts = urlsplit(url)
            assert parts.scheme == "https"
            assert parts.hostname is not None and parts.hostname.endswith(".example")
            assert url == url.lower()


def test_a_surrogate_comes_from_the_random_source_alone() -> None:
    asked: list[int] = []

    def source(size: int) -> bytes:
        asked.append(size)
        return bytes(range(size))

    assert draw("PHONE_NUMBER", source) == draw("PHONE_NUMBER", source)
    assert asked == [16, 16]
    assert draw("PHONE_NUMBER", source) != draw("PHONE_NUMBER", lambda size: bytes(size))


def test_every_place_of_the_body_takes_every_character_about_equally_often() -> None:
    rng = random.Random(3)
    bodies = [body_of(draw("PHONE_NUMBER", rng.randbytes)) for _ in range(20_000)]
    for place in range(8):
        counts = [sum(body[place] == c for body in bodies) for c in set("".join(b[place] for b in bodies))]
        size = {0: 19, 1: 8, 7: 19}.get(place, 27)
        assert len(counts) == size
        # a fair draw stays within five standard deviations
        assert max(abs(count - 20_000 / size) for count in counts) < 5 * (20_000 / size) ** 0.5


def test_occurrences_are_found_in_any_case_and_hyphen_and_inside_words() -> None:
    mail, phone = SAMPLE["EMAIL_ADDRESS"][0], SAMPLE["PHONE_NUMBER"][0]
    text = f"x{mail.upper()}y **{phone.lower()}** {phone.replace('-', chr(0x2011))}{phone}-"
    seen = list(occurrences(text))
    assert [o.surrogate for o in seen] == [mail, phone, phone, phone]
    assert fold(text[seen[0].start : seen[0].end]) == fold(mail)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PHONE-",
        "PHONE-K7Q2XD9",
        "PHON-K7Q2XD9F",
        "PHONE-K7O2XD9F",
        "mail-k7q2xd9f@example.com",
        "-K7Q2XD9F",
        "PHONE K7Q2XD9F",
    ],
)
def test_near_misses_are_no_surrogates(text: str) -> None:
    assert list(occurrences(text)) == []
    assert not is_surrogate(text)


def test_is_surrogate_asks_for_the_whole_text() -> None:
    assert is_surrogate("PHONE-K7Q2XD9F")
    assert not is_surrogate("PHONE-K7Q2XD9F.")
    assert not is_surrogate("a PHONE-K7Q2XD9F")
    assert not is_surrogate("PHONE-K7Q2XD9FPHONE-K7Q2XD9G")


def test_fold_keeps_the_length_of_any_text() -> None:
    text = "ßıſŉ\u2011é\U0001f600a\u0301ffi"
    assert len(fold(text)) == len(text)
    assert fold("ab\u2010c\u2011ß") == "AB-C-ß"
