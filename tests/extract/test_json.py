"""JSON and JSON Lines: each leaf at its pointer, nothing lost where it is broken."""

from __future__ import annotations

from ringfence.extract import Extractor
from ringfence.vocabulary.extracted import Piece
from ringfence.vocabulary.text import Completeness


def test_each_leaf_stands_at_its_pointer_with_its_name(extractor: Extractor) -> None:
    read = extractor.extract(b'{"patient": {"ssn": "536-22-8412", "a/b~": [7.50, true, null, {"x": "y"}]}, "ssn": 5}')
    leaves = [piece for piece in read.pieces if not piece.where.endswith(", name")]
    assert leaves == [
        Piece("/patient/ssn", "536-22-8412", "ssn"),
        Piece("/patient/a~1b~0/0", "7.50", "a/b~"),
        Piece("/patient/a~1b~0/3/x", "y", "x"),
        Piece("/ssn", "5", "ssn"),
    ]
    names = [piece.text for piece in read.pieces if piece.where.endswith(", name")]
    assert names == ["patient", "ssn", "a/b~", "x"]


def test_a_name_that_stands_twice_loses_neither_value(extractor: Extractor) -> None:
    read = extractor.extract(b'{"a": "Mara", "a": "Tom"}')
    assert [piece.text for piece in read.pieces if piece.where == "/a"] == ["Mara", "Tom"]


def test_lines_have_their_number(extractor: Extractor) -> None:
    read = extractor.extract(b'{"a": "Mara"}\n\n{"a": "Tom"}\r\n["x"]\n', "a.jsonl")
    assert [(piece.text, piece.line) for piece in read.pieces if piece.where in ("/a", "/0")] == [
        ("Mara", 1), ("Tom", 3), ("x", 4),
    ]  # fmt: skip
    assert (read.kind, read.completeness) == ("json", Completeness.COMPLETE)


def test_a_broken_line_among_others_is_read_as_text(extractor: Extractor) -> None:
    read = extractor.extract(b'{"a": "Mara"}\n{"a": "Tom\n{"a": "Ada"}\n', "a.jsonl")
    assert Piece("", '{"a": "Tom', "", 2) in read.pieces
    assert read.reasons == ("1 lines are no valid JSON, and were read as plain text. Correct them",)


def test_what_is_no_json_is_read_as_text(extractor: Extractor) -> None:
    read = extractor.extract(b'{"a": "Mara",\n "b": }', "a.json")
    assert [piece.text for piece in read.pieces] == ['{"a": "Mara",\n "b": }']
    assert read.completeness is Completeness.PARTIAL


def test_half_a_surrogate_pair_is_no_trouble(extractor: Extractor) -> None:
    read = extractor.extract(b'{"a": "Mara \\ud800 Quinn \\ud83d\\ude00"}')
    assert [piece.text for piece in read.pieces if piece.where == "/a"] == ["Mara \ufffd Quinn \U0001f600"]
