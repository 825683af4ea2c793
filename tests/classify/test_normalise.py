"""Views: what they make readable, and that their offsets lead back exactly."""

from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringfence.classify.blobs import may_hold_blobs
from ringfence.classify.folding import folded
from ringfence.classify.normalise import views

SECRET = "ssn 536-22-8412"
B64 = base64.b64encode(f"the {SECRET}".encode()).decode()
GZIPPED = base64.b64encode(gzip.compress(f"the {SECRET} in a longer text".encode(), mtime=0)).decode()
WIDE = "".join(chr(ord(char) + 0xFEE0) if char > " " else char for char in SECRET)


def read(text: str, needle: str = SECRET) -> set[str]:
    """The pieces of the original text that the views read `needle` from."""
    return {
        text[slice(*view.original(view.text.index(needle), view.text.index(needle) + len(needle)))]
        for view in views(text)
        if needle in view.text
    }


@pytest.mark.parametrize(
    ("text", "original"),
    [
        (f"plain {SECRET}.", SECRET),
        (f"😀 {WIDE} 😀", WIDE),
        ("a ssn\u00a0536\u201322\u20138412 b", "ssn\u00a0536\u201322\u20138412"),
        ("a s\u200bsn 536\u2060-22-8412\u200b b", "s\u200bsn 536\u2060-22-8412"),
        ("a ѕѕn ٥٣٦-٢٢-٨٤١٢ b", "ѕѕn ٥٣٦-٢٢-٨٤١٢"),
        ("a s\u0336sn 5\ufe0f36-22-8412 b", "s\u0336sn 5\ufe0f36-22-8412"),
        ("a " + "".join(chr(0xE0000 + ord(c)) for c in SECRET) + " b", "".join(chr(0xE0000 + ord(c)) for c in SECRET)),
        ("a ssn\x00\x08 536-22-8412 b", "ssn\x00\x08 536-22-8412"),
        (f"é {B64} é", B64),
        (f"https://x.example/p/{B64.rstrip('=')}/q", B64.rstrip("=")),
        (base64.b64encode(B64.encode()).decode(), base64.b64encode(B64.encode()).decode()),
        (base64.b64encode(WIDE.encode()).decode(), base64.b64encode(WIDE.encode()).decode()),
        (f"x {SECRET.encode().hex()} y", SECRET.encode().hex()),
        (f"x 0x{SECRET.encode().hex()} y", f"0x{SECRET.encode().hex()}"),
        (f"x {SECRET.encode().hex(' ')} y", SECRET.encode().hex(" ")),
        ("q=ssn%20536-22-8412&z", "ssn%20536-22-8412"),
        ("q=ssn%2520536-22-8412&z", "ssn%2520536-22-8412"),
        ("q=ssn%C2%A0536%2D22-8412&z", "ssn%C2%A0536%2D22-8412"),
        ("x ssn&nbsp;536&#45;22&#x2d;8412 y", "ssn&nbsp;536&#45;22&#x2d;8412"),
        (r"x \u0073sn 53\x36-22-8412 y", r"\u0073sn 53\x36-22-8412"),
        (r'{"a":"\nssn 536-22-8412\n"}', SECRET),
        ("x ssn 536**-22**-8412 y", "ssn 536**-22**-8412"),
        ("x ssn 536-22-\n> 8412 y", "ssn 536-22-\n> 8412"),
        ("x ssn =35=33=36-22-8412 y", "ssn =35=33=36-22-8412"),
        ("=41=42 ssn 536-2=\n2-8412 y", "ssn 536-2=\n2-8412"),
        ("x ssn five three six two two eight four one two y", "ssn five three six two two eight four one two"),
        (GZIPPED, GZIPPED),
        ("\ud800 ssn 536-22-8412 \udfff", SECRET),
    ],
)
def test_reads_through_a_disguise_and_maps_back_exactly(text, original):
    assert read(text) == {original}


def test_lines_of_base64_are_one_piece():
    code = base64.encodebytes(f"{'.' * 70} {SECRET}".encode()).decode().rstrip("\n")
    assert "\n" in code and read(f"mail:\n{code}\nend") == {code}


def test_plain_text_has_one_view_and_quotes_and_spaces_cost_none():
    assert len(views("Nothing to see here, 12 of 30 (mostly).")) == 1
    assert len(views("Ünïcode text – no.")) == 2
    curly = views("It’s “fine”\u00a0now")
    assert [view.text for view in curly] == ['It\'s "fine" now']


def test_noise_is_not_decoded():
    for text in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "internationalizationHelperFactory",
    ):
        assert may_hold_blobs(text) and len(views(text)) == 1


def test_depth_and_growth_are_bounded():
    code = SECRET
    for layer in range(1, 5):
        code = base64.b64encode(code.encode()).decode()
        assert read(code) == ({code} if layer <= 3 else set())
    assert len(views(code)) <= 14
    assert folded("\ufdfa") == "\ufdfa"


def test_a_bomb_of_zeros_gives_no_more_than_its_bound():
    bomb = base64.b64encode(gzip.compress(b"0 " * (32 << 20), mtime=0)).decode()
    sizes = [len(view.text) for view in views(bomb)]
    assert max(sizes) <= 2 * len(bomb) + (1 << 16)


def test_only_what_changed_is_fresh():
    first, second = views("a long text " * 50 + "ѕ 5" + " and more" * 50)
    assert first.fresh is None and second.fresh == ((600, 601),)


def test_counting_is_no_number():
    assert len(views("one two three four five six seven eight nine ten")) == 1
    assert len(views("one one one one one one")) == 1


def test_stops_decoding_when_time_runs_out():
    calls = iter([False, True])
    assert views("%41 %42 %43", lambda: next(calls, True))[-1].text == "A %42 %43"


pieces = st.sampled_from(
    ["a", "1", " ", "é", "😀", "\u200b", "％", "%41", "%", "&amp;", "\\n", "\\u0041", "ﬁ", "Ａ", B64, "\udc00", "\x00"]
)


@given(st.lists(pieces, max_size=30).map("".join))
def test_every_span_of_every_view_maps_into_the_text_in_order(text):
    for view in views(text):
        spans = [view.original(place, place + 1) for place in range(len(view.text))]
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert spans == sorted(spans)
        for (start, _), (_, end), first in zip(spans, spans[2:], range(len(spans)), strict=False):
            assert view.original(first, first + 3) == (start, end)
