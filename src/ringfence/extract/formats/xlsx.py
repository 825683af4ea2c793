"""Excel workbooks: cells as they are shown, and every other part of the package that holds text, seen or hidden."""

from __future__ import annotations

from ringfence.extract.format import File, Format
from ringfence.extract.markup import Frame, Markup, Rules
from ringfence.extract.office import WRITTEN, Package, read_part
from ringfence.extract.output import Out
from ringfence.extract.sheet import Book, SheetText

_QUIET = Rules(attributes=frozenset(), lines=False)
_HIDDEN = {"hidden": " (hidden)", "veryHidden": " (very hidden)"}


def read(file: File, out: Out) -> None:
    package = Package(file, out)
    outline = _Outline(out)
    outline.read(package.part("xl/workbook.xml") or b"<workbook/>")
    styles = _Styles(out, _QUIET)
    styles.read(package.part("xl/styles.xml") or b"<styleSheet/>")
    strings = _Strings(out)
    strings.read(package.part("xl/sharedStrings.xml") or b"<sst/>")
    book = Book(strings.found, styles.formats(), outline.since_1904)
    targets = package.relations("xl/workbook.xml")
    for number, (name, state, relation) in enumerate(outline.sheets, 1):
        out.add(f"name of sheet {number}", name)
        inside = out.within(f"sheet {name}{_HIDDEN.get(state, '')}", f"sheet {number}")
        part = targets[relation].target if relation in targets else ""
        data = package.part(part) if part else None
        if data is None:
            inside.reason("its part is missing or can't be unpacked: not read. Repair the file")
            continue
        _read_sheet(package, part, data, inside, book)
    for part in package.names():  # sheets that the workbook does not name
        if part.lower().startswith("xl/worksheets/sheet") and part.lower().endswith(".xml"):
            data = package.unread_part(part)
            if data is not None:
                _read_sheet(package, part, data, out.within("sheet that the workbook does not list"), book)
    strings.unused(out)
    package.rest()


def _read_sheet(package: Package, part: str, data: bytes, out: Out, book: Book) -> None:
    """The sheet, and what it alone refers to: comments, tables, drawings."""
    rest = SheetText(out, book).read(data)
    out.add("after the error", rest.decode("utf-8", "replace"))
    for relation in package.relations(part).values():
        if not relation.outside and relation.target.lower().endswith(".xml"):
            inner = package.unread_part(relation.target)
            if inner is None:
                continue
            if b"<comments" in inner[:2048] or b"hreadedComment" in inner[:2048]:
                _Comments(out).read(inner)
            else:
                read_part(inner, relation.target, out, relation.target.rpartition("/")[2].removesuffix(".xml"))


class _Outline(Markup):
    """xl/workbook.xml: the sheets in their order, and defined names."""

    def __init__(self, out: Out) -> None:
        super().__init__(out.within("workbook"), Rules(attributes=WRITTEN - {"name"}, lines=False))
        self.sheets: list[tuple[str, str, str]] = []
        self.since_1904 = False
        self._name = ""

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for raw, value in attributes.items() if raw.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), attributes.get("state", ""), relation))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904", "") in ("1", "true")
        elif name == "definedName":
            self._name = attributes.get("name", "")
            self.out.add("defined name", self._name)

    def ended(self, frame: Frame) -> None:
        if frame.name == "definedName":
            self.out.add(
                "value of a defined name", "".join(bit for bit in frame.bits if isinstance(bit, str)), self._name
            )
            frame.bits = []


class _Styles(Markup):
    """xl/styles.xml: which number format each cell style has."""

    def __init__(self, out: Out, rules: Rules) -> None:
        super().__init__(out, rules)
        self._codes: dict[int, str] = {}
        self._ids: list[int] = []
        self._in_cells = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "0")
            self._ids.append(int(number) if number.isdecimal() else 0)

    def ended(self, frame: Frame) -> None:
        if frame.name == "cellXfs":
            self._in_cells = False

    def formats(self) -> list[tuple[int, str]]:
        return [(number, self._codes.get(number, "")) for number in self._ids]


class _Strings(Markup):
    """xl/sharedStrings.xml: the texts that cells refer to by number."""

    def __init__(self, out: Out) -> None:
        super().__init__(out, Rules(joined=frozenset({"si"}), attributes=frozenset(), lines=False))
        self.found = _Used()

    def closed(self, frame: Frame) -> None:
        self.found.append("".join(bit if isinstance(bit, str) else bit[1] for bit in frame.bits))

    def unused(self, out: Out) -> None:
        """Texts that no cell shows any more: a deleted cell's may stay behind."""
        for number, text in enumerate(self.found):
            if number not in self.found.used:
                out.add("text that no cell shows", text)


class _Used(list[str]):
    """Notes which of its items were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[int] = set()

    def __getitem__(self, number: int) -> str:  # type: ignore[override]
        self.used.add(number)
        return super().__getitem__(number)


class _Comments(Markup):
    """Notes and threaded comments, at their cells."""

    def __init__(self, out: Out) -> None:
        super().__init__(out, Rules(joined=frozenset({"text", "author"}), attributes=WRITTEN - {"ref"}, lines=False))
        self._cell = ""

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if "ref" in attributes:
            self._cell = attributes["ref"]

    def closed(self, frame: Frame) -> None:
        text = "".join(bit if isinstance(bit, str) else bit[1] for bit in frame.bits)
        where = "author of a comment" if frame.name == "author" else f"cell {self._cell}, comment"
        self.out.add(where, text)


FORMAT = Format(
    kind="xlsx",
    certainty=80,
    recognise=lambda file: file.holds("xl/"),
    read=read,
    reads="cells as shown (dates, number patterns, results that formulas left), formulas with text in them, hidden "
    "sheets, sheet and defined names, comments, headers, footers, validations, links, tables, pivot and outside "
    "caches, texts that no cell shows, drawings, charts, connections, properties, embedded files",
    leaves="images, macros, embedded objects, binary workbooks (.xlsb): PARTIAL",
    source="https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    suffixes=(".xlsx", ".xlsm", ".xltx", ".xltm"),
    media_types=("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
)
