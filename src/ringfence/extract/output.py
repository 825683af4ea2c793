"""Where readers put what they read: counts it against the bounds and sends it on before it is too much to lose."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ringfence.extract import wire
from ringfence.extract.limits import Limits

_FLUSH_CHARACTERS = 1 << 20
_FLUSH_PIECES = 8192
_FLUSH_PERIOD_S = 0.1
# More reasons than this say nothing new to a person; the count of the others follows as one.
_MAX_REASONS = 50


# (data, name, media type, where it stands): reads a file of any format.
ReadFile = Callable[[bytes, str, str, "Out"], None]


class Enough(Exception):
    """A bound was met, and the reason is noted. Ends the reading of the whole file."""


class OutOfTime(BaseException):
    """The time is up. No `Exception`, so that no library takes it for a broken file and goes on."""


class Ledger:
    """The bounds of one whole file, shared by all that is read inside of it."""

    def __init__(self, limits: Limits, send: Callable[[wire.Answer], None], read: ReadFile) -> None:
        self.limits = limits
        self.read = read
        self.worn = False  # True: memory ran out once, so that the process should not be used for long
        self._send = send
        self._wheres: list[str] = []
        self._texts: list[str] = []
        self._contexts: list[str] = []
        self._lines: list[int] = []
        self._held = 0
        self._flushed_s = time.monotonic()
        self._characters = self._pieces = self._unpacked = self._parts = 0
        self._reasons: dict[str, None] = {}

    def add(self, where: str, text: str, context: str, line: int) -> None:
        over = self._pieces >= self.limits.max_pieces or self._characters + len(text) > self.limits.max_characters
        if over:
            text = text[: max(0, self.limits.max_characters - self._characters)]
        if text and self._pieces < self.limits.max_pieces:
            self._wheres.append(where)
            self._texts.append(text)
            self._contexts.append(context)
            self._lines.append(line)
            self._held += len(text)
            self._characters += len(text)
            self._pieces += 1
        if over:
            self.refuse_more()
        full = self._held > _FLUSH_CHARACTERS or len(self._texts) > _FLUSH_PIECES
        # A clock is not read for each piece.
        if full or (not self._pieces & 63 and time.monotonic() - self._flushed_s > _FLUSH_PERIOD_S):
            self.flush()

    def add_rows(self, rows: wire.Rows, pieces: int, characters: int) -> None:
        """`rows` holds so many pieces and code points, no more than the caller was told by `room`."""
        self.flush()
        self._pieces += pieces
        self._characters += characters
        self._send(rows)
        self._flushed_s = time.monotonic()

    def room(self) -> tuple[int, int]:
        """How many pieces and code points may still come."""
        return self.limits.max_pieces - self._pieces, self.limits.max_characters - self._characters

    def refuse_more(self) -> None:
        """Raises Enough, with the reason noted."""
        self.reason(
            f"more than {self.limits.max_pieces:,} pieces or {self.limits.max_characters:,} characters: the rest was "
            "not read. Split the file, or raise max_pieces or max_characters"
        )
        raise Enough

    def unpacked(self, count: int) -> None:
        """So many bytes more were unpacked. Raises Enough, with the reason noted, where that is too much."""
        self._unpacked += count
        if self._unpacked > self.limits.max_unpacked_bytes:
            self.reason(
                f"more than {self.limits.max_unpacked_bytes:,} bytes when unpacked: the rest was not read. Unpack it "
                "and send what is in it in smaller files, or raise max_unpacked_bytes"
            )
            raise Enough

    def room_unpacked(self) -> int:
        """How many bytes may still be unpacked."""
        return self.limits.max_unpacked_bytes - self._unpacked

    def part(self) -> None:
        """One file more inside of the file. Raises Enough, with the reason noted, where there are too many."""
        self._parts += 1
        if self._parts > self.limits.max_parts:
            self.reason(
                f"more than {self.limits.max_parts:,} files inside: the rest was not read. Unpack it first, or raise "
                "max_parts"
            )
            raise Enough

    def reason(self, text: str) -> None:
        if text in self._reasons or len(self._reasons) > _MAX_REASONS:
            return
        self._reasons[text] = None
        full = len(self._reasons) > _MAX_REASONS
        self._send(wire.Reason("and more of the like was not read" if full else text))

    def kind(self, kind: str) -> None:
        self._send(wire.Kind(kind))

    def flush(self) -> None:
        """Send what is held. Called before each step that may hang, so that a kill loses nothing."""
        if self._texts:
            batch = wire.Batch(self._wheres, self._texts, self._contexts, self._lines)
            try:
                self._send(batch)
            except UnicodeEncodeError:  # half a surrogate pair, which JSON can say and UTF-8 can't
                wheres, texts, contexts = (
                    [_whole(text) for text in column] for column in (batch.wheres, batch.texts, batch.contexts)
                )
                self._send(wire.Batch(wheres, texts, contexts, batch.lines))
            self._wheres, self._texts, self._contexts, self._lines = [], [], [], []
            self._held = 0
        self._flushed_s = time.monotonic()


class Out:
    """One file's, or one part's, way to the ledger: knows the words that say where it stands.

    `where` leads to the place and may hold names out of the file; `plain` says the same without them, for reasons.
    """

    def __init__(self, ledger: Ledger, where: str = "", plain: str = "", depth: int = 0) -> None:
        self.ledger = ledger
        self._where = where
        self._plain = plain
        self.depth = depth

    def within(self, where: str, plain: str = "") -> Out:
        """The same for a place in here, such as `sheet Claims` or `attachment a.pdf` (plain: `attachment 1`)."""
        plain = plain or where
        return Out(
            self.ledger,
            f"{self._where}, {where}" if self._where else where,
            f"{self._plain}, {plain}" if self._plain else plain,
            self.depth,
        )

    def file(self, data: bytes, name: str, media_type: str = "") -> None:
        """Read a file that stands here: an attachment, a member of an archive."""
        self.ledger.part()
        if self.depth >= self.ledger.limits.max_depth:
            self.reason(
                f"files stand in files more than {self.ledger.limits.max_depth} deep: this one was not read. Unpack it "
                "first, or raise max_depth"
            )
            return
        self.flush()
        self.ledger.read(data, name, media_type, Out(self.ledger, self._where, self._plain, self.depth + 1))

    def at(self, where: str) -> str:
        """The whole place of `where` in here."""
        return f"{self._where}, {where}" if self._where and where else self._where or where

    def add(self, where: str, text: str, context: str = "", line: int = 0) -> None:
        """A piece. Nothing happens where the text is blank."""
        if text and not text.isspace():
            self.ledger.add(self.at(where), text, context, line)

    def reason(self, text: str) -> None:
        """Something here was not read; `text` says what, why and what to do, and holds no content."""
        self.ledger.reason(f"{self._plain}: {text}" if self._plain else text)

    def flush(self) -> None:
        self.ledger.flush()


def columns(out: Out, names: Sequence[str]) -> list[str]:
    """The place of each column of a table: `column 2 (DOB)`, or `column 2` where it has no name."""
    return [out.at(f"column {n} ({name})" if name else f"column {n}") for n, name in enumerate(names, 1)]


def _whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
