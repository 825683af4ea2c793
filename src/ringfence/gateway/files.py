"""Files that a request carries: read beside the event loop, then searched like any other text.

What was read is text for the detectors only: the file leaves as it is, or not at all.
"""

from __future__ import annotations

import base64
import binascii
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol
from urllib.parse import unquote_to_bytes

import msgspec

from ringfence.vocabulary.chat import CanonicalRequest, FilePart, Unread
from ringfence.vocabulary.extracted import Extracted, Piece
from ringfence.vocabulary.text import Completeness, Place, Segment

log = logging.getLogger("ringfence")

_MOST_REASONS = 3
_LATE = Extracted("", (), Completeness.PARTIAL, ("it was not read in time",))


class Extracts(Protocol):
    """The extract room as the gateway sees it. May be called from several threads."""

    def extract(self, data: bytes, name: str, media_type: str, timeout_s: float) -> Extracted: ...

    def close(self) -> None: ...


class Files:
    """Reads the files of one request after another, of `at_a_time` requests at once."""

    def __init__(
        self,
        extractor: Extracts,
        *,
        timeout_s: float,
        at_a_time: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.timeout_s = timeout_s
        self._extractor = extractor
        self._clock = clock
        self._threads = ThreadPoolExecutor(at_a_time, "ringfence-files")

    def submit(self, parts: Sequence[FilePart]) -> Future[tuple[Extracted, ...]]:
        """All of these within `timeout_s` from now on; what is not read by then is said to be PARTIAL."""
        return self._threads.submit(self._read, tuple(parts), self._clock() + self.timeout_s)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._extractor.close()

    def _read(self, parts: tuple[FilePart, ...], deadline: float) -> tuple[Extracted, ...]:
        return tuple(self._read_one(part, deadline - self._clock()) for part in parts)

    def _read_one(self, part: FilePart, left_s: float) -> Extracted:
        if left_s <= 0:
            return _LATE
        try:
            data = _decoded(part)
        except ValueError:
            return _partial("its content is not in Base64")
        try:
            extracted = self._extractor.extract(data, part.name, part.media_type, left_s)
        except Exception as error:
            # As for a detector: what could not be read is said to be unread. The type only: a text may quote the file.
            log.error("a file could not be read: %s", type(error).__name__)
            return _partial("reading it failed")
        if data and extracted.completeness is Completeness.COMPLETE and not extracted.pieces:
            return _partial("no text was found in it")
        return extracted


def unread_in_time(parts: Sequence[FilePart]) -> tuple[Extracted, ...]:
    """What is known of files that were given up."""
    return (_LATE,) * len(parts)


def with_files(
    request: CanonicalRequest, parts: Sequence[FilePart], extracted: Sequence[Extracted]
) -> tuple[tuple[Segment, ...], tuple[Unread, ...]]:
    """The segments and unread parts of a request whose files were read: a file read whole is unread no longer."""
    segments, unread = list(request.segments), list(request.unread)
    for part, found in zip(parts, extracted, strict=True):
        segments += [
            Segment(_pointer(part, piece), "user", piece.text, Place.FILE) for piece in found.pieces if piece.text
        ]
        why = "; ".join(found.reasons[:_MOST_REASONS])
        unread = [
            msgspec.structs.replace(each, why=why) if each.pointer == part.pointer else each
            for each in unread
            if each.pointer != part.pointer or found.completeness is not Completeness.COMPLETE
        ]
    return tuple(segments), tuple(unread)


def _pointer(part: FilePart, piece: Piece) -> str:
    """The file's pointer, the place in it and what labels the text there; `content` is a name that labels nothing."""
    return f"{part.pointer}/{_escaped(piece.where)}/{_escaped(piece.context) or 'content'}"


def _decoded(part: FilePart) -> bytes:
    """Raises ValueError."""
    if not part.base64:
        return unquote_to_bytes(part.encoded)
    try:
        return base64.b64decode("".join(part.encoded.split()), validate=True)
    except binascii.Error as error:
        raise ValueError from error


def _partial(why: str) -> Extracted:
    return Extracted("", (), Completeness.PARTIAL, (why,))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
