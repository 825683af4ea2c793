"""Strings that must go unchanged, such as a model's signed thinking: surrogates in them are the scope's already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ringfence.masking.book import Book
from ringfence.masking.surrogates import Occurrence, occurrences
from ringfence.vocabulary.text import Finding, Place, Segment

_LOOKED_UP = 1_000
"""Surrogates in one request that are looked up, at a vault query each; what is beyond counts as not the scope's own."""


class StandIns(msgspec.Struct, frozen=True):
    """The scope's surrogates in the FIXED strings of one request: `places` by pointer, with the string itself."""

    surrogates: frozenset[str]
    places: Mapping[str, tuple[str, tuple[Occurrence, ...]]]

    def explain(self, finding: Finding) -> bool:
        """Whether nothing was found but surrogates of the scope, in a FIXED string: a surrogate may look like an
        identifier, and one that the scope issued tells nothing of a value."""
        if finding.place is not Place.FIXED or finding.segment not in self.places:
            return False
        text, some = self.places[finding.segment]
        covered = {at for each in some for at in range(max(each.start, finding.start), min(each.end, finding.end))}
        return not any(text[at].isalnum() for at in range(finding.start, finding.end) if at not in covered)


def stand_ins(segments: Sequence[Segment], book: Book) -> StandIns:
    """Raises VaultError from the book."""
    known: dict[str, bool] = {}
    places: dict[str, tuple[str, tuple[Occurrence, ...]]] = {}
    for segment in segments:
        if segment.place is not Place.FIXED:
            continue
        ours = []
        for each in occurrences(segment.text):
            if each.surrogate not in known and len(known) < _LOOKED_UP:
                known[each.surrogate] = book.original(each.surrogate) is not None
            if known.get(each.surrogate):
                ours.append(each)
        if ours:
            places[segment.pointer] = segment.text, tuple(ours)
    return StandIns(frozenset(surrogate for surrogate, ours in known.items() if ours), places)
