from __future__ import annotations

import json
import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.masking import Originals, Restorer, restore
from ringfence.masking.surrogates import FORMS, draw

MAIL, PHONE, URL = "mail-k7q2xd9f@masked.example", "PHONE-K7Q2XD9G", "https://site-k7q2xd9h.example"
ORIGINALS = {MAIL: "ann@x.com", PHONE: "+1 (555) 123-4567", URL: "https://x.com/~ann"}
AWKWARD = '12 "Old" Rd\\\n\t\x00\x1f\x7f\u2028é\u0301😀/</script>'


def stream(chunks: list[str], originals: dict[str, str], *, json_string: bool = False) -> str:
    restorer = Restorer(originals, json_string=json_string)
    return "".join(map(restorer.feed, chunks)) + restorer.flush()


def cut(text: str, places: list[int]) -> list[str]:
    return [text[a:b] for a, b in pairwise([0, *sorted(places), len(text)])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("nothing here", "nothing here"),
        (f"Write to {MAIL}.", "Write to ann@x.com."),
        (f"{PHONE}{PHONE}", "+1 (555) 123-4567+1 (555) 123-4567"),
        (f"{MAIL}{URL}{PHONE}", "ann@x.comhttps://x.com/~ann+1 (555) 123-4567"),
        (f"**{PHONE}** `{MAIL}` [x]({URL})", "**+1 (555) 123-4567** `ann@x.com` [x](https://x.com/~ann)"),
        (f"{URL}/page", "https://x.com/~ann/page"),
        (PHONE.lower() + MAIL.upper() + URL.title(), "+1 (555) 123-4567ann@x.comhttps://x.com/~ann"),
        (PHONE.replace("-", "\u2011"), "+1 (555) 123-4567"),
        (f"the{PHONE}K", "the+1 (555) 123-4567K"),
        ("PHONE-K7Q2XD9H", "PHONE-K7Q2XD9H"),  # never issued
        ("ZIP-K7Q2XD9G", "ZIP-K7Q2XD9G"),  # issued as another kind
        ("PHONE-K7Q2XD9", "PHONE-K7Q2XD9"),
        ("PHONE K7Q2XD9G", "PHONE K7Q2XD9G"),
        ("mail-k7q2xd9f@masked.exampl", "mail-k7q2xd9f@masked.exampl"),
        ("-K7Q2XD9G", "-K7Q2XD9G"),
        ("PHONE-PHONE-K7Q2XD9G", "PHONE-+1 (555) 123-4567"),
        ("PHONE-K7Q2XPHONE-K7Q2XD9G", "PHONE-K7Q2X+1 (555) 123-4567"),
        ("mail-k7q2xd9f@mask" + MAIL, "mail-k7q2xd9f@maskann@x.com"),
        ("ẞ\u017f" + PHONE.lower(), "ẞ\u017f+1 (555) 123-4567"),
    ],
)
def test_plain_and_at_every_split(text: str, expected: str) -> None:
    assert restore(text, ORIGINALS) == expected
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1):
            assert stream(cut(text, [first, second]), ORIGINALS) == expected


def test_restored_text_is_not_read_again() -> None:
    originals = {MAIL: f"see {PHONE}", PHONE: f"{MAIL}"}
    text = f"{MAIL} {PHONE}"
    assert restore(text, originals) == f"see {PHONE} {MAIL}"
    assert stream(list(text), originals) == f"see {PHONE} {MAIL}"
    halves = {MAIL: "PHONE-K7Q2", PHONE: "never"}
    assert restore(f"{MAIL}XD9G", halves) == "PHONE-K7Q2XD9G"
    assert stream(list(f"{MAIL}XD9G"), halves) == "PHONE-K7Q2XD9G"


def test_surrogates_that_overlap_are_restored_from_the_left() -> None:
    # no head fits into a body, so only hand-made keys overlap: the left one ends in the head of the right one
    originals = {"ZIP-K7Q2XMBF": "left", "MBF-K7Q2XD9G": "right"}
    text = "ZIP-K7Q2XMBF-K7Q2XD9G"
    assert restore(text, originals) == "left-K7Q2XD9G"
    for place in range(len(text) + 1):
        assert stream(cut(text, [place]), originals) == "left-K7Q2XD9G"


def test_nothing_but_a_prefix_is_held_back_and_no_longer_than_needed() -> None:
    text = f"Hello, mail me: mail-k7 or {MAIL}, PHONE-K7Q2XD9X, https://x P"
    spellings = [MAIL.upper(), PHONE.upper(), URL.upper()]
    restorer, given, restored = Restorer(ORIGINALS), "", ""
    for end, character in enumerate(text, 1):
        given += character
        restored += restorer.feed(character)
        done = restore(given, ORIGINALS)
        # the longest end of what came so far that could become a surrogate, worked out the slow way
        tails = [n for n in range(1, 30) for s in spellings if n < len(s) and given[-n:].upper() == s[:n] and n <= end]
        held = max(tails, default=0)
        assert restored == done[: len(done) - held], given
    assert restored + restorer.flush() == restore(text, ORIGINALS)
    assert restorer.flush() == ""


def test_originals_are_shared_by_the_restorers_of_a_reply_and_not_shown() -> None:
    originals = Originals({URL: 'a"b'})
    escaped = URL.replace("/", "\\/")
    for _ in range(2):
        assert restore(f"{URL} {escaped}", originals) == f'a"b {escaped}'
        assert restore(f"{URL} {escaped}", originals, json_string=True) == 'a\\"b a\\"b'
    assert repr(originals) == "Originals(1)"
    assert Restorer(Originals()).feed("PHONE-") == "PHONE-"


def test_without_surrogates_nothing_is_held() -> None:
    restorer = Restorer({})
    assert [restorer.feed(c) for c in "PHONE-K7"] == list("PHONE-K7")
    assert restorer.flush() == ""
    only_phone = Restorer({PHONE: "x"})
    assert only_phone.feed("mail-k7q2xd9f@masked.") == "mail-k7q2xd9f@masked."


@given(st.data())
def test_a_stream_equals_the_whole_whatever_the_chunks(data: st.DataObject) -> None:
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    originals = {
        draw(entity, rng.randbytes): data.draw(st.text(max_size=20))
        for entity in data.draw(st.lists(st.sampled_from(sorted(FORMS)), max_size=6))
    }
    surrogate = st.sampled_from(sorted(originals) or ["PHONE-K7Q2XD9G"])
    part = st.one_of(
        surrogate,
        surrogate.map(str.swapcase),
        surrogate.map(lambda s: s.replace("/", "\\/")),
        st.tuples(surrogate, st.integers(0, 30), st.integers(0, 30)).map(lambda t: t[0][t[1] : t[1] + t[2]]),
        st.text(max_size=5),
        st.text(alphabet="-aAPH7\u2011\\/", max_size=5),
    )
    text = "".join(data.draw(st.lists(part, max_size=8)))
    json_string = data.draw(st.booleans())
    whole = restore(text, originals, json_string=json_string)
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    assert stream(cut(text, places), originals, json_string=json_string) == whole
    assert stream(list(text), originals, json_string=json_string) == whole


def test_a_stream_equals_the_whole_over_many_random_chunkings(scale: int, rng: random.Random) -> None:
    originals = {draw(entity, rng.randbytes): f"<{entity} {AWKWARD}>" for entity in FORMS}
    surrogates = sorted(originals)
    for _ in range(1_000 * scale):
        words = rng.choices([*surrogates, "and", " ", "PHONE-", "mail-", "https://site-", "\u2011", "😀", "\\/"], k=12)
        text = "".join(word[: rng.randint(0, 40)] if rng.random() < 0.2 else word for word in words)
        json_string = rng.random() < 0.5
        chunks = cut(text, [rng.randint(0, len(text)) for _ in range(rng.randint(0, 20))])
        assert stream(chunks, originals, json_string=json_string) == restore(text, originals, json_string=json_string)


@pytest.mark.parametrize("original", [AWKWARD, '"', "\\", "\u0301", "a\u0301", "\r\n", "😀", "\ud800", ""])
def test_in_a_json_string_originals_are_escaped(original: str) -> None:
    text = json.dumps({"to": f"x {MAIL} y", MAIL: [PHONE]})
    originals = {MAIL: original, PHONE: original}
    for place in range(len(text) + 1):
        restored = stream(cut(text, [place]), originals, json_string=True)
        assert json.loads(restored) == {"to": f"x {original} y", original: [original]}


@given(st.text(), st.text())
def test_any_original_gives_valid_json_with_the_right_value(mail: str, url: str) -> None:
    written = json.dumps([f"{MAIL}{URL}"]).replace("/", "\\/")
    assert json.loads(restore(written, {MAIL: mail, URL: url}, json_string=True)) == [mail + url]


def test_escaped_slashes_are_read_in_json_only() -> None:
    escaped = URL.replace("/", "\\/")
    assert restore(escaped, ORIGINALS, json_string=True) == "https://x.com/~ann"
    assert restore(escaped, ORIGINALS) == escaped
    assert stream(list(escaped), ORIGINALS, json_string=True) == "https://x.com/~ann"


def test_time_is_linear_in_the_text_even_against_a_hostile_model(rng: random.Random) -> None:
    originals = {draw(entity, rng.randbytes): "x" for entity in rng.choices(sorted(FORMS), k=1_000)}
    hostile = [
        "PHONE-" * 20_000,
        "mail-k7q2xd9f@masked.exampl" * 5_000,
        "https://" * 15_000,
        "-" * 120_000,
        "P" * 120_000,
    ]

    def seconds(text: str) -> float:
        start = time.process_time()
        stream([text[i : i + 4] for i in range(0, len(text), 4)], originals)
        return time.process_time() - start

    for text in hostile:
        assert seconds(text) < 3, text[:10]  # 30,000 events: 100 us each, fifty times what they take
