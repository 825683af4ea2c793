"""Segments and provenance -> findings -> data labels. Pure: the clock, the key and the taggers are handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from ringfence.classify import borders, detectors, pointers, sources, spreading
from ringfence.classify.memory import Memory
from ringfence.classify.merging import Span, merge
from ringfence.classify.patterns import Patterns
from ringfence.classify.reading import Reader, Reading, Tagger
from ringfence.classify.reasons import finding_reasons
from ringfence.classify.sources import SOURCES, Provenance, Source
from ringfence.vocabulary.chat import Unread
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.errors import InternalError
from ringfence.vocabulary.text import Classification, Completeness, Finding, Place, Segment

_MEMORY_ENTRIES = 65536
"""About 300 bytes each where nothing was found: some 20 MB when full."""


class _Findings(msgspec.Struct):
    """What one classification gathers, by the segment's index. `pieces` are parts of identifiers, not whole values."""

    spans: list[list[Span]]
    pieces: list[list[Span]]
    entities: list[set[str]]
    failed: dict[str, str]
    read: int = 0
    late: bool = False


class Classifier:
    """Finds identifiers and names data labels. Safe to share between threads; remembers results, never texts."""

    def __init__(
        self,
        *,
        memory_key: bytes,
        clock: Callable[[], float],
        source_table: Mapping[str, Source] = SOURCES,
        taggers: Sequence[Tagger] = (),
        memory_entries: int = _MEMORY_ENTRIES,
    ) -> None:
        """`memory_key`: 16 to 64 random bytes of this process. `clock`: seconds, monotonic, as for deadlines."""
        self._reader = Reader(Patterns(detectors.all()), taggers)
        self._memory: Memory[Reading] = Memory(memory_key, memory_entries)
        self._clock = clock
        self._source_table = source_table
        self._names_searched = bool(taggers)

    def classify(
        self,
        segments: Sequence[Segment],
        unread: Sequence[Unread],
        provenance: Provenance,
        deadline: float | None = None,
    ) -> Classification:
        """Classify one request. `deadline` is a moment of the clock; what is not read by then makes the result FAILED.

        INVARIANT: labels are only ever added. No finding, no tag and no failure takes one away.
        """

        def late() -> bool:
            return deadline is not None and self._clock() >= deadline

        found = _Findings([[] for _ in segments], [[] for _ in segments], [set() for _ in segments], {})
        self._read_segments(segments, found, late)
        self._read_borders(segments, found, late)
        self._spread(segments, found, late)
        declared, reasons = sources.declared(provenance, self._source_table)
        names = [
            (entity, segment.pointer) for segment, some in zip(segments, found.entities, strict=True) for entity in some
        ]
        raised = frozenset(label for entity, _ in names if (label := ENTITIES[entity].raises) is not None)
        completeness, incomplete = _completeness(found, unread, len(segments))
        return Classification(
            labels=declared | raised,
            declared=declared,
            findings=_findings(segments, [a + b for a, b in zip(found.spans, found.pieces, strict=True)]),
            completeness=completeness,
            reasons=(*reasons, *finding_reasons(names), *incomplete),
            names_searched=self._names_searched and not found.late,
        )

    def spans(self, text: str) -> tuple[Finding, ...]:
        """What is found in one text by itself, with "" as its segment. Raises InternalError where a detector fails."""
        reading = self._remembered(Place.VALUE, text, "", lambda: False)
        if not reading.whole:
            raise InternalError(f"these detectors failed: {', '.join(reading.failed)}", where="classify")
        return _findings((Segment("", "request", text),), (reading.spans,))

    def _remembered(self, place: Place, text: str, context: str, late: Callable[[], bool]) -> Reading:
        digest = self._memory.digest("number" if place is Place.NUMBER else "text", context, text)
        reading = self._memory.get(digest)
        if reading is None:
            read = self._reader.read_number if place is Place.NUMBER else self._reader.read
            reading = read(text, context, late)
            if reading.whole:
                self._memory.put(digest, reading)
        return reading

    def _read_segments(self, segments: Sequence[Segment], found: _Findings, late: Callable[[], bool]) -> None:
        for index, segment in enumerate(segments):
            if late():
                found.late = True
                return
            context = "" if segment.place is Place.KEY else pointers.context(segment.pointer)
            reading = self._remembered(segment.place, segment.text, context, late)
            found.spans[index].extend(reading.spans)
            found.entities[index] |= reading.entities
            _note_failures(found, reading, segment.pointer)
            found.read += reading.whole

    def _read_borders(self, segments: Sequence[Segment], found: _Findings, late: Callable[[], bool]) -> None:
        own = [tuple(spans) for spans in found.spans]
        for window in borders.windows(segments):
            if found.late or late():
                found.late = True
                return
            reading = self._remembered(Place.VALUE, window.text, "", late)
            for span in reading.spans:
                pieces = borders.without_words(window.pieces_of(span), segments, own)
                for index, piece in pieces:
                    (found.spans if len(pieces) == 1 else found.pieces)[index].append(piece)
                    found.entities[index].add(piece.entity)
            _note_failures(found, reading, segments[window.first_segment].pointer)

    def _spread(self, segments: Sequence[Segment], found: _Findings, late: Callable[[], bool]) -> None:
        texts = [segment.text for segment in segments]
        known = spreading.values(zip(texts, found.spans, strict=True))
        for index, start, end, span in spreading.everywhere(known, texts, late):
            found.spans[index].append(msgspec.structs.replace(span, start=start, end=end))
            found.entities[index].add(span.entity)
        found.late = found.late or late()


def _note_failures(found: _Findings, reading: Reading, pointer: str) -> None:
    for name in reading.failed:
        found.failed.setdefault(name, pointer)
    found.late = found.late or reading.late


def _findings(segments: Sequence[Segment], spans: Sequence[Sequence[Span]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            segment.pointer,
            span.start,
            span.end,
            span.entity,
            span.score,
            span.detector,
            segment.place,
            span.structured,
        )
        for segment, some in zip(segments, spans, strict=True)
        if some
        for span in merge(some, segment.text)
    )


def _completeness(found: _Findings, unread: Sequence[Unread], texts: int) -> tuple[Completeness, tuple[str, ...]]:
    reasons = [
        f"detector {name} failed at {pointers.shown(pointer)}, so the request counts as not read"
        for name, pointer in found.failed.items()
    ]
    if found.late:
        reasons.append(f"time ran out after {found.read} of {texts} texts were read")
    failed = bool(reasons)
    reasons += [f"{part.kind} at {pointers.shown(part.pointer)} can't be read" for part in unread]
    if failed:
        return Completeness.FAILED, tuple(reasons)
    return (Completeness.PARTIAL if unread else Completeness.COMPLETE), tuple(reasons)
