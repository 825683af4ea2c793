"""Searches units: reads each file, finds what stands in it, says where."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from typing import Protocol, Self

import msgspec

from ringfence.scanning import files
from ringfence.scanning.blocks import Block, Lines, Source, blocks
from ringfence.scanning.files import Unreadable
from ringfence.scanning.finder import Finder, Found, Passage
from ringfence.scanning.plain import HEAD_BYTES, decoded, is_plain, split
from ringfence.scanning.results import Searched, Spotted, Unit
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.extracted import Extracted
from ringfence.vocabulary.text import Completeness, Finding

_MARGIN_BYTES = 16 * 1024
_GROUP = 128 * 1024
"""Code points in which a value found once is found everywhere."""
_AT_ONCE = 1 << 20
"""Code points searched together: enough for full batches, little enough to hold."""
_FINGERPRINT = 32


class Reads(Protocol):
    """What reads formats: `ringfence.extract.Extractor`."""

    def extract(
        self, data: bytes, name: str = "", media_type: str = "", timeout_s: float | None = None
    ) -> Extracted: ...

    def close(self) -> None: ...


class _Read(msgspec.Struct, frozen=True):
    """What is known of a unit once it was read, and its text, to be searched."""

    searched: Searched
    sources: tuple[Source, ...] = ()


class Searcher:
    """Searches files one batch after the other. `key` (32 bytes; b"" for none) makes fingerprints and, where `digests`
    are asked for, digests of what was read; `show` keeps values."""

    def __init__(
        self, finder: Finder, extractor: Reads, key: bytes, *, digests: bool = False, show: bool = False
    ) -> None:
        self._finder, self._extractor, self._key = finder, extractor, key
        self._digests, self._show = digests, show

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._extractor.close()

    def search(self, units: Sequence[Unit]) -> list[Searched]:
        """What came of each unit, in order. Raises nothing for what a file is."""
        read = [self._read(unit) for unit in units]
        lines = [Lines() for _ in read]
        spotted: list[list[Spotted]] = [[] for _ in read]
        reasons = [dict.fromkeys(one.searched.reasons) for one in read]
        documents = [(number, document) for number, one in enumerate(read) for document in _documents(one.sources)]
        for some in _batches(documents):
            passages = [[Passage(block.text, block.source.context) for block in document] for _, document in some]
            for (number, document), found in zip(some, self._finder.find(passages), strict=True):
                spotted[number].extend(self._spotted(document, found, lines[number]))
                reasons[number] |= dict.fromkeys(found.failed)
        return [
            msgspec.structs.replace(one.searched, spotted=tuple(found), reasons=tuple(why))
            for one, found, why in zip(read, spotted, reasons, strict=True)
        ]

    def _read(self, unit: Unit) -> _Read:
        searched = Searched(unit)
        try:
            before, core, after = self._bytes(unit)
        except Unreadable as error:
            return _Read(msgspec.structs.replace(searched, reasons=(error.why,)))
        if self._digests:
            digest = hashlib.blake2b(b"".join((before, core, after)), key=self._key, digest_size=20).hexdigest()
            searched = msgspec.structs.replace(searched, digest=digest, unchanged=digest == unit.done)
            if searched.unchanged:
                return _Read(searched)
        if unit.part:
            return _part(searched, before, core, after)
        if is_plain(core[:HEAD_BYTES], unit.path) and b"\0" not in core:
            text, doubt = decoded(core)
            searched = msgspec.structs.replace(searched, kind="text", reasons=(doubt,) if doubt else ())
            return _Read(searched, (Source(text, 0, len(text), line=1),))
        return self._extracted(searched, core)

    def _bytes(self, unit: Unit) -> tuple[bytes, bytes, bytes]:
        """The unit's bytes, and those around a part."""
        if unit.end is None:
            return b"", files.read(unit.path), b""
        first = max(0, unit.start - _MARGIN_BYTES)
        data = files.read(unit.path, first, unit.end + _MARGIN_BYTES)
        begin, end = unit.start - first, unit.end - first
        return data[:begin], data[begin:end], data[end:]

    def _extracted(self, searched: Searched, data: bytes) -> _Read:
        try:
            found = self._extractor.extract(data, searched.unit.path.rpartition("/")[2])
        except InternalError as error:
            return _Read(msgspec.structs.replace(searched, reasons=(error.message,)))
        reasons = found.reasons
        if found.completeness is not Completeness.COMPLETE and not reasons:
            reasons = ("it was not read whole",)
        sources = tuple(
            Source(piece.text, 0, len(piece.text), piece.where, piece.context, piece.line) for piece in found.pieces
        )
        return _Read(msgspec.structs.replace(searched, kind=found.kind, reasons=reasons), sources)

    def _spotted(self, document: Sequence[Block], found: Found, lines: Lines) -> Iterator[Spotted]:
        for block, findings in zip(document, found.passages, strict=True):
            for finding in findings:
                if block.first <= finding.start < block.last:
                    yield self._one(block, finding, lines)

    def _one(self, block: Block, finding: Finding, lines: Lines) -> Spotted:
        value = block.text[finding.start : finding.end]
        line, column = lines.of(block.source, block.start + finding.start)
        return Spotted(
            where=_unicode(block.source.where),
            line=line,
            column=column,
            length=finding.end - finding.start,
            entity=finding.entity,
            score=finding.score,
            detector=finding.detector,
            fingerprint=self._fingerprint(finding.entity, value),
            value=_unicode(value) if self._show else "",
        )

    def _fingerprint(self, entity: str, value: str) -> str:
        """INVARIANT: keyed, so that nobody without the key can test a guess of the value against it."""
        if not self._key:
            return ""
        told = f"{entity}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, told, "sha256").hex()[:_FINGERPRINT]


def _unicode(text: str) -> str:
    """Halves of surrogate pairs, which JSON can escape but no output can hold, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _part(searched: Searched, before: bytes, core: bytes, after: bytes) -> _Read:
    """A part of a long text, with what stands around it."""
    left, own, right = split(before, core, after)
    source = Source(left + own + right, len(left), len(left) + len(own), line=1)
    reasons = ("it holds bytes that are no text, and was searched all the same",) if b"\0" in core else ()
    searched = msgspec.structs.replace(searched, kind="text", lines=own.count("\n"), reasons=reasons)
    return _Read(searched, (source,))


def _documents(sources: Sequence[Source]) -> Iterator[list[Block]]:
    """Blocks in groups: what is kept in sight together."""
    group: list[Block] = []
    size = 0
    for source in sources:
        for block in blocks(source):
            if group and size + len(block.text) > _GROUP:
                yield group
                group, size = [], 0
            group.append(block)
            size += len(block.text)
    if group:
        yield group


def _batches(documents: Sequence[tuple[int, list[Block]]]) -> Iterator[list[tuple[int, list[Block]]]]:
    batch: list[tuple[int, list[Block]]] = []
    size = 0
    for number, document in documents:
        batch.append((number, document))
        size += sum(len(block.text) for block in document)
        if size >= _AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
