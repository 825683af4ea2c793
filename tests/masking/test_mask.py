from __future__ import annotations

import json
import random
from collections.abc import Callable

import msgspec
import pytest

from ringfence.masking import MemoryBook, mask, restore
from ringfence.masking.surrogates import draw, is_surrogate
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.text import Finding, Place, Segment

Says = Callable[..., Segment]
Found = Callable[..., Finding]
AT = "/messages/0/content"


@pytest.fixture
def book(rng: random.Random) -> MemoryBook:
    return MemoryBook(rng.randbytes)


def test_each_finding_becomes_its_typed_surrogate_and_the_rest_stays(
    book: MemoryBook, says: Says, found: Found
) -> None:
    segment = says("😀 Mail ann@x.com, ring 555-123-4567; ann@x.com again. 😀")
    first, second = segment.text.index("ann@x.com"), segment.text.rindex("ann@x.com")
    findings = [
        found(segment, "ann@x.com", "EMAIL_ADDRESS", start=second),
        found(segment, "555-123-4567", "PHONE_NUMBER"),
        found(segment, "ann@x.com", "EMAIL_ADDRESS", start=first),
    ]
    masked = mask([segment, says("untouched", "/model")], findings, book)
    mail = book.surrogate("EMAIL_ADDRESS", "ann@x.com", lambda _: False)
    phone = book.surrogate("PHONE_NUMBER", "555-123-4567", lambda _: False)
    assert masked.texts == {AT: f"😀 Mail {mail}, ring {phone}; {mail} again. 😀"}
    assert masked.replaced == {"EMAIL_ADDRESS": 2, "PHONE_NUMBER": 1}
    assert masked.issued == {mail, phone}
    assert masked.unmaskable == ()
    assert masked.originals == {mail: "ann@x.com", phone: "555-123-4567"}
    assert restore(masked.texts[AT], masked.originals) == segment.text


def test_two_spellings_of_one_value_come_back_as_they_were_written(book: MemoryBook, says: Says, found: Found) -> None:
    segment = says("A@x.com a@x.com")
    masked = mask(
        [segment], [found(segment, "A@x.com", "EMAIL_ADDRESS"), found(segment, "a@x.com", "EMAIL_ADDRESS")], book
    )
    assert len(masked.issued) == 2
    assert restore(masked.texts[AT], masked.originals) == segment.text


def test_what_has_no_replaceable_span_is_listed_and_left(book: MemoryBook, says: Says, found: Found) -> None:
    value, key, number = says("Ann Lee, 90"), says("123-45-6789", place=Place.KEY), says("4111", "/n", Place.NUMBER)
    findings = [
        found(key, "123-45-6789", "US_SSN"),
        found(number, "4111", "CREDIT_CARD"),
        found(value, "90", "A_KIND_OF_TOMORROW"),
        msgspec.structs.replace(found(value, "Ann Lee", "PERSON"), place=Place.FILE),
    ]
    masked = mask([value, key, number], findings, book)
    assert masked.texts == {} and masked.replaced == {} and masked.issued == frozenset()
    assert masked.unmaskable == ("A_KIND_OF_TOMORROW", "CREDIT_CARD", "PERSON", "US_SSN")
    assert not book.originals()


def test_a_key_and_its_value_share_a_pointer_and_are_told_apart(book: MemoryBook, says: Says, found: Found) -> None:
    key, value = says("ann@x.com", place=Place.KEY), says("to bob@x.com")
    masked = mask(
        [value, key], [found(key, "ann@x.com", "EMAIL_ADDRESS"), found(value, "bob@x.com", "EMAIL_ADDRESS")], book
    )
    assert restore(masked.texts[AT], masked.originals) == "to bob@x.com"
    assert masked.unmaskable == ("EMAIL_ADDRESS",)


def test_only_what_is_chosen_is_masked(book: MemoryBook, says: Says, found: Found) -> None:
    segment = says("ann@x.com https://x.com/ann 12")
    findings = [
        found(segment, "ann@x.com", "EMAIL_ADDRESS"),
        found(segment, "https://x.com/ann", "URL"),
        found(segment, "12", "AGE_OVER_89", structured=False),
    ]
    masked = mask([segment], findings, book, which=lambda f: f.entity == "URL")
    assert masked.texts[AT].startswith("ann@x.com https://site-")
    assert masked.replaced == {"URL": 1}
    assert masked.unmaskable == ()


def test_cards_are_removed_for_good(book: MemoryBook, says: Says, found: Found) -> None:
    segment = says("Card 4111111111111111, cvc 123.")
    findings = [found(segment, "4111111111111111", "CREDIT_CARD"), found(segment, "123", "CARD_SECURITY_CODE")]
    masked = mask([segment], findings, book)
    assert masked.texts == {AT: "Card [CARD NUMBER REMOVED], cvc [CARD SECURITY CODE REMOVED]."}
    assert masked.replaced == {"CREDIT_CARD": 1, "CARD_SECURITY_CODE": 1}
    assert masked.issued == frozenset() and masked.originals == {} and book.originals() == {}


@pytest.mark.parametrize("card_chosen", [True, False])
def test_a_card_inside_another_identifier_never_enters_the_book(
    card_chosen: bool, book: MemoryBook, says: Says, found: Found
) -> None:
    segment = says("see https://pay.example.com/?pan=4111111111111111&x=1 now")
    findings = [
        found(segment, "https://pay.example.com/?pan=4111111111111111&x=1", "URL"),
        found(segment, "4111111111111111", "CREDIT_CARD", structured=card_chosen),
    ]
    masked = mask([segment], findings, book, which=lambda f: card_chosen or f.entity == "URL")
    assert masked.texts == {AT: "see [CARD NUMBER REMOVED] now"}
    assert book.originals() == {}


def test_overlapping_findings_are_one_stretch_named_after_the_longest(
    book: MemoryBook, says: Says, found: Found
) -> None:
    segment = says("x 12 Elm St, Ohio 12345 y")
    findings = [
        found(segment, "Ohio 12345", "ZIP_CODE"),
        found(segment, "12 Elm St, Ohio", "STREET_ADDRESS"),
        found(segment, "12345 y", "PHONE_NUMBER"),
    ]
    masked = mask([segment], findings, book)
    assert list(masked.originals.values()) == ["12 Elm St, Ohio 12345 y"]
    assert masked.replaced == {"STREET_ADDRESS": 1}


def test_a_card_beside_another_identifier_leaves_it_alone(book: MemoryBook, says: Says, found: Found) -> None:
    segment = says("4111111111111111ann@x.com4111111111111111")
    card = "4111111111111111"
    findings = [
        found(segment, card, "CREDIT_CARD"),
        found(segment, "ann@x.com", "EMAIL_ADDRESS"),
        found(segment, card, "CREDIT_CARD", start=25),
    ]
    masked = mask([segment], findings, book)
    assert masked.replaced == {"CREDIT_CARD": 2, "EMAIL_ADDRESS": 1}
    assert list(masked.originals.values()) == ["ann@x.com"]


def test_neighbours_stay_two(book: MemoryBook, says: Says, found: Found) -> None:
    segment = says("ann@x.combob@x.com")
    findings = [found(segment, "ann@x.com", "EMAIL_ADDRESS"), found(segment, "bob@x.com", "EMAIL_ADDRESS")]
    masked = mask([segment], findings, book)
    assert len(masked.issued) == 2
    assert restore(masked.texts[AT], masked.originals) == segment.text


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 99)])
def test_a_finding_outside_its_text_is_a_defect(start: int, end: int, book: MemoryBook, says: Says) -> None:
    with pytest.raises(InternalError, match="test/1"):
        mask([says("hello")], [Finding(AT, start, end, "URL", 1.0, "test/1")], book)
    with pytest.raises(InternalError, match="/nowhere"):
        mask([says("hello")], [Finding("/nowhere", 0, 1, "URL", 1.0, "test/1")], book)


def test_a_surrogate_that_stands_in_the_text_is_never_issued(says: Says, found: Found) -> None:
    taken = draw("PHONE_NUMBER", random.Random(9).randbytes)
    for other in (taken, taken.lower(), taken.replace("PHONE", "ZIP"), taken.partition("-")[2]):
        for place in Place:
            texts = [says("ring 555-123-4567"), says(f"the text has {other}.", "/other", place)]
            source = random.Random(9)  # draws `taken` first
            masked = mask(texts, [found(texts[0], "555-123-4567", "PHONE_NUMBER")], MemoryBook(source.randbytes))
            assert taken not in masked.issued
            assert restore(texts[1].text, masked.originals) == texts[1].text


def test_a_look_alike_is_left_and_one_of_this_scope_comes_back(book: MemoryBook, says: Says, found: Found) -> None:
    first = says("ring 555-123-4567")
    phone = next(iter(mask([first], [found(first, "555-123-4567", "PHONE_NUMBER")], book).issued))
    later = mask([says(f"who has {phone.lower()} or PHONE-K7Q2XD9F?")], [], book)
    assert later.texts == {} and later.issued == frozenset()
    assert later.originals == {phone: "555-123-4567"}


def test_a_flood_of_look_alikes_is_looked_up_a_bounded_number_of_times(says: Says) -> None:
    class Counting(MemoryBook):
        asked = 0

        def original(self, surrogate: str) -> str | None:
            self.asked += 1
            return super().original(surrogate)

    rng = random.Random(2)
    book = Counting(rng.randbytes)
    mask([says(" ".join(draw("URL", rng.randbytes) for _ in range(3_000)))], [], book)
    assert book.asked == 1_000


ARGUMENTS = "/messages/1/tool_calls/0/function/arguments"


def test_in_json_text_the_value_is_kept_without_escapes_and_stays_json(
    book: MemoryBook, says: Says, found: Found
) -> None:
    value = '12 "Old" Rd\\é\u2028😀'
    segment = says(json.dumps({"to": f"x\nann@x.com {value}"}), ARGUMENTS)
    plain = says(f"at {value}")
    escaped = json.dumps(value)[1:-1]
    findings = [
        found(segment, "nann@x.com", "EMAIL_ADDRESS"),  # what a pattern sees in `\nann@x.com`
        found(segment, escaped, "STREET_ADDRESS"),
        found(plain, value, "STREET_ADDRESS"),
    ]
    masked = mask([segment, plain], findings, book, json_text={ARGUMENTS})
    inner = json.loads(masked.texts[ARGUMENTS])["to"]
    head, mail, street = inner[:2], *inner[2:].split(" ")
    assert head == "x\n" and is_surrogate(mail) and is_surrogate(street)
    assert masked.originals == {mail: "ann@x.com", street: value}
    assert masked.texts[AT] == f"at {street}"
    restored = restore(masked.texts[ARGUMENTS], masked.originals, json_string=True)
    assert json.loads(restored) == json.loads(segment.text)
    assert restore(masked.texts[AT], masked.originals) == plain.text


@pytest.mark.parametrize(
    ("text", "value"),
    [('{"account": 12345678, "b": "c"}', "12345678"), ('{"a": "12345", "b": "678"}', '12345", "b": "678')],
)
def test_json_text_that_would_break_is_left_alone(
    text: str, value: str, book: MemoryBook, says: Says, found: Found
) -> None:
    segment = says(text, ARGUMENTS)
    masked = mask([segment], [found(segment, value, "ACCOUNT_NUMBER")], book, json_text={ARGUMENTS})
    assert masked.texts == {} and masked.issued == frozenset() and masked.replaced == {}
    assert masked.unmaskable == ("ACCOUNT_NUMBER",)


def test_a_card_as_a_number_in_json_text_is_unmaskable(book: MemoryBook, says: Says, found: Found) -> None:
    segment = says('{"pan": 4111111111111111}', ARGUMENTS)
    finding = found(segment, "4111111111111111", "CREDIT_CARD")
    assert mask([segment], [finding], book, json_text={ARGUMENTS}).unmaskable == ("CREDIT_CARD",)


def test_text_that_claims_to_be_json_and_is_not_is_taken_as_it_is(book: MemoryBook, says: Says, found: Found) -> None:
    segment = says('{"to": "ann\\@x.com', ARGUMENTS)
    masked = mask([segment], [found(segment, "ann\\@x.com", "EMAIL_ADDRESS")], book, json_text={ARGUMENTS})
    assert restore(masked.texts[ARGUMENTS], masked.originals) == segment.text


def test_its_repr_shows_no_content(book: MemoryBook, says: Says, found: Found) -> None:
    segment = says("ring 555-123-4567")
    assert (
        repr(mask([segment], [found(segment, "555-123-4567", "PHONE_NUMBER")], book)) == "Masked(1 texts, 1 surrogates)"
    )
