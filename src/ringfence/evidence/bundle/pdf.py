"""A report as PDF, with the optional package reportlab (BSD-3-Clause, `pip install ringfence[pdf]`)."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from ringfence.evidence.bundle.outcome import Verified
from ringfence.evidence.bundle.wording import TITLE, tables, verdict
from ringfence.vocabulary.errors import ConfigurationError

_WIDTHS = {2: (0.3, 0.7), 3: (0.17, 0.36, 0.47), 4: (0.06, 0.12, 0.37, 0.45), 5: (0.1, 0.22, 0.26, 0.2, 0.22)}
"""Share of the page's width of each column, by their number."""
_SIGNS = str.maketrans({"—": "-", "’": "'", "“": '"', "”": '"'})


def as_pdf(found: Verified) -> bytes:
    """The document; equal reports give equal bytes. Raises ConfigurationError where reportlab is not installed."""
    try:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.styles import getSampleStyleSheet
        from reportlab.lib.units import mm
        from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
    except ImportError:
        raise ConfigurationError(
            "A report in PDF needs the package reportlab.",
            remedy="Install it with `pip install 'ringfence[pdf]'`, or write an .html report and print that.",
        ) from None
    styles = getSampleStyleSheet()
    styles["BodyText"].wordWrap = "CJK"  # breaks within long digests, too
    styles["BodyText"].fontSize, styles["BodyText"].leading = 8, 10
    story: list[Any] = [Paragraph(TITLE, styles["Title"]), Paragraph(_text(verdict(found)), styles["Heading3"])]
    width = A4[0] - 36 * mm
    for table in tables(found):
        story.append(Paragraph(_text(table.title), styles["Heading2"]))
        if table.rows:
            story.append(_table(table.heads, table.rows, styles["BodyText"], width))
        if table.note:
            story += [Spacer(0, 2 * mm), Paragraph(_text(table.note), styles["BodyText"])]
    out = BytesIO()
    margins = {f"{side}Margin": 18 * mm for side in ("left", "right", "top", "bottom")}
    document = SimpleDocTemplate(out, pagesize=A4, title=TITLE, author="Ringfence", invariant=1, **margins)
    document.build(story, onFirstPage=_number, onLaterPages=_number)
    return out.getvalue()


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]], style: Any, width: float) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import LongTable, Paragraph

    head = [heads] if any(heads) else []
    cells = [[Paragraph(_text(cell), style) for cell in row] for row in (*head, *rows)]
    lines = [("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.lightgrey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    widths = [share * width for share in _WIDTHS[len(heads)]]
    return LongTable(cells, colWidths=widths, repeatRows=len(head), splitInRow=1, style=lines)


def _text(text: str) -> str:
    """Escaped for reportlab's small markup, so that no text of a record is taken for it; what the standard fonts do
    not have shows as its number."""
    plain = text.translate(_SIGNS)
    shown = "".join(each if each.isprintable() and ord(each) < 256 else f"\\u{ord(each):04x}" for each in plain)
    return escape(shown)


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(document.pagesize[0] - document.rightMargin, document.bottomMargin / 2, f"{document.page}")
