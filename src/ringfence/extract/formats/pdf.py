"""PDF: the pages by PDFium, which reads what a reader sees; everything beside them by pypdf."""

from __future__ import annotations

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
from pypdf.errors import PyPdfError

from ringfence.extract.format import File, Format
from ringfence.extract.loose import put_loose_text
from ringfence.extract.output import Out
from ringfence.extract.pdfobjects import Objects
from ringfence.extract.pdfpages import Pages


def read(file: File, out: Out) -> None:
    try:
        pages = Pages(file.data, out)
    except pypdfium2.PdfiumError:
        if pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            out.reason("encrypted: not read. Remove its password first")
            return
        out.reason("broken as pdf: only loose runs of text were read. Repair the file")
        put_loose_text(file.data, out)
        return
    pages.read()
    out.flush()
    try:
        Objects(file.data, out).read()
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError) as error:
        out.reason(
            f"what it holds beside its pages can't be read ({type(error).__name__}): notes, fields, attachments. "
            "Repair the file"
        )


FORMAT = Format(
    kind="pdf",
    certainty=90,
    recognise=lambda file: b"%PDF-" in file.data[:1024],
    read=read,
    reads="text of the pages, also off the page and in layers; notes and other annotations, form fields, XFA, "
    "bookmarks, links, scripts (not run), alternative texts, information, XMP metadata, attached files",
    leaves="images, drawings without text, encrypted documents, letters without meaning: PARTIAL. Earlier versions "
    "that an update left behind are passed over",
    source="https://www.iso.org/standard/75839.html",
    suffixes=(".pdf",),
    media_types=("application/pdf",),
)
