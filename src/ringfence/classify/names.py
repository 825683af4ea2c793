"""What the taggers are asked, and what their answers mean: names and the like in free text, where no pattern can find.

Pure: who runs the taggers, in which thread and for how long, is another room's affair. A text becomes *pieces* (what a
tagger gets), the answers to them become spans of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from ringfence.classify.blobs import may_hold_blobs
from ringfence.classify.borders import Window
from ringfence.classify.detector import Hit
from ringfence.classify.merging import Span, span_of
from ringfence.classify.normalise import View, views
from ringfence.classify.rules import Rules
from ringfence.vocabulary.text import Place, Segment

OFF = "the search for names is turned off"
LATE = "the search for names ran out of time"
FAILED = "the search for names failed"
NOT_YET = "names were not searched for"

_PIECE = 8_192
"""Code points that a tagger gets at once, so that a long text neither outlasts a deadline nor makes others wait."""
_MARGIN = 256
"""Code points in which neighbouring pieces overlap at each end, so that every name is seen whole and in its context."""
_BLANK = re.compile(r"\S\s+\S")
# A name can go on over a border only where the text before it ends within a word, after one, or after an initial.
_OPEN_END = re.compile(r"(?:[^\W\d_]|(?<![^\W\d_])[^\W\d_]{1,2}\.)\s?\Z")
_BEFORE = 8
"""Code points before a border that are looked at."""

Hits = tuple[tuple[str, Hit], ...]
"""What all taggers found in one piece: (tagger's name, hit)."""


class Tagger(Protocol):
    """Finds names and the like in free text. `name` is `name/version`; `entities` are all that it can report; `find`
    keeps no state and may be called from any thread, `find_many` answers several texts at the price of one call."""

    name: str
    entities: frozenset[str]

    def find(self, text: str) -> Sequence[Hit]: ...

    def find_many(self, texts: Sequence[str]) -> Sequence[Sequence[Hit]]: ...


def tag(taggers: Sequence[Tagger], texts: Sequence[str]) -> list[Hits]:
    """Asks every tagger about all texts. Raises what a tagger raises, and ValueError for an answer that makes no sense:
    a hit outside of its text, or of an entity that the tagger is not known for."""
    found: list[list[tuple[str, Hit]]] = [[] for _ in texts]
    for tagger in taggers:
        for text, some, hits in zip(texts, found, tagger.find_many(texts), strict=True):
            for hit in hits:
                if not 0 <= hit.start < hit.end <= len(text) or hit.entity not in tagger.entities:
                    raise ValueError(f"{tagger.name} gave a hit that can't be")
                some.append((tagger.name, hit))
    return [tuple(some) for some in found]


class Piece(msgspec.Struct, frozen=True):
    """What a tagger gets: `text` stands at `start` of the view. Hits that begin in [first, last) of it are its own; the
    rest is there for context, and belongs to its neighbours."""

    text: str
    view: View
    start: int
    first: int
    last: int


class Question(msgspec.Struct, frozen=True):
    """One text for the taggers. `prefix` is the length of the words that stand before it elsewhere."""

    digest: bytes
    prefix: int
    pieces: tuple[Piece, ...]

    def spans(self, answers: Sequence[Hits], rules: Rules) -> tuple[Span, ...]:
        """The answers to its pieces, in order, as spans of the text, less what the organisation's rules ignore."""
        found: dict[tuple[int, int, str], Span] = {}
        for piece, hits in zip(self.pieces, answers, strict=True):
            own = [span_of(tagger, hit) for tagger, hit in hits if piece.first <= hit.start < piece.last]
            for span in rules.kept(piece.text, own):
                start, end = piece.view.original(piece.start + span.start, piece.start + span.end)
                start, end = max(0, start - self.prefix), end - self.prefix
                if start < end:
                    found.setdefault((start, end, span.entity), msgspec.structs.replace(span, start=start, end=end))
        return tuple(found.values())


def question(digest: bytes, text: str, context: str) -> Question:
    """`context`: the words before the text, as for patterns.

    The last view is asked about, in which look-alikes are folded and encodings undone: it says all that the views
    between say. Only where a run of letters was taken for Base64 or hexadecimal is the text itself asked about, too: it
    may have been a long name.
    """
    prefix = f"{context}: " if context else ""
    seen = views(prefix + text)
    chosen = seen[:1] + seen[-1:] if len(seen) > 1 and may_hold_blobs(seen[0].text) else seen[-1:]
    return Question(digest, len(prefix), tuple(piece for view in chosen for piece in _pieces(view, len(prefix))))


def _pieces(view: View, prefix: int) -> Iterator[Piece]:
    text, step = view.text, _PIECE - 2 * _MARGIN
    for start in range(0, max(1, len(text) - 2 * _MARGIN), step):
        piece = text[start : start + _PIECE]
        if any(map(str.isalpha, piece[max(0, prefix - start) :])):
            whole = start + _PIECE >= len(text)
            yield Piece(piece, view, start, _MARGIN if start else 0, len(piece) if whole else _PIECE - _MARGIN)


def may_hold_names(segment: Segment) -> bool:
    """False for numbers, and for keys of one word: those are names of fields, such as `lastName`."""
    if segment.place is Place.NUMBER:
        return False
    return segment.place is not Place.KEY or _BLANK.search(segment.text) is not None


def may_go_on(window: Window) -> bool:
    """Whether a name could stand across a border within this window. What lies at a cut edge has its own window."""
    return any(
        window.text[start : start + 1].isalpha() and _OPEN_END.search(window.text, max(0, start - _BEFORE), start)
        for start, segment, _ in window.pieces[1:]
        if segment >= 0 and start >= (_BEFORE if window.cut_left else 0)
    )
