"""Files of each format, put together by hand so that each hidden place is known, and hostile ones."""

from __future__ import annotations

import email.message
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(parts: Mapping[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, packing)
    return made.getvalue()


def relation(number: int, target: str, *, outside: bool = False) -> str:
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="rId{number}" Type="x" Target="{target}"{mode}/>'


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def docx(body: str = paragraph("Hello"), **parts: str | bytes) -> bytes:
    """A document with this body. Other parts by name, `__` for a slash and `_0` for a dot: `word__header1_0xml`."""
    named = {name.replace("__", "/").replace("_0", "."): data for name, data in parts.items()}
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        }
        | named
    )


def docx_with_everything() -> bytes:
    """Each place of a document has its own word, `Planted...`."""
    body = (
        paragraph("Planted", "Body")
        + "<w:tbl>" + row("Name", "MRN") + row("PlantedCell", "PlantedNumber 7261") + "</w:tbl>"
        + '<w:p><w:r><w:t>The patient is </w:t></w:r><w:del w:author="PlantedEraser"><w:r><w:delText>PlantedDeleted'
        "</w:delText></w:r></w:del><w:ins><w:r><w:t>PlantedInserted</w:t></w:r></w:ins></w:p>"
        + '<w:p><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:drawing><wps:txbx xmlns:wps="s"><w:txbxContent>'
        + paragraph("PlantedTextBox") + "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        + "<w:txbxContent>" + paragraph("PlantedTextBox") + "</w:txbxContent></w:pict></mc:Fallback>"
        + "</mc:AlternateContent></w:r></w:p>"
        + '<w:p><w:r><w:instrText>HYPERLINK "mailto:PlantedField"</w:instrText></w:r></w:p>'
        + '<w:sdt><w:sdtPr><w:alias w:val="PlantedControl"/></w:sdtPr><w:sdtContent>' + paragraph("x")
        + '</w:sdtContent></w:sdt><w:p><w:r><w:drawing><wp:docPr xmlns:wp="p" name="a" descr="PlantedAltText"/>'
        + "</w:drawing></w:r></w:p>"
    )  # fmt: skip

    def part(root: str, inner: str) -> str:
        return f"<w:{root} {W}>{inner}</w:{root}>"

    return docx(
        body,
        word__header1_0xml=part("hdr", paragraph("PlantedHeader")),
        word__footer1_0xml=part("ftr", paragraph("PlantedFooter")),
        word__footnotes_0xml=part("footnotes", f"<w:footnote>{paragraph('PlantedFootnote')}</w:footnote>"),
        word__endnotes_0xml=part("endnotes", f"<w:endnote>{paragraph('PlantedEndnote')}</w:endnote>"),
        word__comments_0xml=part(
            "comments", f'<w:comment w:author="PlantedCommenter">{paragraph("PlantedComment")}</w:comment>'
        ),
        word__settings_0xml=part("settings", '<w:docVars><w:docVar w:name="v" w:val="PlantedVariable"/></w:docVars>'),
        word___rels__document_0xml_0rels=RELS.format(relation(1, "http://x.test/PlantedLink", outside=True)),
        docProps__core_0xml='<cp:p xmlns:cp="c" xmlns:dc="d"><dc:creator>PlantedCreator</dc:creator></cp:p>',
        docProps__custom_0xml='<Properties><property name="MRN"><vt:lpwstr xmlns:vt="v">PlantedProperty</vt:lpwstr>'
        "</property></Properties>",
        customXml__item1_0xml="<root><patient>PlantedCustomXml</patient></root>",
        word__charts__chart1_0xml='<c:chart xmlns:c="c"><c:v>PlantedChart</c:v></c:chart>',
        word__embeddings__sheet1_0xlsx=xlsx([["PlantedEmbedded"]]),
    )


def sheet(rows: list[list[str]], after: str = "") -> str:
    """Cells as inline strings, or as they are where they begin with `<`."""
    made = []
    for y, cells in enumerate(rows, 1):
        made.append(f'<row r="{y}">')
        for x, cell in enumerate(cells):
            at = f"{chr(65 + x)}{y}"
            inline = f'<c r="{at}" t="inlineStr"><is><t>{cell}</t></is></c>'
            made.append(cell.replace("<c", f'<c r="{at}"', 1) if cell.startswith("<c") else inline)
        made.append("</row>")
    return f"<worksheet {S} {R}><sheetData>{''.join(made)}</sheetData>{after}</worksheet>"


def xlsx(rows: list[list[str]], after: str = "", **parts: str | bytes) -> bytes:
    named = {name.replace("__", "/").replace("_0", "."): data for name, data in parts.items()}
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f'<workbook {S} {R}><sheets><sheet name="Claims" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": RELS.format(relation(1, "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": sheet(rows, after),
        }
        | named
    )


def xlsx_with_everything() -> bytes:
    rows = [
        ["Name", "DOB", "SSN", "MRN"],
        [
            "<c t='s'><v>0</v></c>",
            "<c s='1'><v>18264</v></c>",
            "<c s='2'><v>536228412</v></c>",
            "<c><v>7.261554E6</v></c>",
        ],
        ["<c t='str'><f>CONCAT(\"PlantedFormula\",A2)</f><v>PlantedResult</v></c>"],
    ]
    after = (
        "<headerFooter><oddHeader>PlantedSheetHeader</oddHeader><oddFooter>PlantedSheetFooter</oddFooter>"
        '</headerFooter><dataValidations><dataValidation prompt="PlantedPrompt"><formula1>"PlantedChoice,b"</formula1>'
        '</dataValidation></dataValidations><hyperlinks><hyperlink ref="A1" tooltip="PlantedTooltip"/></hyperlinks>'
    )
    return xlsx(
        rows,
        after,
        xl__workbook_0xml=f'<workbook {S} {R}><sheets><sheet name="Claims" r:id="rId1"/><sheet name="PlantedSheetName" '
        'state="hidden" r:id="rId2"/></sheets><definedNames><definedName name="PlantedDefinedName">"PlantedDefined"'
        "</definedName></definedNames></workbook>",
        xl___rels__workbook_0xml_0rels=RELS.format(
            relation(1, "worksheets/sheet1.xml") + relation(2, "/xl/worksheets/sheet2.xml")
        ),
        xl__worksheets__sheet2_0xml=sheet([["PlantedHiddenSheet"]]),
        xl__worksheets__sheet3_0xml=sheet([["PlantedUnlisted"]]),
        xl__sharedStrings_0xml=f"<sst {S}><si><r><t>Planted</t></r><r><t>Shared</t></r></si>"
        "<si><t>PlantedUnused</t></si></sst>",
        xl__styles_0xml=f'<styleSheet {S}><numFmts><numFmt numFmtId="164" formatCode="000\\-00\\-0000"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>',
        xl__worksheets___rels__sheet1_0xml_0rels=RELS.format(
            relation(1, "../comments1.xml") + relation(2, "../threadedComments/t1.xml")
        ),
        xl__comments1_0xml=f"<comments {S}><authors><author>PlantedAuthor</author></authors><commentList>"
        '<comment ref="B2"><text><r><t>Planted</t></r><r><t>Note</t></r></text></comment></commentList></comments>',
        xl__threadedComments__t1_0xml='<ThreadedComments><threadedComment ref="C3"><text>PlantedThread</text>'
        "</threadedComment></ThreadedComments>",
        xl__pivotCache__pivotCacheDefinition1_0xml=f'<pivotCacheDefinition {S}><s v="PlantedPivot"/>'
        "</pivotCacheDefinition>",
        xl__connections_0xml=f'<connections {S}><connection name="c"><dbPr connection="pwd=PlantedConnection"/>'
        "</connection></connections>",
        xl__externalLinks__externalLink1_0xml=f"<externalLink {S}><v>PlantedOutside</v></externalLink>",
        docProps__core_0xml='<p xmlns:dc="d"><dc:creator>PlantedCreator</dc:creator></p>',
    )


def pdf(objects: Mapping[int, bytes], root: int = 1, information: int = 0) -> bytes:
    """A PDF of these objects, with its table."""
    made = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, data in objects.items():
        offsets[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    table = len(made)
    size = max(objects) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        made += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
    about = b" /Info %d 0 R" % information if information else b""
    made += b"trailer << /Size %d /Root %d 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, about, table)
    return bytes(made)


def stream(data: bytes, extra: bytes = b"", *, packed: bool = True) -> bytes:
    if packed:
        data, extra = zlib.compress(data), extra + b" /Filter /FlateDecode"
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def pdf_page(text: str, *, extra: bytes = b"", resources: bytes = b"", content: bytes = b"") -> dict[int, bytes]:
    """Objects 1 to 5: catalogue, pages, one page, its content, its font."""
    shown = b"BT /F1 12 Tf 72 700 Td (%s) Tj ET %s" % (text.encode("latin-1"), content)
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> "
        b"%s >> %s >>" % (resources, extra),
        4: stream(shown),
        5: FONT,
    }


def pdf_with_everything() -> bytes:
    objects = pdf_page(
        "Planted on the page",
        extra=b"/Annots [6 0 R 7 0 R 12 0 R]",
        content=b"BT /F1 12 Tf -900 -900 Td (PlantedOffPage) Tj ET",
    )
    objects[1] = (
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] /XFA [(datasets) 13 0 R] >> /Metadata 9 0 R "
        b"/Outlines 14 0 R /OpenAction << /S /JavaScript /JS (PlantedScript) >> "
        b"/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >> >>"
    )
    objects |= {
        6: b"<< /Type /Annot /Subtype /Text /Rect [9 9 20 20] /Contents (PlantedNote) /T (PlantedNoteAuthor) >>",
        7: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (mrn) /TU (PlantedFieldHelp) /V (PlantedFieldValue) "
        b"/Rect [9 50 99 70] /Kids [] >>",
        8: b"<< /Author (PlantedPdfAuthor) /Ward (PlantedCustomKey) >>",
        9: stream(
            b"<x:xmpmeta xmlns:x='x'><dc:creator xmlns:dc='d'>PlantedXmp</dc:creator></x:xmpmeta>",
            b"/Type /Metadata /Subtype /XML",
        ),
        10: b"<< /Type /Filespec /F (PlantedFile.csv) /UF (PlantedFile.csv) /EF << /F 11 0 R >> >>",
        11: stream(b"Name,MRN\nPlantedAttached,5\n", b"/Type /EmbeddedFile"),
        12: b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://x.test/PlantedPdfLink) >> >>",
        13: stream(b"<xfa><patient>PlantedXfa</patient></xfa>"),
        14: b"<< /Type /Outlines /First 15 0 R /Last 15 0 R >>",
        15: b"<< /Title (PlantedBookmark) /Parent 14 0 R /Dest [3 0 R /Fit] >>",
    }
    return pdf(objects, information=8)


def zip_bomb(name: str, gigabytes: float, rest: Mapping[str, str | bytes]) -> bytes:
    """An archive whose member `name` is so many gigabytes of zeros, made without unpacking them anywhere."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for other, data in rest.items():
            archive.writestr(other, data)
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as member:
            block = b"0" * (1 << 24)
            for _ in range(int(gigabytes * 64)):
                member.write(block)
    return made.getvalue()


def overlapping_zip(count: int, size: int) -> bytes:
    """Many entries of the central directory that all lead to the same member: small to send, `count * size` to read."""
    archive = zipped({"a.txt": "0" * size})
    end = archive.rfind(b"PK\x05\x06")
    start = struct.unpack("<I", archive[end + 16 : end + 20])[0]
    entry = archive[start:end]
    directory = entry * count
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    return archive[:start] + directory + tail


HTML = b"""<!doctype html><html><head><title>PlantedTitle</title><meta name="author" content="PlantedMeta">
<script type="application/json">{"patient": {"ssn": "PlantedJson"}}</script><script>var a = "PlantedScript";</script>
<style>/* PlantedStyle */</style></head><body data-mrn="PlantedData"><!-- PlantedComment -->
<p>Pla<b>nted</b>Body</p><img src="x.png" alt="PlantedAlt" title="PlantedTip"><a href="mailto:PlantedHref%40x">l</a>
<input type="hidden" name="mrn" value="PlantedHidden"><textarea>PlantedArea</textarea>
<select><option value="PlantedOption">
</select><table><tr><th>Name</th><th>MRN</th></tr><tr><td>PlantedCell</td><td>PlantedRecord</td></tr></table>
<table><tr><th>Diagnosis</th><td>PlantedDiagnosis</td></tr></table><dl><dt>DOB:</dt><dd>PlantedBirth</dd></dl>
<iframe srcdoc="&lt;p&gt;PlantedFrame&lt;/p&gt;"></iframe><p style="display:none">PlantedUnseen</p>PlantedTail"""


def message() -> email.message.EmailMessage:
    made = email.message.EmailMessage()
    made["From"] = "Mára Plantedfrom <m@x.test>"
    made["To"] = "b@y.test"
    made["Subject"] = "Über PlantedSubject"
    made["X-Patient"] = "PlantedOwnHeader"
    made.set_content("PlantedPlain – body")
    made.add_alternative("<p>Planted<b>Html</b></p><img alt='PlantedMailAlt'>", subtype="html")
    made.add_attachment(b"Name,MRN\nPlantedRow,77\n", maintype="text", subtype="csv", filename="PlantedNämé.csv")
    made.add_attachment(
        docx_with_everything(), maintype="application", subtype="octet-stream", filename="../../etc/a.docx"
    )
    inner = email.message.EmailMessage()
    inner["Subject"] = "PlantedInnerSubject"
    inner.set_content("PlantedInnerBody")
    inner.add_attachment(pdf_with_everything(), maintype="application", subtype="pdf", filename="b.pdf")
    made.add_attachment(inner)
    made.preamble = "PlantedPreamble"
    return made


def hanging() -> bytes:
    """A PDF whose second page draws a form that draws itself many times over, at each of many levels: PDFium reads it
    for hours, and a signal does not reach Python in that time."""
    objects = pdf_page("Mara Quinn on page one")
    objects[2] = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>"
    objects[6] = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 7 0 R /Resources << /XObject << /X 10 0 R >> >> >>"
    )
    objects[7] = stream(b"/X Do " * 10)
    for level in range(10, 30):
        inner = b"/Resources << /XObject << /X %d 0 R >> >>" % (level + 1)
        objects[level] = stream(b"/X Do " * 10, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + inner)
    objects[30] = stream(b"BT ET", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    return pdf(objects)
