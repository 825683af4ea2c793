"""The shared format of annotated text: JSON lines, also gzipped. Offsets are code points, half-open.

Gold rows: {"id", "text", "spans": [[start, end, label, to_mask], ...]}. Predicted rows: {"id", "spans": [[start, end,
entity, score, detector], ...]}; what follows the two offsets may be absent.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ringfence.vocabulary.errors import ConfigurationError

T = TypeVar("T")
PredictedSpan = tuple[Any, ...]
"""(start, end) and, if it says so, entity, score, detector."""


class Text(msgspec.Struct, frozen=True):
    """A row as far as prediction needs it."""

    id: str | int
    text: str


class Gold(msgspec.Struct, frozen=True):
    """A row with what should be found. `to_mask` 0 marks a span that need not be."""

    id: str | int
    text: str
    spans: tuple[tuple[int, int, str, int], ...]


class Predicted(msgspec.Struct, frozen=True):
    """A row with what was found."""

    id: str | int
    spans: tuple[PredictedSpan, ...]


def read(path: Path, kind: type[T]) -> Iterator[T]:
    """The rows of a file. Raises ConfigurationError with the line, and never its content; OSError."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in _lines(path):
        try:
            row = decoder.decode(line)
            _check(row)
        except (msgspec.DecodeError, ValueError) as error:
            remedy = 'A row is {"id", "text", "spans": [[start, end, label, to_mask], ...]} on one line.'
            raise ConfigurationError(f"{path}: line {number}: {error}", remedy=remedy) from None
        yield row


def _check(row: object) -> None:
    if isinstance(row, Gold):
        spans: Iterable[PredictedSpan] = row.spans
        size = len(row.text)
    elif isinstance(row, Predicted):
        spans, size = row.spans, -1
    else:
        return
    for span in spans:
        if len(span) < 2 or not all(type(edge) is int for edge in span[:2]):
            raise ValueError("a span does not begin with two whole numbers")
        if not 0 <= span[0] <= span[1] or (size >= 0 and span[1] > size):
            raise ValueError("a span does not lie within its text")


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, line
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise ConfigurationError(f"{path}: not a whole gzip file", remedy="Compress it again.") from None


def write(path: Path, rows: Iterable[Predicted]) -> int:
    """Writes predictions, gzipped where the name ends in .gz; returns how many rows."""
    count = 0
    with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
        for row in rows:
            file.write(msgspec.json.encode(row) + b"\n")
            count += 1
    return count
