"""Segments and provenance -> findings -> data labels. Pure: the clock, the key and the taggers are handed in."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Mapping, Sequence

import msgspec

from ringfence.classify import borders, codewords, detectors, passing, pointers, sources, spreading, terminology
from ringfence.classify.inquiry import Answers, Inquiry, NameMemory, Names
from ringfence.classify.memory import Memory
from ringfence.classify.merging import Span, merge, without_parts
from ringfence.classify.names import OFF, Hits, Tagger, tag
from ringfence.classify.patterns import Patterns
from ringfence.classify.reading import Reader, Reading
from ringfence.classify.reasons import finding_reasons
from ringfence.classify.rules import NO_RULES, Rules
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


class Begun(msgspec.Struct, frozen=True):
    """A request read by patterns; what the taggers find in it can still be added."""

    segments: tuple[Segment, ...]
    unread: tuple[Unread, ...]
    provenance: Provenance
    found: _Findings


_ASKED_AT_ONCE = 16
"""Texts given to a tagger between two looks at the clock, where the classifier itself asks it."""


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
        self._reader = Reader(Patterns(detectors.all()))
        self._memory: Memory[Reading] = Memory(memory_key, memory_entries)
        self._name_memory: NameMemory = Memory(memory_key, memory_entries)
        self._clock = clock
        self._source_table = source_table
        self._taggers = tuple(taggers)

    def classify(
        self,
        segments: Sequence[Segment],
        unread: Sequence[Unread],
        provenance: Provenance,
        deadline: float | None = None,
        rules: Rules = NO_RULES,
    ) -> Classification:
        """Classify one request, by patterns and by the taggers of this classifier. `deadline` is a moment of the clock;
        what patterns have not read by then makes the result FAILED, what taggers have not, PARTIAL. `rules` are the
        organisation's own: they add findings, and may take away those that no check digit confirms.

        INVARIANT: labels are only ever added. No finding, no tag and no failure takes one away.
        """
        begun = self.begin(segments, unread, provenance, deadline, rules)
        names = None
        if self._taggers:
            inquiry = self.inquire(begun, (), rules)
            names = inquiry.names(self._answers(inquiry.texts, self._late(deadline)))
        return self.conclude(begun, names, deadline)

    def begin(
        self,
        segments: Sequence[Segment],
        unread: Sequence[Unread],
        provenance: Provenance,
        deadline: float | None = None,
        rules: Rules = NO_RULES,
    ) -> Begun:
        """The first half of `classify`: patterns only. `conclude` may be called with it more than once."""
        late = self._late(deadline)
        found = _Findings([[] for _ in segments], [[] for _ in segments], [set() for _ in segments], {})
        self._read_segments(segments, found, late, rules)
        self._read_borders(segments, found, late, rules)
        return Begun(tuple(segments), tuple(unread), provenance, found)

    def inquire(self, begun: Begun, wire: Container[str] = (), rules: Rules = NO_RULES) -> Inquiry:
        """What is to be asked of taggers about a request. `wire`: pointers of what is no text, such as roles."""
        return Inquiry(begun.segments, wire, rules, self._name_memory)

    def conclude(self, begun: Begun, names: Names | None = None, deadline: float | None = None) -> Classification:
        """The second half of `classify`: what was found, also by taggers, is found everywhere, and raises labels."""
        segments = begun.segments
        if names:
            names = terminology.without(names, segments)
            names = codewords.without(names, segments)
            names = passing.without(names, segments, (*begun.found.spans, *begun.found.pieces), begun.provenance)
        found = _with_names(begun.found, names) if names else _copied(begun.found)
        self._spread(segments, found, self._late(deadline))
        declared, reasons = sources.declared(begun.provenance, self._source_table)
        where = [
            (entity, segment.pointer) for segment, some in zip(segments, found.entities, strict=True) for entity in some
        ]
        raised = frozenset(label for entity, _ in where if (label := ENTITIES[entity].raises) is not None)
        completeness, incomplete = _completeness(found, begun.unread, len(segments), names)
        return Classification(
            labels=declared | raised,
            declared=declared,
            findings=_findings(segments, [a + b for a, b in zip(found.spans, found.pieces, strict=True)]),
            completeness=completeness,
            reasons=(*reasons, *finding_reasons(where), *incomplete),
            names_searched=names is not None and not names.why,
            names_why=names.why if names else OFF,
        )

    def spans(self, text: str, rules: Rules = NO_RULES, *, names: bool = True) -> tuple[Finding, ...]:
        """What is found in one text by itself, with "" as its segment; without `names` by patterns only. Raises
        InternalError where a detector or tagger fails."""
        segments = (Segment("", "request", text),)
        reading = self._remembered(Place.VALUE, text, "", lambda: False, rules)
        spans, failed = list(reading.spans), list(reading.failed)
        if names and self._taggers:
            inquiry = Inquiry(segments, (), rules, self._name_memory)
            told = inquiry.names(self._answers(inquiry.texts, lambda: False))
            spans = without_parts([*spans, *(span for _, span in told.whole)])
            failed += [told.why] * told.failed
        if failed:
            raise InternalError(f"these detectors failed: {', '.join(failed)}", where="classify")
        return _findings(segments, (spans,))

    def _late(self, deadline: float | None) -> Callable[[], bool]:
        return lambda: deadline is not None and self._clock() >= deadline

    def _answers(self, texts: Sequence[str], late: Callable[[], bool]) -> Answers:
        """Asks the taggers here and now."""
        hits: list[Hits] = []
        for start in range(0, len(texts), _ASKED_AT_ONCE):
            if late():
                break
            try:
                hits += tag(self._taggers, texts[start : start + _ASKED_AT_ONCE])
            except Exception:  # as for detectors: FAILED, and denied
                return Answers(tuple(hits), failed=True)
        return Answers(tuple(hits))

    def _remembered(self, place: Place, text: str, context: str, late: Callable[[], bool], rules: Rules) -> Reading:
        digest = self._memory.digest("number" if place is Place.NUMBER else "text", rules.digest, context, text)
        reading = self._memory.get(digest)
        if reading is None:
            read = self._reader.read_number if place is Place.NUMBER else self._reader.read
            reading = read(text, context, late, rules)
            if reading.whole:
                self._memory.put(digest, reading)
        return reading

    def _read_segments(
        self, segments: Sequence[Segment], found: _Findings, late: Callable[[], bool], rules: Rules
    ) -> None:
        for index, segment in enumerate(segments):
            if late():
                found.late = True
                return
            context = "" if segment.place is Place.KEY else pointers.context(segment.pointer)
            reading = self._remembered(segment.place, segment.text, context, late, rules)
            found.spans[index].extend(reading.spans)
            found.entities[index] |= reading.entities
            _note_failures(found, reading, segment.pointer)
            found.read += reading.whole

    def _read_borders(
        self, segments: Sequence[Segment], found: _Findings, late: Callable[[], bool], rules: Rules
    ) -> None:
        own = [tuple(spans) for spans in found.spans]
        for window in borders.windows(segments):
            if found.late or late():
                found.late = True
                return
            reading = self._remembered(Place.VALUE, window.text, "", late, rules)
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


def _copied(found: _Findings) -> _Findings:
    """Spreading writes into it, and what was begun must stay as it is."""
    return msgspec.structs.replace(
        found,
        spans=list(map(list, found.spans)),
        pieces=list(map(list, found.pieces)),
        entities=list(map(set, found.entities)),
    )


def _with_names(found: _Findings, names: Names) -> _Findings:
    """What patterns found and what taggers did. A part of a value whose check digit holds is no name."""
    found = _copied(found)
    for index, group in itertools.groupby(names.whole, key=lambda named: named[0]):
        found.spans[index] = without_parts([*found.spans[index], *(span for _, span in group)])
        found.entities[index] |= {span.entity for span in found.spans[index]}
    for index, span in names.parts:
        found.pieces[index].append(span)
        found.entities[index].add(span.entity)
    return found


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


def _completeness(
    found: _Findings, unread: Sequence[Unread], texts: int, names: Names | None
) -> tuple[Completeness, tuple[str, ...]]:
    reasons = [
        f"detector {name} failed at {pointers.shown(pointer)}, so the request counts as not read"
        for name, pointer in found.failed.items()
    ]
    if found.late:
        reasons.append(f"time ran out after {found.read} of {texts} texts were read")
    failed = bool(reasons) or (names is not None and names.failed)
    late = names is not None and names.late
    reasons += [names.why] if names and names.why and (names.failed or names.late) else []
    reasons += [
        f"{part.kind} at {pointers.shown(part.pointer)} can't be read{f': {part.why}' if part.why else ''}"
        for part in unread
    ]
    if failed:
        return Completeness.FAILED, tuple(reasons)
    return (Completeness.PARTIAL if unread or late else Completeness.COMPLETE), tuple(reasons)
