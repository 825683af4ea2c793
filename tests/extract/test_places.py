"""Every place of each format in which text may stand, seen or hidden: what was planted there comes out, with a place at
which a person finds it again."""

from __future__ import annotations

import gzip

import making
import pytest

from ringfence.extract import Extractor
from ringfence.vocabulary.extracted import Extracted, Piece
from ringfence.vocabulary.text import Completeness


def where(read: Extracted, text: str) -> list[str]:
    return [piece.where for piece in read.pieces if text in piece.text]


def only(read: Extracted, text: str) -> Piece:
    found = [piece for piece in read.pieces if text in piece.text]
    assert len(found) == 1, found
    return found[0]


DOCX = {
    "PlantedBody": "paragraph 1",
    "PlantedCell": "table 1, row 2, column 1",
    "PlantedNumber 7261": "table 1, row 2, column 2",
    "PlantedInserted": "paragraph 6",
    "PlantedDeleted": "paragraph 6, before a tracked change",
    "PlantedTextBox": "paragraph 7",
    "PlantedField": "paragraph 10, field",
    "PlantedHeader": "header 1, paragraph 1",
    "PlantedFooter": "footer 1, paragraph 1",
    "PlantedFootnote": "footnotes, paragraph 1",
    "PlantedEndnote": "endnotes, paragraph 1",
    "PlantedComment": "comments, paragraph 1",
    "PlantedLink": "link",
    "PlantedCreator": "properties (core)",
    "PlantedProperty": "properties (custom)",
    "PlantedEmbedded": "part word/embeddings/sheet1.xlsx, sheet Claims, cell A1",
    "PlantedEraser": "/document/body/p/del/@author",
    "PlantedCommenter": "comments",
    "PlantedControl": "alias",
    "PlantedAltText": "descr",
    "PlantedVariable": "settings",
    "PlantedCustomXml": "customXml/item1.xml",
    "PlantedChart": "word/charts/chart1.xml",
}


def test_each_place_of_a_document_is_read(extractor: Extractor) -> None:
    read = extractor.extract(making.docx_with_everything())
    assert (read.kind, read.completeness, read.reasons) == ("docx", Completeness.COMPLETE, ())
    for planted, place in DOCX.items():
        assert any(place in found for found in where(read, planted)), (planted, where(read, planted))


def test_a_cell_of_a_document_has_its_columns_header_and_a_property_its_name(extractor: Extractor) -> None:
    read = extractor.extract(making.docx_with_everything())
    assert only(read, "PlantedNumber").context == "MRN"
    assert only(read, "PlantedCell").context == "Name"
    assert only(read, "PlantedProperty").context == "MRN"


def test_a_tracked_change_is_read_as_it_stands_and_as_it_stood(extractor: Extractor) -> None:
    texts = {piece.text for piece in extractor.extract(making.docx_with_everything()).pieces}
    assert {"The patient is PlantedInserted", "The patient is PlantedDeleted"} <= texts


def test_a_text_box_that_stands_twice_for_older_programs_is_read_once(extractor: Extractor) -> None:
    assert only(extractor.extract(making.docx_with_everything()), "PlantedTextBox")


XLSX = {
    "PlantedShared": "sheet Claims, cell A2",
    "2050-01-01": "",
    "PlantedResult": "sheet Claims, cell A3",
    "PlantedFormula": "sheet Claims, cell A3, formula",
    "PlantedSheetHeader": "sheet Claims",
    "PlantedSheetFooter": "sheet Claims",
    "PlantedPrompt": "sheet Claims",
    "PlantedChoice": "sheet Claims",
    "PlantedTooltip": "sheet Claims",
    "PlantedSheetName": "name of sheet 2",
    "PlantedHiddenSheet": "sheet PlantedSheetName (hidden), cell A1",
    "PlantedUnlisted": "sheet that the workbook does not list",
    "PlantedDefinedName": "workbook, defined name",
    "PlantedDefined": "workbook, value of a defined name",
    "PlantedUnused": "text that no cell shows",
    "PlantedNote": "sheet Claims, cell B2, comment",
    "PlantedAuthor": "sheet Claims, author of a comment",
    "PlantedThread": "sheet Claims, cell C3, comment",
    "PlantedPivot": "pivotCacheDefinition1",
    "PlantedConnection": "connections",
    "PlantedOutside": "externalLink1",
    "PlantedCreator": "properties (core)",
}


def test_each_place_of_a_workbook_is_read(extractor: Extractor) -> None:
    read = extractor.extract(making.xlsx_with_everything())
    assert (read.kind, read.completeness, read.reasons) == ("xlsx", Completeness.COMPLETE, ())
    for planted, place in XLSX.items():
        if place:
            assert any(place in found for found in where(read, planted)), (planted, where(read, planted))


def test_cells_come_as_a_person_sees_them_with_their_header(extractor: Extractor) -> None:
    read = extractor.extract(making.xlsx_with_everything())
    assert only(read, "536-22-8412") == Piece("sheet Claims, cell C2", "536-22-8412", "SSN")
    assert only(read, "1950-01-01") == Piece("sheet Claims, cell B2", "1950-01-01", "DOB")
    assert only(read, "7261554") == Piece("sheet Claims, cell D2", "7261554", "MRN")


PDF = {
    "Planted on the page": "page 1",
    "PlantedOffPage": "page 1",
    "PlantedNote": "page 1, annotation (Text), note",
    "PlantedNoteAuthor": "page 1, annotation (Text), name",
    "PlantedFieldValue": "page 1, form field, value",
    "PlantedFieldHelp": "page 1, form field, description",
    "PlantedPdfAuthor": "document information, Author",
    "PlantedCustomKey": "document information, Ward",
    "PlantedXmp": "metadata",
    "PlantedAttached": "attachment PlantedFile.csv, column 1 (Name)",
    "PlantedFile.csv": "attachment, file name",
    "PlantedPdfLink": "link, address",
    "PlantedXfa": "XFA form",
    "PlantedBookmark": "bookmark, title",
    "PlantedScript": "script, JavaScript",
}


def test_each_place_of_a_pdf_is_read(extractor: Extractor) -> None:
    read = extractor.extract(making.pdf_with_everything())
    assert (read.kind, read.completeness, read.reasons) == ("pdf", Completeness.COMPLETE, ())
    for planted, place in PDF.items():
        assert any(place in found for found in where(read, planted)), (planted, where(read, planted))
    assert [piece.context for piece in read.pieces if piece.text == "PlantedFieldValue"] == ["mrn"]


HTML_PLACES = {
    "PlantedTitle": ("title", ""), "PlantedMeta": ("meta, attribute content", "author"),
    "PlantedJson": ("script on line 2, /patient/ssn", "ssn"), "PlantedScript": ("script on line 2", ""),
    "PlantedStyle": ("style", ""), "PlantedData": ("body, attribute data-mrn", "data-mrn"),
    "PlantedComment": ("comment", ""), "PlantedBody": ("", ""), "PlantedAlt": ("img, attribute alt", "alt"),
    "PlantedTip": ("img, attribute title", "title"), "PlantedHidden": ("input, attribute value", "mrn"),
    "PlantedArea": ("textarea", ""), "PlantedOption": ("option, attribute value", "value"),
    "PlantedCell": ("table 1, row 2, column 1", "Name"), "PlantedRecord": ("table 1, row 2, column 2", "MRN"),
    "PlantedDiagnosis": ("table 2, row 1, column 2", "Diagnosis"), "PlantedBirth": ("", "DOB"),
    "PlantedUnseen": ("", ""), "PlantedTail": ("", ""), "PlantedHref@x": ("a, attribute href, decoded", "href"),
}  # fmt: skip


def test_each_place_of_a_page_is_read(extractor: Extractor) -> None:
    read = extractor.extract(making.HTML)
    assert (read.kind, read.completeness) == ("html", Completeness.COMPLETE)
    for planted, (place, context) in HTML_PLACES.items():
        piece = only(read, planted)
        assert (piece.where, piece.context) == (place, context)
        assert piece.line > 0 or "script" in piece.where
    assert where(read, "PlantedFrame")


MAIL = {
    "Mára Plantedfrom": "header From",
    "Über PlantedSubject": "header Subject",
    "PlantedOwnHeader": "header X-Patient",
    "PlantedPlain – body": "body",
    "PlantedHtml": "body",
    "PlantedMailAlt": "body, img, attribute alt",
    "PlantedRow": "attachment PlantedNämé.csv, column 1 (Name)",
    "PlantedNämé.csv": "name of attachment 1",
    "PlantedFootnote": "attachment ../../etc/a.docx, footnotes, paragraph 1",
    "PlantedInnerSubject": "attached message 3, header Subject",
    "PlantedInnerBody": "attached message 3, body",
    "PlantedXmp": "attached message 3, attachment b.pdf, metadata",
    "PlantedPreamble": "outside of the parts",
}


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_each_place_of_a_message_is_read(extractor: Extractor, line_end: bytes) -> None:
    read = extractor.extract(bytes(making.message()).replace(b"\r\n", b"\n").replace(b"\n", line_end))
    assert (read.kind, read.completeness, read.reasons) == ("email", Completeness.COMPLETE, ())
    for planted, place in MAIL.items():
        assert any(place in found for found in where(read, planted)), (planted, where(read, planted))


def test_what_cannot_be_read_makes_it_partial_with_a_reason(extractor: Extractor) -> None:
    image = b'<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ">'
    picture = making.pdf_page("", resources=b"/XObject << /I 6 0 R >>", content=b"q 99 0 0 99 0 0 cm /I Do Q")
    picture[6] = making.stream(
        bytes(3 * 64 * 64),
        b"/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceRGB /BitsPerComponent 8",
    )
    encrypted = making.OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    for data, said in (
        (making.docx(word__media__image1_0png=making.PNG), "1 images"),
        (making.docx(word__vbaProject_0bin=b"x"), "macros"),
        (making.docx(word__embeddings__oleObject1_0bin=making.OLE + bytes(600)), "OLE"),
        (making.xlsx([["a"]], xl__vbaProject_0bin=b"x"), "macros"),
        (making.pdf(picture), "pages 1: there are images"),
        (making.pdf(making.pdf_page("", content=b"0 0 99 99 re f")), "only drawings"),
        (image, "image"),
        (encrypted, "encrypted"),
        (making.OLE + bytes(600) + "Workbook".encode("utf-16-le"), ".xls"),
        (making.OLE + bytes(600) + "__substg1.0_".encode("utf-16-le"), ".msg"),
        (making.PNG, "image"),
        (b"\x1f\x8b\x08" + bytes(20), "unpacked whole"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "7z"),
        (bytes(range(256)), "format is not known"),
        (b"{\\rtf1 a {\\pict 00}}", "images or objects"),
    ):
        read = extractor.extract(data)
        assert read.completeness is Completeness.PARTIAL
        assert any(said in reason for reason in read.reasons), (said, read.reasons)


def test_loose_text_of_an_old_office_file_is_read(extractor: Extractor) -> None:
    data = (
        making.OLE + bytes(100) + "Mara Quinn, MRN 7261554".encode("utf-16-le") + bytes(9) + b"Seen by Dr. Okafor\x00"
    )
    texts = " ".join(piece.text for piece in extractor.extract(data).pieces)
    assert "Mara Quinn, MRN 7261554" in texts
    assert "Seen by Dr. Okafor" in texts


def test_a_mailbox_is_read_message_by_message(extractor: Extractor) -> None:
    one = b"From a@x.test Mon Jan  1 00:00:00 2024\nFrom: a@x.test\nSubject: one\n\nMara\nFrom here on\n\n"
    read = extractor.extract(one + one.replace(b"Mara", b"Tom"), "a.mbox")
    assert read.kind == "email"
    assert only(read, "Mara") == Piece("message 1, body", "Mara\nFrom here on\n\n", "", 1)
    assert only(read, "Tom").where == "message 2, body"


def test_a_packed_table_is_read_as_a_table(extractor: Extractor) -> None:
    data = gzip.compress(b"Name,MRN\nMara,7\n") + gzip.compress(b"Tom,8\n")
    read = extractor.extract(data, "a.csv.gz")
    assert only(read, "Tom") == Piece("unpacked, column 1 (Name)", "Tom", "Name", 3)
    cut = extractor.extract(gzip.compress(b"Name,MRN\n" + b"Mara,7\n" * 500)[:-12], "a.csv.gz")
    assert cut.completeness is Completeness.PARTIAL
    assert cut.pieces
