"""The pages of a PDF, read with PDFium: their text in reading order, and what on them is no text."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from ringfence.extract.output import Out

# Smaller pictures are lines, dots and bullets.
_SMALLEST_PICTURE_PIXELS: Final = 24
# A page with fewer letters than this under a picture is taken for a scan.
_NESTING: Final = 8
_MAX_BROKEN_IN_A_ROW: Final = 100
_MAX_OBJECTS_LOOKED_AT: Final = 20_000
_UNREADABLE_SHARE: Final = 0.1
_UNREADABLE: Final = re.compile("[\ufffd\ue000-\uf8ff\u0000-\u0008\u000e-\u001f]")
# PDFium's marks for a hyphen at the end of a line
_HYPHENS: Final = str.maketrans({"\ufffe": "-", "\u0002": "-", "\r": None})


class Pages:
    """Reads all pages, and remembers which could not be read whole. Raises pypdfium2.PdfiumError where none can."""

    def __init__(self, data: bytes, out: Out) -> None:
        self._out = out
        self._broken: list[int] = []
        self._pictures: list[int] = []
        self._drawn: list[int] = []
        self._strange: list[int] = []
        self._document = pypdfium2.PdfDocument(data)

    def read(self) -> None:
        try:
            broken_in_a_row = 0
            for number in range(1, len(self._document) + 1):
                self._out.flush()
                before = len(self._broken)
                self._read_page(number)
                broken_in_a_row = broken_in_a_row + 1 if len(self._broken) > before else 0
                if broken_in_a_row >= _MAX_BROKEN_IN_A_ROW:
                    break
        finally:
            self._tell()
            self._document.close()

    def _read_page(self, number: int) -> None:
        try:
            page = self._document[number - 1]
        except pypdfium2.PdfiumError:
            self._broken.append(number)
            return
        text = _text(page)
        self._out.add(f"page {number}", text)
        strange = len(_UNREADABLE.findall(text))
        if strange > _UNREADABLE_SHARE * len(text):
            self._strange.append(number)
        objects, pictures = _count(page)
        if pictures:
            self._pictures.append(number)
        elif objects and not text.strip():
            self._drawn.append(number)
        if pdfium.FPDFPage_GetAnnotCount(page) > 0:
            self._read_annotations(number, page, text)
        page.close()

    def _read_annotations(self, number: int, page: pypdfium2.PdfPage, text: str) -> None:
        """What annotations and fields show: the page is drawn with them, and the lines that are new are theirs."""
        self._out.flush()
        if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) != pdfium.FLATTEN_SUCCESS:
            return
        page.close()
        page = self._document[number - 1]
        known = set(text.split("\n"))
        new = [line for line in _text(page).split("\n") if line not in known]
        self._out.add(f"page {number}, annotations and fields as shown", "\n".join(new))

    def _tell(self) -> None:
        for pages, what in (
            (self._broken, "broken: not read. Repair the file"),
            (self._pictures, "there are images on them, which are not read. Send the text of them, as by OCR"),
            (self._drawn, "they have no text, only drawings, which are not read. Send the text of them, as by OCR"),
            (self._strange, "their letters have no known meaning, so the text may be wrong. Save the file anew"),
        ):
            if pages:
                self._out.reason(f"pages {ranges(pages)}: {what}")


def _text(page: pypdfium2.PdfPage) -> str:
    """All text of a page, also what stands outside of what is shown."""
    loaded = page.get_textpage()
    try:
        return str(loaded.get_text_range(errors="replace")).translate(_HYPHENS) if loaded.count_chars() > 0 else ""
    finally:
        loaded.close()


def _count(page: pypdfium2.PdfPage) -> tuple[int, int]:
    """How many objects are on the page, and how many of them are pictures of some size."""
    objects = pictures = 0
    width, height = ctypes.c_uint(), ctypes.c_uint()
    for found in page.get_objects(max_depth=_NESTING):
        objects += 1
        if found.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            known = pdfium.FPDFImageObj_GetImagePixelSize(found, width, height)
            pictures += not known or min(width.value, height.value) >= _SMALLEST_PICTURE_PIXELS
        elif found.type == pdfium.FPDF_PAGEOBJ_SHADING:
            objects -= 1
        if objects > _MAX_OBJECTS_LOOKED_AT:
            return objects, pictures or 1  # more may come: said rather than passed over
    return objects, pictures


def ranges(numbers: Sequence[int]) -> str:
    """`1-3, 7` for 1, 2, 3, 7; the first twenty ranges."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    said = [str(first) if first == last else f"{first}-{last}" for first, last in found[:20]]
    return ", ".join([*said, "and others"] if len(found) > 20 else said)
