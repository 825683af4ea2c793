"""Office Open XML packages (ECMA-376): parts, what they refer to, and the text of any part of them."""

from __future__ import annotations

import posixpath
import re
from typing import Final

import msgspec

from ringfence.extract.archive import Archive
from ringfence.extract.format import File
from ringfence.extract.markup import Frame, Markup, Rules
from ringfence.extract.output import Out
from ringfence.extract.tables import Labels

# Attributes that hold what people or programs wrote, in any part of a document, workbook or presentation.
# ECMA-376-1, by their local names.
_WRITTEN = """
address alias alt altText author caption cmd command connection creator date dateTime descr description dest display
displayName displayText email error errorTitle expression fileName formula helpText href initials lastSavedBy listItem
location mappedName name oddFooter oddHeader path placeholder prompt promptTitle providerId query s sourceFile
statusText string style0 subject sourceRef target text title tooltip uniqueName url user userId userName v value
"""
WRITTEN: Final = frozenset(_WRITTEN.split())
# Elements whose attribute `val` is text: names of content controls, document variables, form fields' defaults.
_VAL_IS_TEXT: Final = frozenset({"alias", "tag", "docVar", "default", "helpText", "statusText", "calcPr", "title"})
_STATES: Final = {"ins": "inserted", "moveTo": "inserted", "del": "deleted", "moveFrom": "deleted"}
_FIRST_ROWS: Final = 20
_RULES: Final = Rules(
    joined=frozenset({"p"}),
    inserted={"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "s": " "},
    attributes=WRITTEN,
    lines=False,
)
# Parts that say how a document looks, in which nobody writes: their text is read, their attributes are not.
_LOOKS: Final = re.compile(
    r"(?i)/theme/|/(theme|styles|styleswitheffects|fonttable|numbering|websettings|tablestyles|presprops|viewprops)\d*\.xml$"
)
_PICTURE: Final = re.compile(
    r"(?i)\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp|heic|ico|wdp|mp[34]|m4[av]|wav|avi|mov|wmv)$"
)
# The list of the parts, embedded fonts, and the small picture of a first page that is read anyway.
_SILENT: Final = re.compile(r"(?i)(\[content_types\]\.xml|\.odttf|\.fntdata|/thumbnail\.(jpe?g|png|emf|wmf))$")


class Relation(msgspec.Struct, frozen=True):
    """What a part refers to: another part, or (`outside`) an address."""

    target: str
    outside: bool


class Package:
    """An opened package. Parts that a format reads by itself are marked so that `rest` leaves them out."""

    def __init__(self, file: File, out: Out) -> None:
        self.out = out
        self.archive = Archive(file.data, out)
        self._read: set[int] = set()  # by place in the archive, for two members may have one name

    def names(self) -> list[str]:
        return [info.filename for info in self.archive.members]

    def part(self, name: str) -> bytes | None:
        """The bytes of a part, None where there is none or it can't be had."""
        info = self.archive.find(name)
        if info is None:
            return None
        self._read.add(info.header_offset)
        return self.archive.read(info, f"part {_number(self.names(), info.filename)}")

    def unread_part(self, name: str) -> bytes | None:
        """The same, but None where it was read before."""
        info = self.archive.find(name)
        return None if info is None or info.header_offset in self._read else self.part(name)

    def relations(self, part: str) -> dict[str, Relation]:
        """What `part` refers to, by relation id."""
        folder, name = posixpath.split(part)
        info = self.archive.find(f"{folder}/_rels/{name}.rels")
        data = self.archive.read(info, "relations") if info is not None else None
        if data is None:
            return {}
        reader = _Relations(self.out, Rules(attributes=frozenset(), lines=False))
        reader.folder = folder
        reader.read(data)
        return reader.found

    def rest(self) -> None:
        """All parts that were not read so far: as text, as files of their own, or counted as not read."""
        pictures = 0
        for number, info in enumerate(self.archive.members, 1):
            name = info.filename
            if info.header_offset in self._read or _SILENT.search(name):
                continue
            if _PICTURE.search(name) and not name.lower().endswith(".svg"):
                pictures += 1
                continue
            if name.lower().endswith("vbaproject.bin"):
                self.out.reason("macros are in it: they were not read or run. Remove them")
                continue
            data = self.archive.read(info, f"part {number}")
            if data is None:
                continue
            if name.lower().endswith(".rels"):
                self._outside(data)
            elif name.lower().endswith((".xml", ".vml")):
                read_part(data, name, self.out)
            else:
                self.out.within(f"part {name}", f"part {number}").file(data, name)
        if pictures:
            self.out.reason(f"{pictures} images or recordings in it are not read. Send the text of them")

    def _outside(self, data: bytes) -> None:
        reader = _Relations(self.out, Rules(attributes=frozenset(), lines=False))
        reader.read(data)
        for relation in reader.found.values():
            if relation.outside:
                self.out.add("link", relation.target, "link")


class _Relations(Markup):
    folder = ""

    def __init__(self, out: Out, rules: Rules) -> None:
        super().__init__(out, rules)
        self.found: dict[str, Relation] = {}

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            outside = attributes.get("TargetMode") == "External"
            target = attributes.get("Target", "")
            if not outside:  # a name in the archive: never a path on a disk
                target = posixpath.normpath(posixpath.join("/", self.folder, target)).lstrip("/")
            self.found[attributes.get("Id", str(len(self.found)))] = Relation(target, outside)


def read_part(data: bytes, name: str, out: Out, where: str | None = None) -> None:
    """The text of one XML part. `where` names it to a person; by default its own name does."""
    rules = msgspec.structs.replace(_RULES, attributes=frozenset()) if _LOOKS.search(name) else _RULES
    inside = out.within(_place(name) if where is None else where)
    rest = OfficeText(inside, rules).read(data)
    inside.add("after the error", rest.decode("utf-8", "replace"))


class OfficeText(Markup):
    """Paragraphs, tables and everything else, as Word and PowerPoint write them (w: and a: alike)."""

    def __init__(self, out: Out, rules: Rules) -> None:
        super().__init__(out, rules)
        self._paragraphs = 0
        self._tables: list[_Table] = []
        self._table_count = 0
        self._states: list[str] = []
        self._property = ""
        self._choices: list[set[str]] = []
        self._fallback = 0
        self._said_attributes: set[tuple[str, str]] = set()

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name in _STATES:
            self._states.append(_STATES[name])
        elif name == "tbl":
            self._table_count += 1
            self._tables.append(_Table(self._table_count))
        elif name == "tr" and self._tables:
            self._tables[-1].row = []
        elif name == "tc" and self._tables:
            self._tables[-1].cell = []
        elif name == "property":
            self._property = attributes.get("name", "")
        elif name == "AlternateContent":
            self._choices.append(set())
        elif name == "Fallback":
            self._fallback += 1
        if name in _VAL_IS_TEXT:
            for raw, value in attributes.items():
                if raw.rpartition(":")[2] == "val":
                    self.put(self.stack[-1].path, value, name, 0)

    def ended(self, frame: Frame) -> None:
        name = frame.name
        if name in _STATES and self._states:
            self._states.pop()
        elif name in ("t", "delText"):
            frame.name = "deleted" if name == "delText" else self._states[-1] if self._states else "t"
        elif name in ("instrText", "delInstrText"):
            frame.name = "field"
        elif name in ("tc", "tr", "tbl") and self._tables:
            self._end_of_table(name)
        elif name == "AlternateContent" and self._choices:
            self._choices.pop()
        elif name == "Fallback":
            self._fallback -= 1
        elif self._property and self.stack[-1].name == "property":
            frame.name = self._property

    def closed(self, frame: Frame) -> None:
        """A paragraph: as it stands, as it stood before tracked changes, and its fields' codes."""
        self._paragraphs += 1
        now, before, field, changed = [], [], [], False
        for bit in frame.bits:
            text, state = (bit, "t") if isinstance(bit, str) else (bit[1], bit[2])
            changed = changed or state == "deleted"
            if state == "field":
                field.append(text)
                continue
            if state != "deleted":
                now.append(text)
            if state != "inserted":
                before.append(text)
        place = f"paragraph {self._paragraphs}"
        text = "".join(now).strip("\t\n")
        table = self._tables[-1] if self._tables else None
        if table is not None and table.cell is not None:
            table.cell.append(text)
        else:
            self.put(place, text, "", 0)
        if changed:
            self.put(f"{place}, before a tracked change", "".join(before), "", 0)
        self.put(f"{place}, field", "".join(field), "", 0)

    def put(self, where: str, text: str, context: str, line: int) -> None:
        """Once only, where the same stands there for older programs, or on each of a thousand tracked changes."""
        if "/@" in where:
            if (context, text) in self._said_attributes:
                return
            self._said_attributes.add((context, text))
        if self._choices:
            if self._fallback and text in self._choices[-1]:
                return
            self._choices[-1].add(text)
        super().put(where, text, context, line)

    def _end_of_table(self, name: str) -> None:
        table = self._tables[-1]
        if name == "tc" and table.cell is not None:
            table.row.append("\n".join(table.cell))
            table.cell = None
        elif name == "tr":
            table.rows.append(table.row)
            table.row = []
            if len(table.rows) >= _FIRST_ROWS:
                table.put(self)
        elif name == "tbl":
            table.put(self)
            self._tables.pop()

    def _unwind(self) -> None:
        for table in self._tables:  # the document breaks off inside of them
            table.rows.append([*table.row, "\n".join(table.cell or [])])
            table.put(self)
        super()._unwind()


class _Table:
    def __init__(self, number: int) -> None:
        self.number = number
        self.rows: list[list[str]] = []
        self.row: list[str] = []
        self.cell: list[str] | None = None
        self._labels: Labels | None = None
        self._done = 0

    def put(self, reader: OfficeText) -> None:
        """Put the rows out that are held."""
        labels = self._labels = self._labels or Labels(self.rows)
        for row in self.rows:
            for n, text in enumerate(row):
                label = labels.of(self._done, row[0], n)
                reader.put(f"table {self.number}, row {self._done + 1}, column {n + 1}", text, label, 0)
            self._done += 1
        self.rows = []


def _place(name: str) -> str:
    """`header 1` for word/header1.xml; "" for the body."""
    folder, _, file = name.rpartition("/")
    stem = file.removesuffix(".xml")
    if name.lower().startswith("docprops/"):
        return f"properties ({stem})"
    if stem == "document" and folder == "word":
        return ""
    found = re.fullmatch(r"([A-Za-z]+?)(\d*)", stem)
    words = f"{found[1]} {found[2]}".strip() if found else name
    return words if folder in ("word", "ppt/slides", "ppt/notesSlides", "ppt/comments") else name


def _number(names: list[str], name: str) -> int:
    return names.index(name) + 1
