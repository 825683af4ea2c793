"""Names as a tagger reports them: judged borders, some places only; in the text of a request, over its turns."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import msgspec
import pytest

from ringfence.masking import Masked, MemoryBook, Vault, mask, residual, restore, scope_of
from ringfence.masking.surrogates import body_of, occurrences
from ringfence.vocabulary.text import Finding, Place, Segment

Says = Callable[..., Segment]
Found = Callable[..., Finding]


def judged(segment: Segment, value: str, entity: str = "PERSON", at: int = 0) -> Finding:
    start = segment.text.index(value, at)
    return Finding(segment.pointer, start, start + len(value), entity, 0.9, "tagger/1", segment.place, structured=False)


def masked_text(segment: Segment, findings: list[Finding], seed: int = 1) -> tuple[str, Masked]:
    done = mask([segment], findings, MemoryBook(random.Random(seed).randbytes))
    text = done.texts.get(segment.pointer, segment.text)
    assert restore(text, done.originals) == segment.text
    return text, done


def bodies(text: str) -> list[str]:
    return [body_of(each.surrogate) for each in occurrences(text)]


def test_what_no_pattern_delimits_is_masked(says: Says) -> None:
    segment = says("Robert Johnson of Springfield works for Acme Freight at Mercy General, ref QX-7.")
    kinds = {
        "Robert Johnson": "PERSON",
        "Springfield": "LOCATION",
        "Acme Freight": "ORGANIZATION",
        "Mercy General": "FACILITY",
        "QX-7": "UNIQUE_ID",
    }
    text, done = masked_text(segment, [judged(segment, value, entity) for value, entity in kinds.items()])
    assert not any(value in text for value in kinds)
    assert done.unmaskable == ()
    assert done.replaced == dict.fromkeys(kinds.values(), 1)


@pytest.mark.parametrize(
    ("text", "seen", "value"),
    [
        ("seen: Johnsons.", "John", "Johnsons"),
        ("seen: Johnson's wife", "Johnson's", "Johnson"),
        ("seen: (Johnson), later", "(Johnson),", "Johnson"),
        ("seen: Mr. Johnson, later", "Mr. Johnson", "Johnson"),
        ("seen: José\u0301z, later", "José", "José\u0301z"),
        ("seen: O'Neill-Berg, later", "Neill", "Neill"),
        ("seen: Johnson", " ", None),
    ],
)
def test_a_name_is_whole_words_without_signs_and_titles(text: str, seen: str, value: str | None, says: Says) -> None:
    segment = says(text)
    _, done = masked_text(segment, [judged(segment, seen, at=5)])
    assert [original for original in done.originals.values() if original.strip()] == ([value] if value else [])


def test_the_forms_of_one_name_share_a_body_and_come_back_as_they_stood(says: Says) -> None:
    segment = says(
        "Robert Johnson came. Mr. Johnson's wife: Robert slept. JOHNSON^ROBERT; Dr. Sarah Chen agrees, Chen wrote."
    )
    text, done = masked_text(
        segment, [judged(segment, "Robert Johnson"), judged(segment, "Sarah Chen", "PROVIDER_NAME")]
    )
    one, other = bodies(text)[0], bodies(text)[-1]
    assert text == (
        f"PERSON-{one} came. Mr. LASTNAME-{one}'s wife: FIRSTNAME-{one} slept. ALIAS-{one}; "
        f"Dr. PROVIDER-{other} agrees, LASTNAME-{other} wrote."
    )
    assert one != other
    assert done.replaced == {"PERSON": 4, "PROVIDER_NAME": 2}


def test_a_form_of_two_people_is_linked_to_neither(says: Says) -> None:
    segment = says("Robert Johnson and Mary Johnson. Johnson left.")
    text, _ = masked_text(segment, [judged(segment, "Robert Johnson"), judged(segment, "Mary Johnson")])
    assert len(set(bodies(text))) == 3
    assert text.endswith(f"PERSON-{bodies(text)[-1]} left.")


def test_one_text_found_as_two_kinds_is_one_name(says: Says) -> None:
    segment = says("Chen called. Chen ordered. Chen left.")
    findings = [
        judged(segment, "Chen", "PERSON"),
        judged(segment, "Chen", "PROVIDER_NAME", 5),
        judged(segment, "Chen", "PROVIDER_NAME", 18),
    ]
    text, _ = masked_text(segment, findings)
    assert len(set(bodies(text))) == 1 and text.count("PROVIDER-") == 3


def test_a_word_of_the_language_stays_and_a_word_within_a_word_too(says: Says) -> None:
    segment = says("April May is 40. In May, Aprils were May-be wet; Mrs. May agreed.")
    text, _ = masked_text(segment, [judged(segment, "April May")])
    body = bodies(text)[0]
    assert text == f"PERSON-{body} is 40. In May, Aprils were May-be wet; Mrs. LASTNAME-{body} agreed."


def test_two_people_of_a_list_stay_two(says: Says) -> None:
    segment = says("Elif Demir, Robert Johnson, Mara Lindqvist; Mara, Elif")
    names = ("Elif Demir", "Robert Johnson", "Mara Lindqvist")
    text, _ = masked_text(segment, [judged(segment, name) for name in names])
    elif_, robert, mara = bodies(text)[:3]
    assert text == f"PERSON-{elif_}, PERSON-{robert}, PERSON-{mara}; FIRSTNAME-{mara}, FIRSTNAME-{elif_}"


def test_parts_beyond_the_reach_of_masking_are_said(says: Says) -> None:
    segment, key = says("Robert Johnson"), says("Johnson", "/metadata/Johnson", Place.KEY)
    done = mask([segment, key], [judged(segment, "Robert Johnson")], MemoryBook(random.Random(1).randbytes))
    assert done.unmaskable == ("PERSON",)


def test_in_json_text_a_name_is_masked_between_escapes(says: Says) -> None:
    segment = says(json.dumps({"note": "\nRobert Johnson\tcame;\nJohnson left", "é": "José Pérez"}), "/arguments")
    at = segment.text.index("nRobert")
    findings = [
        Finding("/arguments", at, at + len("nRobert Johnson"), "PERSON", 0.9, "tagger/1", structured=False),
        judged(segment, json.dumps("José Pérez")[1:-1]),
    ]
    done = mask([segment], findings, MemoryBook(random.Random(1).randbytes), json_text={"/arguments"})
    told = json.loads(done.texts["/arguments"])
    assert told["note"].startswith("\nPERSON-") and "\tcame;\nLASTNAME-" in told["note"]
    assert sorted(done.originals.values()) == ["Johnson", "José Pérez", "Robert Johnson"]
    assert json.loads(restore(done.texts["/arguments"], done.originals, json_string=True)) == json.loads(segment.text)


def test_over_the_turns_of_a_conversation_a_name_keeps_its_body(open_vault: Callable[..., Vault], says: Says) -> None:
    """Also where a later turn has a form that the first had not, and after a restart."""
    vault, seen = open_vault(), []
    for turn in ("Mr. Johnson came.", "Robert Johnson and Johnson", "Robert Johnson, JOHNSON, Johnson"):
        segment, book = says(turn), vault.book(scope_of("key", "a"))
        findings = [judged(segment, "Johnson" if turn.startswith("Mr") else "Robert Johnson")]
        done = mask([segment], findings, book)
        book.commit()
        seen.append(done.texts[segment.pointer])
        assert restore(seen[-1], done.originals) == turn
        vault.close()
        vault = open_vault()
    assert len({body for text in seen for body in bodies(text)}) == 1
    other = says("Mr. Johnson came.")
    elsewhere = mask([other], [judged(other, "Johnson")], vault.book(scope_of("key", "b")))
    assert not set(bodies(elsewhere.texts[other.pointer])) & set(bodies(seen[0]))


def test_more_forms_than_heads_get_a_body_of_their_own(says: Says) -> None:
    """`JoHNSON` and the like, 2**6 of them: whatever they get, each comes back as it stood."""
    forms = ["".join(c.upper() if n >> i & 1 else c for i, c in enumerate("ohnson")) for n in range(64)]
    segment = says(", ".join(f"Robert J{form}" for form in forms))
    text, done = masked_text(segment, [judged(segment, f"Robert J{form}") for form in forms])
    assert len(done.issued) == 64
    assert len(set(bodies(text))) > 1


def test_what_a_second_look_finds_is_masked_with_the_rest(says: Says) -> None:
    segment = says("Seen by Robert Johnson, and by his neighbour Elif Demir.")
    book = MemoryBook(random.Random(1).randbytes)
    findings = [judged(segment, "Robert Johnson")]
    first = mask([segment], findings, book)
    again = says(first.texts[segment.pointer])
    seen = judged(again, again.text[again.text.index("PERSON") : -1])  # one long name, the surrogate included
    left = residual([again], [seen], first)
    assert [segment.text[each.start : each.end] for each in left.again] == [", and by his neighbour Elif Demir"]
    second = mask([segment], [*findings, *left.again], book)
    assert "Elif" not in second.texts[segment.pointer]
    assert restore(second.texts[segment.pointer], second.originals) == segment.text
    text = says(second.texts[segment.pointer])
    assert residual([text], [judged(text, text.text[8:-1])], second).entities == ()


def test_a_title_left_in_is_no_residue(says: Says) -> None:
    segment = says("Ask Dr. Chen.")
    _, done = masked_text(segment, [judged(segment, "Dr. Chen", "PROVIDER_NAME")])
    again = says(done.texts[segment.pointer])
    assert residual([again], [judged(again, again.text[4:-1], "PROVIDER_NAME")], done).entities == ()
    other = msgspec.structs.replace(judged(again, again.text[4:-1]), entity="UNIQUE_ID")
    assert residual([again], [other], done).entities == ("UNIQUE_ID",)
