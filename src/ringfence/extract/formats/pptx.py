"""PowerPoint slides: their paragraphs and tables are marked up as Word's are."""

from __future__ import annotations

from ringfence.extract.format import Format
from ringfence.extract.formats import docx

FORMAT = Format(
    kind="pptx",
    certainty=80,
    recognise=lambda file: file.holds("ppt/"),
    read=docx.read,
    reads="slides (hidden ones too), tables, notes, comments, alternative texts, links, charts, properties, embedded "
    "files",
    leaves="images, recordings, macros, embedded objects: PARTIAL",
    source="https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    suffixes=(".pptx", ".pptm", ".potx", ".ppsx"),
    media_types=("application/vnd.openxmlformats-officedocument.presentationml.presentation",),
)
