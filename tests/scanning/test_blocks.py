"""Blocks lie side by side, see what stands around them, and lose nothing on a border."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ringfence.scanning.blocks import CORE, MARGIN, Lines, Source, blocks


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(1, 20), st.integers(0, 9))
def test_every_character_is_one_blocks_own(before, own, after, core, margin):
    text = "".join(chr(0x4E00 + number) for number in range(before + own + after))
    source = Source(text, before, before + own)
    seen = ""
    for block in blocks(source, core, margin):
        seen += block.text[block.first : block.last]
        start, end = block.start + block.first, block.start + block.last
        assert block.text == text[max(0, start - margin) : end + margin]
        assert 0 < end - start <= core
    assert seen == text[before : before + own]


def test_a_short_text_is_one_block():
    assert [(b.text, b.start, b.first, b.last) for b in blocks(Source("abc", 0, 3))] == [("abc", 0, 0, 3)]
    assert len(list(blocks(Source("a" * CORE, 0, CORE)))) == 1
    assert len(list(blocks(Source("a" * (CORE + 1), 0, CORE + 1)))) == 2
    assert CORE > 8 * MARGIN


@given(st.text("ab\n", max_size=40), st.lists(st.integers(0, 40)), st.integers(0, 5))
def test_lines_and_columns(text, places, first):
    first = min(first, len(text))
    lines = Lines()
    for place in sorted(place for place in places if first <= place < len(text)):
        line, column = lines.of(source := Source(text, first, len(text), line=7), place)
        assert source.text[:place].rpartition("\n")[2] == text[place - column + 1 : place]
        assert line == 7 + text.count("\n", first, place)


def test_cells_have_no_column_and_pages_no_line():
    lines = Lines()
    assert lines.of(Source("abc", 0, 3, where="column 1", line=4), 2) == (4, 0)
    assert lines.of(Source("abc", 0, 3, where="page 1"), 2) == (0, 0)
