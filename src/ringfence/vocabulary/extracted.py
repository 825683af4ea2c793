"""What `extract` reads out of a file: pieces of text, each with the place where a person finds it again."""

from __future__ import annotations

import msgspec

from ringfence.vocabulary.text import Completeness


class Piece(msgspec.Struct, frozen=True, gc=False):
    """One run of text of a file, such as a page, a paragraph, a cell, a message part.

    `where` names the place in the words of the format (`page 3`, `sheet Claims, cell B7`, `attachment a.pdf, page 1`,
    "" for a plain text file as a whole). `context` is what labels the text there: a column's header, a form field's
    name, or "". `line` is the 1-based line of the file on which the piece starts; 0 where the format has no lines.
    """

    where: str
    text: str
    context: str = ""
    line: int = 0


class Extracted(msgspec.Struct, frozen=True):
    """The text of one file. Offsets of findings are code points of a piece's text.

    `kind` is the format as recognised from the bytes (`pdf`, `docx`, `xlsx`, `pptx`, `opendocument`, `csv`, `email`,
    `html`, `json`, `xml`, `rtf`, `text`, `zip`, `gzip` or "" for none of them). PARTIAL: `reasons` say what was not
    read and why, without content.
    """

    kind: str
    pieces: tuple[Piece, ...]
    completeness: Completeness
    reasons: tuple[str, ...] = ()
