"""XML -> text, without a tree: no entity is expanded, nothing outside is fetched, depth costs nothing."""

from __future__ import annotations

from typing import Any, Final
from xml.parsers import expat

import msgspec

from ringfence.extract.output import Out

# A path longer than this says no more to a person, and would make deep files cost the square of their depth.
_PATH_DEPTH: Final = 24
# So many elements side by side are a list, not a sentence with markup in it.
_LOOSE_AFTER: Final = 64


class Rules(msgspec.Struct, frozen=True):
    """How the text of a kind of XML is put together.

    `joined`: elements whose text is one piece, whatever stands inside (a paragraph). `inserted`: what an empty element
    stands for (a tab). `attributes`: names of the attributes that are text, None for all; `silent`: those that never
    are. `lines`: has the file lines that a person sees?
    """

    joined: frozenset[str] = frozenset()
    inserted: dict[str, str] = {}
    attributes: frozenset[str] | None = None
    silent: frozenset[str] = frozenset()
    lines: bool = True


class Frame:
    """An open element: `bits` are its text and the pieces of the elements in it, in their order."""

    __slots__ = ("bits", "direct", "line", "loose", "name", "path")

    def __init__(self, name: str, path: str, line: int) -> None:
        self.name = name
        self.path = path
        self.line = line
        self.bits: list[Any] = []
        self.direct = False
        self.loose = False


class Markup:
    """Reads one XML document. Formats change what happens at an element by `opened`, `said` and `closed`."""

    def __init__(self, out: Out, rules: Rules, encoding: str | None = None) -> None:
        self.out = out
        self.rules = rules
        self.stack = [Frame("", "", 0)]
        self._locals: dict[str, str] = {}
        self._joined_open = 0
        self._parser = parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.said
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._instruction
        parser.EntityDeclHandler = self._entity
        # INVARIANT: with a default handler, and without one for outside entities, expat expands no entity in text and
        # fetches none. https://docs.python.org/3/library/pyexpat.html#xml.parsers.expat.xmlparser.DefaultHandler
        parser.DefaultHandler = self._other
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def read(self, data: bytes) -> bytes:
        """All of it. Where it is not well formed, the rest that was not read (the reason is noted), else b"".

        In one go, for expat before 2.6 reads a long token anew with each part of it (CVE-2023-52425).
        """
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            self.out.reason(
                f"not well-formed XML from line {error.lineno} on ({expat.ErrorString(error.code)}). Correct it"
            )
            self._unwind()
            # Text that stands right before the error is still in expat's buffer: back to the last whole tag.
            return data[data.rfind(b">", 0, max(0, self._parser.ErrorByteIndex)) + 1 :]
        self._unwind()
        return b""

    # What formats change.

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; its frame is on the stack."""

    def ended(self, frame: Frame) -> None:
        """An element ends, with all that is in it. Its name may be changed here: it becomes the context."""

    def closed(self, frame: Frame) -> None:
        """A joined element ends. Its text is a piece."""
        self.put(frame.path, "".join(_flat(frame.bits)), frame.name, frame.line)

    def said(self, text: str) -> None:
        frame = self.stack[-1]
        frame.bits.append(text)
        if not frame.direct and not text.isspace():
            frame.direct = True

    def put(self, where: str, text: str, context: str, line: int) -> None:
        self.out.add(where, text, context, line)

    # What expat calls.

    def _start(self, raw: str, attributes: dict[str, str]) -> None:
        name = self._local(raw)
        stack = self.stack
        above = stack[-1]
        path = f"{above.path}/{name}" if len(stack) <= _PATH_DEPTH else above.path
        line = self._parser.CurrentLineNumber if self.rules.lines else 0
        stack.append(Frame(name, path, line))
        self._joined_open += name in self.rules.joined
        if attributes:
            self._put_attributes(name, path, attributes, line)
        self.opened(name, attributes)

    def _put_attributes(self, name: str, path: str, attributes: dict[str, str], line: int) -> None:
        wanted, silent = self.rules.attributes, self.rules.silent
        for raw, value in attributes.items():
            attribute = self._local(raw)
            if raw.startswith("xmlns") or attribute in silent or (wanted is not None and attribute not in wanted):
                continue
            self.put(f"{path}/@{attribute}", value, f"{name} {attribute}", line)

    def _end(self, _raw: str) -> None:
        frame = self.stack.pop()
        above = self.stack[-1]
        joined = frame.name in self.rules.joined
        self._joined_open -= joined
        self.ended(frame)
        if joined:
            self.closed(frame)
            return
        if frame.name in self.rules.inserted and not frame.bits:
            above.bits.append(self.rules.inserted[frame.name])
            return
        if not frame.bits:
            return
        children = any(not isinstance(bit, str) for bit in frame.bits)
        if frame.loose:
            self._emit(frame)
        elif self._joined_open and (children or not frame.direct):
            above.bits.extend(frame.bits)  # in their order, with the spaces and tabs between them
        elif frame.direct:
            above.bits.append((frame.path, "".join(_flat(frame.bits)), frame.name, frame.line))
        elif children:
            above.bits.extend(bit for bit in frame.bits if not isinstance(bit, str))
        if len(above.bits) > _LOOSE_AFTER and not above.direct and not self._joined_open:
            above.loose = True
            self._emit(above)

    def _emit(self, frame: Frame) -> None:
        """Put out what the frame holds, as pieces of their own."""
        for bit in frame.bits:
            if isinstance(bit, str):
                self.put(frame.path, bit, frame.name, frame.line)
            else:
                self.put(*bit)
        frame.bits = []

    def _unwind(self) -> None:
        """Put out what is still held: at the end, or where the document breaks off."""
        for frame in self.stack:
            self._emit(frame)

    def _comment(self, text: str) -> None:
        self.put(f"{self.stack[-1].path}, comment", text, "", self._line())

    def _instruction(self, target: str, text: str) -> None:
        self.put(f"{self.stack[-1].path}, instruction {target}", text, "", self._line())

    def _entity(self, name: str, _parameter: bool, value: str | None, *outside: str | None) -> None:
        self.out.reason("it declares entities, which are not expanded or fetched. Save it without them")
        for text in (value, *outside):
            self.put(f"entity {name}", text or "", "", self._line())

    def _other(self, text: str) -> None:
        """Declarations, and references that are not expanded: the text around them stays one."""

    def _line(self) -> int:
        return self._parser.CurrentLineNumber if self.rules.lines else 0

    def _local(self, raw: str) -> str:
        """The name without its prefix."""
        name = self._locals.get(raw)
        if name is None:
            name = raw.rpartition(":")[2]
            if len(self._locals) < 4096:
                self._locals[raw] = name
        return name


def _flat(bits: list[Any]) -> list[str]:
    return [bit if isinstance(bit, str) else bit[1] for bit in bits]
