"""Word documents and PowerPoint slides: every part of the package that holds text, seen or hidden."""

from __future__ import annotations

from ringfence.extract.format import File, Format
from ringfence.extract.office import Package
from ringfence.extract.output import Out


def read(file: File, out: Out) -> None:
    Package(file, out).rest()


FORMAT = Format(
    kind="docx",
    certainty=80,
    recognise=lambda file: file.holds("word/"),
    read=read,
    reads="paragraphs, tables, text boxes, headers, footers, footnotes, endnotes, comments, tracked changes (deleted "
    "text too), fields, content controls, links, charts, properties, custom XML, embedded files",
    leaves="images, macros, embedded objects, encrypted documents: PARTIAL. Embedded fonts are passed over",
    source="https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    suffixes=(".docx", ".docm", ".dotx", ".dotm"),
    media_types=("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
)
