"""Files as other programs' libraries write them, so that our own hand does not vouch for our reading of it."""

from __future__ import annotations

import datetime
import importlib
import io

import pytest

from ringfence.extract import Extractor
from ringfence.vocabulary.extracted import Piece
from ringfence.vocabulary.text import Completeness
from support.needs import need_package


def test_a_document_of_python_docx(extractor: Extractor) -> None:
    need_package("docx")
    docx = importlib.import_module("docx")
    document = docx.Document()
    document.add_heading("Discharge letter", 1)
    line = document.add_paragraph("Patient Ma")
    line.add_run("ra Qui").bold = True
    line.add_run("nn\tMRN 7261554")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Name", "SSN", "Tom Baker", "536-22-8412"), strict=True):
        cell.text = text
    document.sections[0].header.paragraphs[0].text = "Ward 7"
    document.core_properties.author = "Ada Okafor"
    document.add_comment(line.runs, text="call her son", author="Nurse Lee", initials="NL")
    made = io.BytesIO()
    document.save(made)
    read = extractor.extract(made.getvalue(), "a.docx")
    assert (read.kind, read.completeness, read.reasons) == ("docx", Completeness.COMPLETE, ())
    assert Piece("paragraph 2", "Patient Mara Quinn\tMRN 7261554") in read.pieces
    assert Piece("table 1, row 2, column 2", "536-22-8412", "SSN") in read.pieces
    assert {"Ward 7", "Ada Okafor", "call her son", "Nurse Lee"} <= {piece.text for piece in read.pieces}


def test_a_workbook_of_openpyxl(extractor: Extractor) -> None:
    need_package("openpyxl")
    openpyxl = importlib.import_module("openpyxl")
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Members"
    sheet.append(["Name", "Date of birth", "SSN"])
    sheet.append(["Mara Quinn", datetime.date(1950, 1, 2), 536228412])
    sheet["C2"].number_format = "000-00-0000"
    sheet["A2"].comment = Comment("moved to Leeds", "Nurse Lee")
    hidden = book.create_sheet("Old")
    hidden.sheet_state = "hidden"
    hidden["B3"] = "Tom Baker"
    made = io.BytesIO()
    book.save(made)
    read = extractor.extract(made.getvalue(), "a.xlsx")
    assert (read.kind, read.completeness, read.reasons) == ("xlsx", Completeness.COMPLETE, ())
    assert Piece("sheet Members, cell B2", "1950-01-02", "Date of birth") in read.pieces
    assert Piece("sheet Members, cell C2", "536-22-8412", "SSN") in read.pieces
    assert Piece("sheet Members, cell A2, comment", "moved to Leeds") in read.pieces
    assert Piece("sheet Old (hidden), cell B3", "Tom Baker") in read.pieces


@pytest.mark.parametrize("password", [None, ""], ids=["plain", "owner's password only"])
def test_a_pdf_of_reportlab(extractor: Extractor, password: str | None) -> None:
    need_package("reportlab")
    canvas = importlib.import_module("reportlab.pdfgen.canvas")
    made = io.BytesIO()
    page = canvas.Canvas(made)
    page.setAuthor("Ada Okafor")
    page.drawString(72, 700, "Patient Mara Quinn")
    page.textAnnotation("call her son", [9, 9, 20, 20])
    page.acroForm.textfield(name="mrn", value="7261554", x=72, y=500)
    page.showPage()
    page.drawString(72, 700, "Second page")
    page.save()
    data = made.getvalue() if password is None else encrypted(made.getvalue(), "")
    read = extractor.extract(data)
    assert (read.kind, read.completeness, read.reasons) == ("pdf", Completeness.COMPLETE, ())
    assert Piece("page 1", "Patient Mara Quinn") in read.pieces
    assert Piece("page 2", "Second page") in read.pieces
    assert Piece("page 1, form field, value", "7261554", "mrn") in read.pieces
    assert Piece("page 1, annotation (Text), note", "call her son") in read.pieces
    assert Piece("document information, Author", "Ada Okafor", "Author") in read.pieces
    locked = extractor.extract(encrypted(made.getvalue(), "secret"))
    assert locked.reasons == ("encrypted: not read. Remove its password first",)


def encrypted(data: bytes, password: str) -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(password, "owner", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
