"""What is found in files, and where: plain text, parts of long ones, formats, and what can't be read."""

from __future__ import annotations

import os

import msgspec
import pytest

from ringfence.scanning import searcher as searching
from ringfence.scanning.blocks import CORE, MARGIN
from ringfence.scanning.results import Unit
from ringfence.scanning.searcher import Searcher

MRN = "MRN: 4471-9920"


def unit(path, data: bytes | str, **more: int) -> Unit:
    raw = data.encode() if isinstance(data, str) else data
    path.write_bytes(raw)
    return Unit(str(path), len(raw), **more)


def told(searched) -> list[tuple[object, ...]]:
    return [(spot.line, spot.column, spot.value, spot.entity) for spot in searched.spotted]


def test_plain_text_with_lines_and_columns(searcher, reader, tmp_path):
    text = f"Dear colleague\n\n  {MRN}, mail ann@example.org\r\nend"
    [result] = searcher.search([unit(tmp_path / "a.txt", text)])
    assert told(result) == [
        (3, 8, "4471-9920", "MEDICAL_RECORD_NUMBER"),
        (3, 24, "ann@example.org", "EMAIL_ADDRESS"),
    ]
    assert (result.kind, result.reasons, reader.names) == ("text", (), [])


@pytest.mark.parametrize(
    ("name", "data"), [("a.csv", b"x|y|z"), ("b.txt", b"<p>|y|z"), ("c", b"x|y|z"), ("d.txt", b"\x00|y|z")]
)
def test_all_else_goes_to_the_reader_of_formats(searcher, reader, tmp_path, name, data):
    [result] = searcher.search([unit(tmp_path / name, data)])
    assert (result.kind, reader.names) == ("fake", [name])


def test_pieces_keep_their_place_and_context(searcher, tmp_path):
    data = "page 1||nothing\ncolumn 2 (MRN)|MRN|4471-9920\npage 3||4471-9920 again, 5551-2020 not"
    [result] = searcher.search([unit(tmp_path / "a.x", data)])
    assert [(spot.where, spot.value) for spot in result.spotted] == [
        ("column 2 (MRN)", "4471-9920"),
        ("page 3", "4471-9920"),  # found once in a file, it is found everywhere in it
    ]


def test_what_is_found_in_one_file_says_nothing_of_another(searcher, tmp_path):
    first = unit(tmp_path / "a.txt", MRN)
    second = unit(tmp_path / "b.txt", "4471-9920 parcels")
    assert [told(result) for result in searcher.search([first, second])] == [
        [(1, 6, "4471-9920", "MEDICAL_RECORD_NUMBER")],
        [],
    ]


def test_unreadable_files_say_why(searcher, tmp_path):
    broken = unit(tmp_path / "a.x", "!")
    os.mkfifo(tmp_path / "pipe")
    results = searcher.search([broken, Unit(str(tmp_path / "gone"), 5), Unit(str(tmp_path / "pipe"), 5)])
    assert [result.reasons for result in results] == [
        ("it is broken",),
        ("no such file or directory",),
        ("no regular file any more",),
    ]


def test_empty_file(searcher, tmp_path):
    [result] = searcher.search([unit(tmp_path / "a.txt", "")])
    assert (result.spotted, result.reasons) == ((), ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(searcher, tmp_path, encoding):
    [result] = searcher.search([unit(tmp_path / "a.txt", f"José\n{MRN}".encode(encoding))])
    assert told(result) == [(2, 6, "4471-9920", "MEDICAL_RECORD_NUMBER")]


def test_values_only_where_asked_for(finder, reader, tmp_path):
    quiet = Searcher(finder, reader, bytes(32))
    [result] = quiet.search([unit(tmp_path / "a.txt", MRN)])
    assert b"4471" not in msgspec.json.encode(result)


def test_fingerprints_are_keyed_and_the_same_for_the_same_value(finder, reader, tmp_path):
    units = [
        unit(tmp_path / "a.txt", f"x {MRN}"),
        unit(tmp_path / "b.txt", MRN),
        unit(tmp_path / "c.txt", "MRN: 4471-9921"),
    ]
    prints = [
        [spot.fingerprint for result in Searcher(finder, reader, key).search(units) for spot in result.spotted]
        for key in (bytes(32), bytes(31) + b"1")
    ]
    assert prints[0][0] == prints[0][1] != prints[0][2]
    assert not set(prints[0]) & set(prints[1])


def test_digests_say_what_was_searched_before(finder, reader, tmp_path):
    with Searcher(finder, reader, bytes(32), digests=True) as keyed:
        asked = unit(tmp_path / "a.txt", MRN)
        [first] = keyed.search([asked])
        [again] = keyed.search([msgspec.structs.replace(asked, done=first.digest)])
        assert (first.unchanged, len(first.spotted), again.unchanged, again.spotted) == (False, 1, True, ())
        unit(tmp_path / "a.txt", MRN + " ")
        [changed] = keyed.search([msgspec.structs.replace(asked, done=first.digest)])
        assert (changed.unchanged, len(changed.spotted)) == (False, 1)
    assert reader.names == ["closed"]


VALUES = {
    "MEDICAL_RECORD_NUMBER": "MRN: 4471-9920",
    "CREDIT_CARD": "4111 1111 1111 1111",
    "EMAIL_ADDRESS": "ann.lee@example.org",
    "IBAN": "DE89 3704 0044 0532 0130 00",
}


@pytest.mark.parametrize("entity", VALUES)
def test_nothing_is_lost_on_a_border_of_blocks(searcher, tmp_path, entity):
    """A value at each place over the border between two blocks, from wholly before to wholly after it."""
    value = VALUES[entity]
    for before in range(-1, len(value) + 2):
        text = (
            ("many words stand here. " * (CORE // 20))[: CORE - before - 1] + f" {value} and more" * 1 + " words" * 2000
        )
        [result] = searcher.search([unit(tmp_path / "a.txt", text)])
        assert [spot.entity for spot in result.spotted] == [entity], before
        assert value.endswith(result.spotted[0].value)


@pytest.mark.parametrize("blank", [" ", "é", "日"])
def test_nothing_is_lost_or_doubled_on_a_border_of_parts(searcher, tmp_path, monkeypatch, blank):
    """Parts of so few bytes that each border falls into a value, a character, or a word before it."""
    monkeypatch.setattr(searching, "_MARGIN_BYTES", 64)
    said = [f"{value} {blank} next\n" for value in VALUES.values()] * 3
    data = "".join(said).encode()
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    [whole] = searcher.search([Unit(str(path), len(data))])
    assert len(whole.spotted) == len(said)
    for size in (7, 50, 64, 131):
        parts = [Unit(str(path), len(data), at, min(at + size, len(data))) for at in range(0, len(data), size)]
        results = searcher.search(parts)
        lines, spotted = 0, []
        for result in results:
            spotted += [(spot.line + lines, spot.column, spot.value) for spot in result.spotted]
            lines += result.lines
        assert lines == data.count(b"\n")
        assert [spot[0] for spot in spotted] == [spot.line for spot in whole.spotted]
        assert {spot[2] for spot in spotted} == {spot.value for spot in whole.spotted}


def test_margin_is_wide_enough_for_what_stands_before_a_value():
    assert MARGIN >= 2048
