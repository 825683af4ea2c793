"""OpenDocument texts, tables and slides (LibreOffice)."""

from __future__ import annotations

from ringfence.extract.archive import Archive
from ringfence.extract.format import File, Format
from ringfence.extract.markup import Markup, Rules
from ringfence.extract.output import Out

_RULES = Rules(
    joined=frozenset({"p", "h"}),
    inserted={"tab": "\t", "line-break": "\n", "s": " "},
    # OpenDocument 1.3, part 3, by local names
    attributes=frozenset(
        {"string-value", "date-value", "formula", "href", "title", "name", "display-name", "description", "value"}
    ),
    silent=frozenset({"style-name"}),
    lines=False,
)


def read(file: File, out: Out) -> None:
    archive = Archive(file.data, out)
    pictures = 0
    for number, info in enumerate(archive.members, 1):
        name = info.filename.lower()
        if name.startswith("pictures/") or name.endswith((".png", ".jpg", ".svm")):
            pictures += 1
            continue
        data = archive.read(info, f"part {number}")
        if data is None:
            continue
        if name == "meta-inf/manifest.xml" and b"encryption-data" in data:
            out.reason("encrypted: not read. Remove its password first")
            return
        inside = out.within("" if name == "content.xml" else f"part {info.filename}", f"part {number}")
        if name.endswith((".xml", ".rdf")):
            rest = Markup(inside, _RULES).read(data)
            inside.add("after the error", rest.decode("utf-8", "replace"))
        elif name != "mimetype":
            inside.file(data, info.filename)
    if pictures:
        out.reason(f"{pictures} images in it are not read. Send the text of them")


FORMAT = Format(
    kind="opendocument",
    certainty=80,
    recognise=lambda file: {"content.xml", "meta-inf/manifest.xml"} <= file.members,
    read=read,
    reads="paragraphs, cells, formulas, comments, headers, footers, deleted text, properties, embedded documents",
    leaves="images, encrypted documents: PARTIAL",
    source="https://docs.oasis-open.org/office/OpenDocument/v1.3/",
    suffixes=(".odt", ".ods", ".odp", ".odg"),
)
