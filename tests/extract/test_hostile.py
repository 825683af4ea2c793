"""Hostile files, made here: each ends inside its bounds with a reason, keeps what was read, leaves a usable worker."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable

import making
import pytest

from ringfence.extract import Extractor, Limits
from ringfence.vocabulary.extracted import Extracted
from ringfence.vocabulary.text import Completeness

TIGHT_S = 3.0
"""As the fixture `tight` has it."""
GRACE_S = 5.0
"""Beyond the time limit: the kill, a new worker's start, and a busy machine."""


@pytest.fixture
def hostile(tight: Extractor) -> Callable[..., Extracted]:
    """Reads a hostile file and holds what is promised of every one."""

    def read(data: bytes, name: str = "") -> Extracted:
        began_s = time.monotonic()
        found = tight.extract(data, name)
        assert time.monotonic() - began_s < TIGHT_S + GRACE_S
        assert (found.completeness is Completeness.PARTIAL) == bool(found.reasons)
        assert not any("PermissionError" in reason for reason in found.reasons), "a module was imported too late"
        after = tight.extract(b"Still here", "a.txt")
        assert [piece.text for piece in after.pieces] == ["Still here"]
        return found

    return read


def partial(found: Extracted, *words: str) -> None:
    assert found.completeness is Completeness.PARTIAL
    for word in words:
        assert any(word in reason for reason in found.reasons), found.reasons


def test_a_zip_bomb_of_ten_gigabytes(hostile: Callable[..., Extracted], scale: int) -> None:
    gigabytes = 10 if scale > 1 else 0.04
    rest = {"[Content_Types].xml": "<Types/>", "word/document.xml": f"<w:document {making.W}/>"}
    partial(hostile(making.zip_bomb("word/header1.xml", gigabytes, rest)), "when unpacked")
    rest = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}
    partial(hostile(making.zip_bomb("xl/sharedStrings.xml", gigabytes, rest)), "when unpacked")
    partial(hostile(making.zip_bomb("zeros.txt", gigabytes, {})), "when unpacked")
    partial(hostile(gzip.compress(bytes(40 << 20), 1)), "when unpacked")


def test_a_nested_zip_bomb(hostile: Callable[..., Extracted]) -> None:
    bomb = making.zip_bomb("zeros.txt", 0.03, {})
    for level in range(4):
        bomb = making.zipped({f"{level}-{n}.zip": bomb for n in range(8)})
    partial(hostile(bomb), "when unpacked")


def test_an_overlapping_zip_bomb(hostile: Callable[..., Extracted]) -> None:
    partial(hostile(making.overlapping_zip(5000, 1 << 20)))


def test_files_in_files_without_end(hostile: Callable[..., Extracted]) -> None:
    data = b"deep"
    for level in range(40):
        data = making.zipped({f"{level}.zip": data})
    partial(hostile(data), "more than 8 deep")


def test_more_members_than_are_read() -> None:
    with Extractor(Limits(max_parts=100)) as small:
        found = small.extract(making.zipped({f"{n}.txt": f"text {n}" for n in range(110)}))
    partial(found, "more than 100 files inside")
    assert [piece.text for piece in found.pieces if piece.text.startswith("text")][-1] == "text 99"


DOCTYPE = '<?xml version="1.0"?><!DOCTYPE r [{}]>'
OUTSIDE = DOCTYPE.format('<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y SYSTEM "http://127.0.0.1:9/">')
LAUGHS = DOCTYPE.format('<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)))


@pytest.mark.parametrize("head", [OUTSIDE, LAUGHS], ids=["outside", "laughs"])
@pytest.mark.parametrize("kind", ["xml", "docx", "xlsx", "html", "svg"])
def test_entities_are_neither_fetched_nor_expanded(hostile: Callable[..., Extracted], kind: str, head: str) -> None:
    references = "&x;&y;" if head is OUTSIDE else "&a11;"
    word = (
        f"{head}<w:document {making.W}><w:body><w:p><w:r><w:t>Mara {references}</w:t></w:r></w:p></w:body></w:document>"
    )
    made = {
        "xml": f"{head}<r>Mara {references}</r>".encode(),
        "svg": f"{head}<svg><text>Mara {references}</text></svg>".encode(),
        "docx": making.docx(word__document_0xml=word),
        "xlsx": making.xlsx([["a"]], xl__sharedStrings_0xml=f"{head}<sst><si><t>Mara {references}</t></si></sst>"),
        "html": f"{head}<html><body>Mara {references}</body></html>".encode(),
    }[kind]
    found = hostile(made, "a.html" if kind == "html" else "")
    partial(found, "declares entities")
    texts = "".join(piece.text for piece in found.pieces)
    assert "Mara" in texts
    assert "root:" not in texts
    assert len(texts) < 20_000


def test_an_attribute_may_not_multiply_entities(hostile: Callable[..., Extracted]) -> None:
    partial(hostile(f'{LAUGHS}<r a="&a11;">Mara</r>'.encode()))


def test_a_page_tree_that_leads_to_itself(hostile: Callable[..., Extracted]) -> None:
    objects = making.pdf_page("Mara")
    objects[2] = b"<< /Type /Pages /Kids [3 0 R 2 0 R 6 0 R] /Count 1000000000 >>"
    objects[6] = b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 6 0 R] /Count 1000000000 >>"
    hostile(making.pdf(objects))


def test_a_chain_of_tables_that_leads_to_itself(hostile: Callable[..., Extracted]) -> None:
    data = making.pdf(making.pdf_page("Mara"))
    table = data.rindex(b"xref\n0 ")
    hostile(data.replace(b"trailer << ", b"trailer << /Prev %d " % table))


def test_a_pdf_of_a_million_objects(hostile: Callable[..., Extracted], scale: int) -> None:
    objects = making.pdf_page("Mara Quinn")
    objects |= dict.fromkeys(range(6, 1000000 if scale > 1 else 200000), b"<< /A (x) >>")
    found = hostile(making.pdf(objects))
    assert any("Mara Quinn" in piece.text for piece in found.pieces)


def test_a_stream_bomb_in_a_pdf(hostile: Callable[..., Extracted]) -> None:
    objects = making.pdf_page("Mara", extra=b"/Annots [9 0 R]")
    bomb = making.stream(bytes(100 << 20), b"/Type /Metadata /Subtype /XML")
    objects[6] = bomb
    partial(hostile(making.pdf(objects)))
    objects[4] = bomb
    hostile(making.pdf(objects))


def test_pages_before_the_one_that_hangs_are_kept(hostile: Callable[..., Extracted]) -> None:
    found = hostile(making.hanging())
    assert found.pieces[0].text == "Mara Quinn on page one"


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "Mara",
        "<table><tr><td>" * 30_000 + "Mara",
        "<b><i><font>" * 50_000 + "Mara",
        "<!--" * 200_000 + "Mara",
        "<a " * 200_000 + "Mara",
        "<a href='" * 100_000 + "Mara",
        "&" * 1_000_000 + "Mara",
        "<![CDATA[" * 100_000 + "Mara",
        "<!DOCTYPE " * 100_000 + "Mara",
        "<script>" + "</scrip" * 200_000 + "Mara",
    ],
    ids=lambda page: page[:12],
)  # fmt: skip
def test_pages_that_nest_or_never_close(hostile: Callable[..., Extracted], page: str) -> None:
    found = hostile(f"<!doctype html><p>First</p>{page}".encode())
    assert any("First" in piece.text for piece in found.pieces)
    if found.completeness is Completeness.COMPLETE:
        assert any("Mara" in piece.text for piece in found.pieces)


def test_xml_a_hundred_thousand_deep(hostile: Callable[..., Extracted]) -> None:
    found = hostile(b"<?xml version='1.0'?>" + b"<a>" * 100_000 + b"Mara" + b"</a>" * 100_000)
    assert [piece.text for piece in found.pieces] == ["Mara"]


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_a_hundred_thousand_deep(hostile: Callable[..., Extracted], opening: str) -> None:
    found = hostile((opening * 100_000 + '"Mara"' + {"[": "]"}.get(opening, "}") * 100_000).encode(), "a.json")
    partial(found, "nested too deeply")
    assert any("Mara" in piece.text for piece in found.pieces)


def test_a_table_with_a_line_of_fifty_megabytes(extractor: Extractor) -> None:
    for line in (b"x" * 50_000_000, b"x," * 25_000_000, b'"' + b"x\n" * 25_000_000):
        found = extractor.extract(b"Name,MRN\nMara,7\n" + line, "a.csv")
        assert [piece.text for piece in found.pieces[:4]] == ["Name", "MRN", "Mara", "7"]
        assert [piece.context for piece in found.pieces[2:4]] == ["Name", "MRN"]
        assert sum(len(piece.text) for piece in found.pieces) >= 50_000_000
        assert found.completeness is Completeness.COMPLETE


def test_a_message_of_ten_thousand_nested_parts(hostile: Callable[..., Extracted]) -> None:
    made = "From: a@x.test\nTo: b@x.test\nSubject: s\n"
    for level in range(10_000):
        made += f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
    found = hostile((made + "\nMara\n").encode())
    partial(found, "multiparts")
    assert any("Mara" in piece.text for piece in found.pieces)


def test_a_message_of_many_nested_messages(hostile: Callable[..., Extracted]) -> None:
    made = "From: a@x.test\nTo: b@x.test\n" + "Content-Type: message/rfc822\n\nSubject: s\n" * 3000 + "\nMara\n"
    found = hostile(made.encode())
    partial(found)
    assert any("Mara" in piece.text for piece in found.pieces)


def test_names_that_climb_are_only_said(hostile: Callable[..., Extracted]) -> None:
    found = hostile(making.zipped({"../../../tmp/x": "Mara", "/etc/passwd": "Tom", "C:\\a\\..\\b.txt": "Ada"}))
    assert found.completeness is Completeness.COMPLETE
    assert {"Mara", "Tom", "Ada", "../../../tmp/x", "/etc/passwd"} <= {piece.text for piece in found.pieces}


def test_a_part_of_a_package_that_climbs_is_none(hostile: Callable[..., Extracted]) -> None:
    relations = making.RELS.format(making.relation(1, "../../../../../etc/passwd"))
    found = hostile(making.xlsx([["Mara"]], xl___rels__workbook_0xml_0rels=relations))
    assert not any("root:" in piece.text for piece in found.pieces)
    assert any("Mara" in piece.text for piece in found.pieces)  # as a sheet that the workbook does not lead to


def test_a_workbook_with_cells_at_its_far_corner(hostile: Callable[..., Extracted]) -> None:
    rows = "".join(f'<row r="{n}"><c r="XFD{n}" t="inlineStr"><is><t>v{n}</t></is></c></row>' for n in range(1, 20_000))
    book = making.xlsx([], xl__worksheets__sheet1_0xml=f"<worksheet><sheetData>{rows}</sheetData></worksheet>")
    found = hostile(book)
    assert found.pieces[-1].text == "v19999"


def test_reasons_hold_no_content_and_do_not_multiply(hostile: Callable[..., Extracted]) -> None:
    members = {f"mara-quinn-{n}.png": making.PNG for n in range(500)}
    found = hostile(making.zipped(members))
    assert 1 < len(found.reasons) <= 52
    assert "quinn" not in json.dumps(found.reasons)


def test_a_result_that_is_too_large_is_cut(extractor: Extractor) -> None:
    with Extractor(Limits(max_characters=1000, max_pieces=50)) as small:
        text = small.extract(b"a" * 5000, "a.txt")
        assert sum(len(piece.text) for piece in text.pieces) == 1000
        partial(text, "1,000 characters")
        table = small.extract(b"Name,MRN\n" + b"Mara,7\n" * 100, "a.csv")
        assert len(table.pieces) == 50
        partial(table, "50 pieces")
        partial(Extractor(Limits(max_bytes=10)).extract(b"a" * 11), "more than 10")
