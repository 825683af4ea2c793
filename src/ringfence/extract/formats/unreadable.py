"""Formats that are known by their first bytes and not read: named, so that nothing is passed over in silence."""

from __future__ import annotations

from ringfence.extract.format import File, Format
from ringfence.extract.loose import put_loose_text
from ringfence.extract.output import Out

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# First bytes, name, what to do. https://www.iana.org/assignments/media-types/
_PICTURE = "what it shows is not read. Send the text of it"
_SOUND = "what is heard and seen in it is not read. Send a transcript"
_PACKED = "not read. Unpack it, or pack it as zip"
_KNOWN = (
    (b"\x89PNG\r\n\x1a\n", "an image (PNG)", _PICTURE),
    (b"\xff\xd8\xff", "an image (JPEG)", _PICTURE),
    (b"GIF8", "an image (GIF)", _PICTURE),
    (b"II*\x00", "an image (TIFF)", _PICTURE),
    (b"MM\x00*", "an image (TIFF)", _PICTURE),
    (b"BM", "an image (BMP)", _PICTURE),
    (b"\xd7\xcd\xc6\x9a", "an image (WMF)", _PICTURE),
    (b"\x01\x00\x00\x00\x6c\x00\x00\x00", "an image (EMF)", _PICTURE),
    (b"RIFF", "an image, sound or film (RIFF)", _SOUND),
    (b"OggS", "sound or film (Ogg)", _SOUND),
    (b"ID3", "sound (MP3)", _SOUND),
    (b"fLaC", "sound (FLAC)", _SOUND),
    (b"\x1aE\xdf\xa3", "film (Matroska)", _SOUND),
    (b"BZh", "a packed file (bzip2)", _PACKED),
    (b"\xfd7zXZ\x00", "a packed file (xz)", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)", _PACKED),
    (b"Rar!\x1a\x07", "an archive (RAR)", _PACKED),
    (b"\x28\xb5\x2f\xfd", "a packed file (zstd)", _PACKED),
    (b"SQLite format 3\x00", "a database (SQLite)", "its records are not read. Export them as CSV"),
    (b"PAR1", "a table (Parquet)", "its records are not read. Export them as CSV"),
    (b"\x7fELF", "a program (ELF)", "not read, and never run. Leave it out"),
    (b"MZ", "a program (Windows)", "not read, and never run. Leave it out"),
)
_OLD_OFFICE = (
    ("EncryptedPackage", "an encrypted Office document", "not read. Remove its password first"),
    ("__substg1.0_", "a message of Outlook (.msg)", "only loose runs of text were read. Save it as .eml"),
    ("WordDocument", "an old Word document (.doc)", "only loose runs of text were read. Save it as .docx"),
    ("Workbook", "an old Excel workbook (.xls)", "only loose runs of text were read. Save it as .xlsx"),
    ("Book", "an old Excel workbook (.xls)", "only loose runs of text were read. Save it as .xlsx"),
    ("PowerPoint Document", "old slides (.ppt)", "only loose runs of text were read. Save them as .pptx"),
    ("", "an embedded object or old Office file (OLE)", "only loose runs of text were read. Convert it"),
)
_MACROS = "_VBA_PROJECT".encode("utf-16-le")


def _what(file: File) -> tuple[str, str] | None:
    if file.data.startswith(_OLE):
        for stream, what, remedy in _OLD_OFFICE:
            if stream.encode("utf-16-le") in file.data:
                return what, remedy
    if file.data[4:8] == b"ftyp":
        return "an image, sound or film (ISO media)", _SOUND
    for magic, what, remedy in _KNOWN:
        # Two letters may also begin a text.
        if file.data.startswith(magic) and (len(magic) > 3 or not file.head):
            return what, remedy
    return None


def read(file: File, out: Out) -> None:
    known = _what(file)
    assert known is not None
    what, remedy = known
    out.reason(f"it is {what}: {remedy}")
    if file.data.startswith(_OLE) and _MACROS in file.data:
        out.reason("macros are in it: they were not read or run. Remove them")
    put_loose_text(file.data, out)


FORMAT = Format(
    kind="",
    certainty=55,
    recognise=lambda file: _what(file) is not None,
    read=read,
    reads="loose runs of text, as in the notes that cameras and Office programs leave",
    leaves="images, sound, film, other archives, programs, databases, old Office files (.doc, .xls, .msg): PARTIAL",
    source="https://www.iana.org/assignments/media-types/media-types.xhtml",
)
