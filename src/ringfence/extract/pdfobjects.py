"""What a PDF holds beside its pages, read with pypdf: every string of every object, and files attached to it.

Notes, fields, bookmarks, links, information about the document, scripts and alternative texts all are strings in its
objects, so none of them needs to be known by name to be found.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator
from typing import Any, Final

import pypdf
from pypdf import generic
from pypdf.errors import PyPdfError

from ringfence.extract.characters import looks_like_text
from ringfence.extract.output import Out

logging.getLogger("pypdf").disabled = True  # it would quote the file

# Strings that no person wrote: digests, signatures' bytes, names of character sets, how a field is drawn.
_SILENT: Final = frozenset(
    {"/ID", "/DA", "/Registry", "/Ordering", "/CharSet", "/Lang", "/NM", "/Cert", "/ByteRange", "/DS"}
)
_WORDS: Final = {
    "/Contents": "note", "/T": "name", "/V": "value", "/DV": "default value", "/TU": "description", "/Title": "title",
    "/URI": "address", "/JS": "JavaScript", "/Alt": "alternative text", "/ActualText": "actual text",
    "/RC": "rich text", "/RV": "rich text value", "/Subj": "subject", "/CA": "caption", "/UF": "file name",
    "/F": "file name", "/Desc": "description", "/Opt": "option",
}  # fmt: skip
_MAX_NESTING: Final = 60
_BROKEN: Final = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OSError)


class Objects:
    """Reads every object that the file's tables name. Raises pypdf's errors where the file can't be opened."""

    def __init__(self, data: bytes, out: Out) -> None:
        self._out = out
        self._reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if self._reader.is_encrypted:
            self._reader.decrypt("")
        self._pages: dict[int, int] = {}  # page by the number of its object, and of each annotation on it
        self._files = 0
        self._broken = 0

    def read(self) -> None:
        trailer = self._reader.trailer
        information = _reference(trailer, "/Info")
        secret = _reference(trailer, "/Encrypt")
        with contextlib.suppress(*_BROKEN, RecursionError):
            for number, page in enumerate(self._reader.pages, 1):
                annotations = page.get("/Annots")
                raw = list.__iter__(annotations) if isinstance(annotations, generic.ArrayObject) else ()
                for reference in (page.indirect_reference, *raw):
                    if isinstance(reference, generic.IndirectObject):
                        self._pages[reference.idnum] = number
        for generation, number in self._numbers():
            if number == secret:
                continue
            try:
                value = self._reader.get_object(generic.IndirectObject(number, generation, self._reader))
                self._read_object(value, number, "document information" if number == information else "")
            except (*_BROKEN, RecursionError):
                self._broken += 1
        if self._broken:
            self._out.reason(f"{self._broken} objects of the file are broken: not read. Repair the file")

    def _numbers(self) -> Iterator[tuple[int, int]]:
        """Generation and number of each object, once."""
        seen = set()
        for generation, offsets in list(self._reader.xref.items()):
            for number in list(offsets):
                if number not in seen:
                    seen.add(number)
                    yield generation, number
        for number in list(self._reader.xref_objStm):
            if number not in seen:
                yield 0, number

    def _read_object(self, value: Any, number: int, place: str) -> None:
        """All strings of an object, those in others that it refers to left to them."""
        if isinstance(value, generic.StreamObject):
            self._read_stream(value)
        pending: list[tuple[Any, str, str, str, int]] = [(value, place or f"object {number}", "", "", 0)]
        while pending:
            value, place, key, name, depth = pending.pop()
            if isinstance(value, generic.DictionaryObject):
                place, name = self._place(value, place, number), _said(value, "/T") or name
                if "/EF" in value:
                    self._read_file(value)
                if depth < _MAX_NESTING:
                    pending.extend(
                        (value.raw_get(inner), place, str(inner), name, depth + 1)
                        for inner in reversed(list(value))
                        if inner not in _SILENT
                    )
            elif isinstance(value, generic.ArrayObject):
                if key == "/XFA":
                    self._read_form(value)
                if depth < _MAX_NESTING:
                    pending.extend(
                        (list.__getitem__(value, n), place, key, name, depth + 1) for n in reversed(range(len(value)))
                    )
            elif isinstance(value, generic.TextStringObject | generic.ByteStringObject):
                self._put(value, place, key, name)
            elif isinstance(value, generic.IndirectObject) and key in ("/JS", "/RC", "/RV", "/V"):
                self._read_text_stream(value, place, key, name)

    def _put(self, value: str | bytes, place: str, key: str, name: str) -> None:
        if isinstance(value, bytes):
            if not looks_like_text(value):
                return
            value = value.decode("utf-8", "replace")
        value = str(value)  # no longer the library's own kind of string
        word = _WORDS.get(key, key.lstrip("/"))
        context = name if key in ("/V", "/DV", "/RV", "/Opt") else "" if key in ("/Contents", "/T") else word
        self._out.add(f"{place}, {word}" if word else place, value, context)

    def _place(self, value: generic.DictionaryObject, place: str, object_number: int) -> str:
        """What the dictionary in this object is, in a person's words."""
        kind, subtype = value.get("/Type"), value.get("/Subtype")
        page = value.raw_get("/P") if "/P" in value else None
        reference = page.idnum if isinstance(page, generic.IndirectObject) else object_number
        number = self._pages.get(reference)
        on = f"page {number}, " if number else ""
        if "/FT" in value or subtype == "/Widget":
            return f"{on}form field"
        if kind == "/Annot" or ("/Rect" in value and subtype):
            return f"{on}annotation ({str(subtype).lstrip('/')})"
        if kind in ("/Filespec", "/F") or "/EF" in value:
            return "attachment"
        if value.get("/S") == "/URI":
            return "link"
        if value.get("/S") == "/JavaScript":
            return "script"
        if "/Title" in value and ("/Dest" in value or "/A" in value or "/Next" in value or "/Prev" in value):
            return "bookmark"
        if kind == "/StructElem":
            return f"{on}structure"
        return place

    def _read_stream(self, stream: generic.StreamObject) -> None:
        if stream.get("/Type") == "/Metadata" or stream.get("/Subtype") == "/XML":
            data = self._data(stream)
            if data:
                self._out.within("metadata").file(data, "metadata.xml", "application/xml")

    def _read_text_stream(self, reference: generic.IndirectObject, place: str, key: str, name: str) -> None:
        found = reference.get_object()
        if isinstance(found, generic.StreamObject):
            data = self._data(found)
            if looks_like_text(data):
                self._put(data, place, key, name)

    def _read_file(self, specification: generic.DictionaryObject) -> None:
        """An attached file, read as the file that it is."""
        name = _said(specification, "/UF") or _said(specification, "/F")
        files = specification["/EF"]
        assert isinstance(files, generic.DictionaryObject)
        seen = set()
        for key in files:
            reference = files.raw_get(key)
            if getattr(reference, "idnum", key) in seen:
                continue
            seen.add(getattr(reference, "idnum", key))
            stream = files[key]
            if isinstance(stream, generic.StreamObject):
                self._files += 1
                data = self._data(stream)
                self._out.within(f"attachment {name}", f"attachment {self._files}").file(data, name)

    def _read_form(self, packets: generic.ArrayObject) -> None:
        """An XFA form: names and streams in turn."""
        for packet in packets:
            found = packet.get_object()
            if isinstance(found, generic.StreamObject):
                self._out.within("XFA form").file(self._data(found), "form.xml", "application/xml")

    def _data(self, stream: generic.StreamObject) -> bytes:
        self._out.flush()
        data = stream.get_data()
        self._out.ledger.unpacked(len(data))
        return data


def _reference(trailer: generic.DictionaryObject, key: str) -> int:
    value = trailer.raw_get(key) if key in trailer else None
    return value.idnum if isinstance(value, generic.IndirectObject) else 0


def _said(value: generic.DictionaryObject, key: str) -> str:
    found = value.get(key)
    return str(found) if isinstance(found, generic.TextStringObject) else ""
