"""HTML: what a browser shows, and what it does not: attributes, comments, scripts, hidden fields."""

from __future__ import annotations

import base64
import re
import urllib.parse
from html.parser import HTMLParser

from ringfence.extract.characters import decode
from ringfence.extract.format import File, Format
from ringfence.extract.formats import text as plain
from ringfence.extract.output import Out
from ringfence.extract.tables import Labels

# Elements that do not break the line. https://html.spec.whatwg.org/multipage/text-level-semantics.html
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins"}
    | {"kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub"}
    | {"sup", "time", "tt", "u", "var", "wbr", "img", "input", "button", "o:p", "center"}
)
# Attributes that say how something looks or works, in which nobody writes.
_LOOKS = frozenset(
    {"class", "style", "width", "height", "align", "valign", "bgcolor", "color", "face", "size", "border", "colspan"}
    | {"cellpadding", "cellspacing", "rowspan", "rel", "type", "charset", "lang", "dir", "media", "target", "method"}
    | {"xmlns", "role", "tabindex", "http-equiv", "enctype", "crossorigin", "integrity", "loading", "autocomplete"}
)
_META_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?([a-z0-9_-]{1,40})")
_DATA_URI = re.compile(r"(?is)data:([a-z0-9.+/-]*)((?:;[^;,]{0,100}){0,5}),(.*)", re.DOTALL)
_START = re.compile(
    r"(?is)(?:<!--[^<>]{0,2000}-->\s*)?<(?:!doctype\s+html|html|head|body|div|p|table|tr|td|h[1-6]|[uod]l|li|span|meta|title|"
    r"script|style|form|input|br|hr|img|link|pre|center|font|section|article|main|header|footer|nav|strong|em|b|i|a)\b[^<>]*>"
)
_XHTML = re.compile(r"(?is)<\?xml[^<>]{0,200}>\s*(?:<!--[^<>]{0,2000}-->\s*)?<(?:!doctype\s+)?html\b")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_FIRST_ROWS = 20


def read(file: File, out: Out) -> None:
    found = None if file.charset else _META_CHARSET.search(file.data[:2048])
    decoded = decode(file.data, file.charset or (found[1].decode("ascii") if found else ""))
    if decoded.doubt:
        out.reason(decoded.doubt)
    page = _Page(out)
    try:
        page.feed(decoded.text)
        page.close()
        page.never_closed()
    finally:
        page.end()


class _Page(HTMLParser):
    """Tokens only, no tree: nesting costs nothing."""

    def __init__(self, out: Out) -> None:
        super().__init__(convert_charrefs=True)
        self._out = out
        self._text: list[str] = []
        self._line = 1
        self._raw = ""  # the element, such as script, whose text is no prose
        self._raw_type = ""
        self._label = ""
        self._tables: list[_Table] = []
        self._table_count = 0
        self._embedded = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "br":
            self._text.append("\n")
        elif tag not in _INLINE:
            self._break()
        if self._raw == "option":  # its end may be left out
            self._raw = ""
        if tag in ("script", "style", "textarea", "title", "option"):
            self._raw, self._raw_type = tag, attributes.get("type", "")
        if tag == "table":
            self._table_count += 1
            self._tables.append(_Table(self._table_count))
        elif tag == "tr" and self._tables:
            self._tables[-1].end_row(self._out)
        elif tag in ("td", "th") and self._tables:
            self._tables[-1].begin_cell(tag == "th", self.getpos()[0])
        elif tag == "dt":
            self._label = ""
        self._put_attributes(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        label = _SPACES.sub(" ", "".join(self._text)).strip().rstrip(":") if tag == "dt" else ""
        if tag not in _INLINE:
            self._break()
        if tag in ("dt", "dd"):
            self._label = label
        if tag == self._raw or self._raw == "option":
            self._raw = ""
        if tag in ("td", "th") and self._tables:
            self._tables[-1].end_cell()
        elif tag == "tr" and self._tables:
            self._tables[-1].end_row(self._out)
        elif tag == "table" and self._tables:
            self._tables.pop().put(self._out)

    def handle_data(self, data: str) -> None:
        if self._raw == "script":
            self._script(data)
            return
        if not self._text:
            self._line = self.getpos()[0]
        self._text.append(data)

    def handle_comment(self, data: str) -> None:
        self._out.add("comment", data, "", self.getpos()[0])

    def handle_decl(self, decl: str) -> None:
        if not decl.lower().startswith("doctype html"):
            self.unknown_decl(decl)

    def handle_pi(self, data: str) -> None:
        self._out.add("instruction", data, "", self.getpos()[0])

    def unknown_decl(self, data: str) -> None:
        if "<!entity" in data.lower():
            self._out.reason("it declares entities, which are not expanded or fetched. Save it without them")
        self._out.add("declaration", data, "", self.getpos()[0])

    def never_closed(self) -> None:
        """What the parser still holds at the end, such as a script without one."""
        if self.rawdata:
            self.handle_data(self.rawdata)

    def end(self) -> None:
        """Put out what is still held, also where the page breaks off."""
        self._break()
        while self._tables:
            self._tables.pop().put(self._out)

    def _break(self) -> None:
        """A block ends. Its text is a piece, or a part of a cell."""
        if not self._text:
            return
        text = "".join(self._text)
        self._text = []
        if self._raw not in ("pre", "textarea"):
            text = "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")) if "\n" in text else text
        text = text.strip()
        if self._tables and self._tables[-1].cell is not None:
            if text:
                self._tables[-1].cell.append(text)
        else:
            where = self._raw if self._raw in ("title", "style", "textarea", "option") else ""
            self._out.add(where, text, self._label, self._line)

    def _put_attributes(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.getpos()[0]
        named = attributes.get("name") or attributes.get("property") or attributes.get("id") or attributes.get("title")
        for name, value in attributes.items():
            if name in _LOOKS or not value:
                continue
            if value[:5].lower() == "data:":
                self._data_uri(value)
                continue
            # A field or a meta element says in another attribute what its value is.
            context = named if named and name in ("value", "content", "placeholder") else name
            self._out.add(f"{tag}, attribute {name}", value, context, line)
            if name == "href" and "%" in value:
                self._out.add(f"{tag}, attribute {name}, decoded", urllib.parse.unquote(value), context, line)
            if name == "srcdoc":
                self._out.within("frame").file(value.encode("utf-8", "replace"), "frame.html", "text/html")

    def _data_uri(self, value: str) -> None:
        match = _DATA_URI.match(value)
        if match is None:
            self._out.add("data address", value, "", self.getpos()[0])
            return
        media_type, parameters, body = match.groups()
        data = urllib.parse.unquote_to_bytes(body)
        if "base64" in parameters.lower():
            data = base64.b64decode(data + b"=" * (-len(data) % 4))
        self._out.ledger.unpacked(len(data))
        self._embedded += 1
        self._out.within(f"embedded file {self._embedded}").file(data, "", media_type + parameters)

    def _script(self, text: str) -> None:
        line = self.getpos()[0]
        if "json" in self._raw_type.lower() or text.lstrip()[:1] in ("{", "["):
            self._out.within(f"script on line {line}").file(text.encode("utf-8", "replace"), "", "application/json")
        else:
            plain.put(text, self._out, f"script on line {line}")


class _Table:
    """The cells of an open table, put out when enough rows are known to label them."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.cell: list[str] | None = None
        self._rows: list[list[tuple[str, bool, int]]] = []
        self._row: list[tuple[str, bool, int]] = []
        self._head = (False, 0)
        self._labels: Labels | None = None
        self._done = 0

    def begin_cell(self, head: bool, line: int) -> None:
        self.end_cell()
        self.cell, self._head = [], (head, line)

    def end_cell(self) -> None:
        if self.cell is not None:
            self._row.append(("\n".join(self.cell), *self._head))
            self.cell = None

    def end_row(self, out: Out) -> None:
        self.end_cell()
        if self._row:
            self._rows.append(self._row)
            self._row = []
        if len(self._rows) >= _FIRST_ROWS:
            self.put(out)

    def put(self, out: Out) -> None:
        self.end_cell()
        rows = [*self._rows, self._row] if self._row else self._rows
        self._rows, self._row = [], []
        labels = self._labels = self._labels or _labels(rows)
        for row in rows:
            # <th> at the start of a row of data labels what follows it.
            beside = row[0][0] if row[0][1] and not all(head for _, head, _ in row) else ""
            for n, (text, head, line) in enumerate(row):
                label = "" if head else labels.of(self._done, row[0][0], n) or (beside if len(row) == 2 else "")
                out.add(f"table {self.number}, row {self._done + 1}, column {n + 1}", text, label or beside, line)
            self._done += 1


def _labels(rows: list[list[tuple[str, bool, int]]]) -> Labels:
    labels = Labels([[text for text, _, _ in row] for row in rows])
    heads = [n for n, row in enumerate(rows) if len(row) > 1 and all(head for _, head, _ in row)]
    if heads:  # the page says so itself
        labels.pairs = False
        labels.header_row = heads[0]
        labels.header = [text for text, _, _ in rows[heads[0]]]
    return labels


FORMAT = Format(
    kind="html",
    certainty=25,
    recognise=lambda file: bool(_START.match(file.head) or _XHTML.match(file.head)),
    read=read,
    reads="blocks of text, cells of tables with their headers, all attributes that hold text (alt, title, href, value, "
    "content, data-...), hidden fields, comments, scripts (JSON in them as JSON), styles, files in data: addresses",
    leaves="images: PARTIAL where they are in the file; nothing is fetched and no script is run",
    source="https://html.spec.whatwg.org/multipage/syntax.html",
    suffixes=(".html", ".htm", ".xhtml"),
    media_types=("text/html", "application/xhtml+xml"),
)
