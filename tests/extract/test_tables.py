"""What labels a cell, in whichever format the table stands."""

from __future__ import annotations

import pytest

from ringfence.extract import Extractor
from ringfence.extract.tables import Labels
from ringfence.vocabulary.extracted import Piece


@pytest.mark.parametrize(
    ("rows", "header", "pairs"),
    [
        ([["Name", "MRN"], ["Mara", "7261554"]], ["Name", "MRN"], False),
        ([["foo", "bar"], ["x", "7261554"]], ["foo", "bar"], False),
        ([["Claims 2024", "", ""], ["Name", "MRN", "DOB"], ["Mara", "7", "x"]], ["Name", "MRN", "DOB"], False),
        ([["Mara", "7261554"], ["Tom", "7261555"]], [], False),
        ([["1", "2"], ["3", "4"]], [], False),
        ([["Name:", "Mara Quinn"], ["MRN:", "7261554"], ["DOB:", "1950-01-02"]], [], True),
        ([["Name", "Mara Quinn"], ["Date of birth", "x"], ["Phone", "555"]], [], True),
        ([["Name", "MRN"], ["Mara", "726"], ["Tom", "727"]], ["Name", "MRN"], False),
        ([], [], False),
        ([["", ""]], [], False),
    ],
)
def test_labels(rows: list[list[str]], header: list[str], pairs: bool) -> None:
    labels = Labels(rows)
    assert (labels.header, labels.pairs) == (header, pairs)


def test_a_cell_is_labelled_by_its_column_below_the_header_only() -> None:
    labels = Labels([["Report"], ["Name", "MRN"], ["Mara", "7261554"]])
    assert [labels.of(row, "Mara", 1) for row in range(3)] == ["", "", "MRN"]
    assert labels.of(2, "Mara", 9) == ""
    pairs = Labels([["Name:", "Mara"], ["MRN:", "7"]])
    assert (pairs.of(1, "MRN:", 1), pairs.of(1, "MRN:", 0)) == ("MRN", "")


def cells(extractor: Extractor, data: bytes, name: str = "a.csv") -> list[tuple[str, str, str, int]]:
    return [(piece.where, piece.text, piece.context, piece.line) for piece in extractor.extract(data, name).pieces]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_table_keeps_lines_columns_and_headers(extractor: Extractor, delimiter: str, line_end: str) -> None:
    rows = ["Name,Note,MRN", 'Mara,"two\nlines, one cell",7', "", ",x,8", "Tom,y,9,more"]
    text = line_end.join(rows).replace(",", delimiter).replace(f"lines{delimiter}", "lines,")
    assert cells(extractor, text.encode()) == [
        ("column 1", "Name", "", 1), ("column 2", "Note", "", 1), ("column 3", "MRN", "", 1),
        ("column 1 (Name)", "Mara", "Name", 2), ("column 2 (Note)", "two\nlines, one cell", "Note", 2),
        ("column 3 (MRN)", "7", "MRN", 2), ("column 2 (Note)", "x", "Note", 5), ("column 3 (MRN)", "8", "MRN", 5),
        ("column 1 (Name)", "Tom", "Name", 6), ("column 2 (Note)", "y", "Note", 6), ("column 3 (MRN)", "9", "MRN", 6),
        ("column 4", "more", "", 6),
    ]  # fmt: skip


def test_a_long_table_is_read_to_its_last_row(extractor: Extractor) -> None:
    data = "Name,MRN\n" + "".join(f"Mara {n},{n}\n" for n in range(1, 10_001))
    read = extractor.extract(data.encode(), "a.csv").pieces
    assert len(read) == 20_002
    assert read[-1] == Piece("column 2 (MRN)", "10000", "MRN", 10_001)
    assert read[5001].line == 2501


def test_pairs_of_label_and_value(extractor: Extractor) -> None:
    data = b"Name,Mara Quinn\nDate of birth,1950-01-02\nPhone,x\n"
    assert cells(extractor, data)[3] == ("column 2", "1950-01-02", "Date of birth", 2)


def test_a_quote_that_never_closes_loses_nothing(extractor: Extractor) -> None:
    data = b'Name,MRN\nMara,7\n"Tom,8\n' + b"Ada,9\n" * 200_000
    read = extractor.extract(data, "a.csv").pieces
    assert sum(piece.text.count("Ada") for piece in read) == 200_000
    assert read[2].context == "Name"


def test_a_table_without_a_name_is_known_by_its_lines(extractor: Extractor) -> None:
    rows = "".join(f"Mara,{n},x\n" for n in range(9))
    assert extractor.extract(f"Name,MRN,Note\n{rows}".encode()).kind == "csv"
    assert (
        extractor.extract(b"Dear Sir, yes, no\nand so, as I said, we\nhope, in truth, to\nsee, soon, you\n" * 3).kind
        == "text"
    )
