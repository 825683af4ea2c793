"""What is still to be asked of the taggers for one request, and what their answers add to it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import msgspec

from ringfence.classify import borders, pointers
from ringfence.classify.borders import Window
from ringfence.classify.memory import Memory
from ringfence.classify.merging import Span
from ringfence.classify.names import FAILED, LATE, NOT_YET, Hits, Question, may_go_on, may_hold_names, question
from ringfence.classify.rules import Rules
from ringfence.vocabulary.text import Place, Segment

NameMemory = Memory[tuple[Span, ...]]


class Answers(msgspec.Struct, frozen=True):
    """What the taggers said: an element for each text asked about, None where time ran out before. `failed`: one of
    them raised, so nothing that they said is complete."""

    hits: tuple[Hits | None, ...] = ()
    failed: bool = False


class Names(msgspec.Struct, frozen=True):
    """What taggers found in one request, as (segment's index, span). `parts` belong to names that go on over a border.

    `why` says why not every text was searched, "" where it was; `late` and `failed` are the two ways to have tried.
    """

    whole: tuple[tuple[int, Span], ...] = ()
    parts: tuple[tuple[int, Span], ...] = ()
    why: str = NOT_YET
    late: bool = False
    failed: bool = False


class Inquiry:
    """`texts` are to be given to the taggers. What was asked before is remembered, so that a conversation of n turns
    costs its new turn."""

    def __init__(self, segments: Sequence[Segment], wire: Container[str], rules: Rules, memory: NameMemory) -> None:
        """`wire`: pointers of members that steer the request, such as a role: what stands there is no text."""
        self._rules, self._memory = rules, memory
        self._known: dict[bytes, tuple[Span, ...]] = {}
        self._open: dict[bytes, Question] = {}
        self._segments = [
            (index, self._ask(segment.text, _context(segment)))
            for index, segment in enumerate(segments)
            if segment.pointer not in wire and may_hold_names(segment)
        ]
        self._windows: list[tuple[Window, bytes]] = [
            (window, self._ask(window.text, "")) for window in borders.windows(segments) if may_go_on(window)
        ]
        self.texts = tuple(piece.text for each in self._open.values() for piece in each.pieces)

    def _ask(self, text: str, context: str) -> bytes:
        digest = self._memory.digest("names", self._rules.digest, context, text)
        if digest not in self._known and digest not in self._open:
            spans = self._memory.get(digest)
            if spans is None:
                self._open[digest] = question(digest, text, context)
            else:
                self._known[digest] = spans
        return digest

    def names(self, answers: Answers) -> Names:
        """What the answers add. Only what was answered whole is remembered."""
        known, late, given = dict(self._known), False, iter(answers.hits)
        for digest, each in self._open.items():
            said = [next(given, None) for _ in each.pieces]
            known[digest] = each.spans([hits or () for hits in said], self._rules)
            if None in said:
                late = True
            elif not answers.failed:
                self._memory.put(digest, known[digest])
        return Names(
            whole=tuple((index, span) for index, digest in self._segments for span in known[digest]),
            parts=tuple(_parts((window, span) for window, digest in self._windows for span in known[digest])),
            why=FAILED if answers.failed else LATE if late else "",
            late=late,
            failed=answers.failed,
        )


def _context(segment: Segment) -> str:
    return "" if segment.place is Place.KEY else pointers.context(segment.pointer)


def _parts(spans: Iterable[tuple[Window, Span]]) -> Iterable[tuple[int, Span]]:
    """Of names over a border, the part in each text. What lies in one text alone was found there, in its context."""
    for window, span in spans:
        pieces = window.pieces_of(span)
        if len(pieces) > 1:
            yield from pieces
