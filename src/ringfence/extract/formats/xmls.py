"""XML of any kind: the text of each element at its path, each attribute beside it."""

from __future__ import annotations

import re

from ringfence.extract.format import File, Format
from ringfence.extract.formats import text as plain
from ringfence.extract.markup import Markup, Rules
from ringfence.extract.output import Out

_RULES = Rules(silent=frozenset({"schemaLocation", "noNamespaceSchemaLocation"}))
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# expat's own
_KNOWN = frozenset({"utf-8", "utf-16", "iso-8859-1", "us-ascii", "ascii"})


def read(file: File, out: Out) -> None:
    declared = _DECLARED.match(file.data.lstrip()[:256])
    charset = file.charset or (declared[1].decode("ascii") if declared else "")
    if charset and charset.lower() not in _KNOWN:
        text = File(file.data, "", f"text/xml; charset={charset}").text(out)
        # No longer in the encoding that it declares, so expat is told.
        rest = Markup(out, _RULES, "utf-8").read(text.encode("utf-8", "replace"))
    else:
        rest = Markup(out, _RULES).read(file.data)
    plain.put(File(rest).text(out), out, "after the error")


FORMAT = Format(
    kind="xml",
    certainty=20,
    recognise=lambda file: bool(re.match(r"<\?xml\s|<[A-Za-z_][\w:.-]*[\s/>]|<!--|<!DOCTYPE", file.head)),
    read=read,
    reads="text and attributes at their paths, comments, processing instructions, declared entities' values",
    leaves="entities are not expanded, and nothing is fetched: PARTIAL where one is declared",
    source="https://www.w3.org/TR/xml/",
    suffixes=(".xml", ".xsd", ".xsl", ".svg", ".kml", ".gpx", ".rss", ".atom", ".plist", ".cda"),
    media_types=("application/xml", "text/xml", "image/svg+xml", "application/fhir+xml", "application/hl7-cda+xml"),
)
