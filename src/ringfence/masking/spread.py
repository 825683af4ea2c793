"""Names of people, and parts of them, where no detector saw them: `Johnson` after `Robert Johnson` was found once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

import msgspec

from ringfence.masking.jsontext import ESCAPED_BLANK, value_of
from ringfence.masking.people import PEOPLE, may_stand_alone, parts_of, spellings
from ringfence.vocabulary.text import Finding, Place, Segment

_MOST_SEARCHED = 200_000_000
"""Parts of names times characters of the request: about 0.1 s. Beyond it only what detectors found is masked."""
_BEFORE = 12
_BETWEEN = "\x00"
_JOINT = re.compile(r"[ \t]+|[ \t]*[,^][ \t]*|[ \t]+[A-Z]\.?[ \t]+|\^[A-Z]\^")
"""What may stand between two parts of one name."""


class _Part:
    """A word that stands for a person: where its name was first found, and the names that it is part of."""

    __slots__ = ("finding", "names")

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.names: set[str] = set()


class _Mention:
    """A stretch in which parts of one name stand beside each other."""

    __slots__ = ("end", "names", "part", "start", "words")

    def __init__(self, start: int, word: str, part: _Part) -> None:
        self.start, self.end, self.words, self.names = start, start + len(word), {word.casefold()}, part.names
        self.part = part

    def takes(self, other: _Mention, text: str) -> bool:
        """Joins `other`, which follows, if it goes on with the same name: `Johnson, Robert` is one mention of one
        person, `Johnson, Johnson` is two, and so are two people of a list."""
        names = self.names & other.names
        if not names or self.words & other.words or not _JOINT.fullmatch(text, self.end, other.start):
            return False
        self.end, self.words, self.names = other.end, self.words | other.words, names
        return True


def elsewhere(
    segments: Sequence[Segment], chosen: Mapping[str, Sequence[Finding]], json_text: Container[str]
) -> list[Finding]:
    """Findings for each place where a chosen name, or a part of one, stands as a word of its own and nothing chosen
    covers it. In object keys and in text out of files, too: masking can't reach them, and says so. In `json_text` the
    letter of an escaped blank is none of the word after it.
    """
    segments = [_readable(segment) if segment.pointer in json_text else segment for segment in segments]
    parts = _parts(segments, chosen, json_text)
    if not parts:
        return []
    places = [segment for segment in segments if segment.place is not Place.NUMBER]
    found: dict[int, list[_Mention]] = {}
    for index, start, word in _standing(places, parts):
        found.setdefault(index, []).append(_Mention(start, word, parts[word]))
    covered = {pointer: _Cover(some) for pointer, some in chosen.items()}
    findings = []
    for index, some in found.items():
        place = places[index]
        cover = covered.get(place.pointer) if place.place is Place.VALUE else None
        for mention in _joined(place.text, some):
            if cover is None or not cover.holds(mention.start, mention.end):
                findings.append(_found(mention, place))
    return findings


def _readable(segment: Segment) -> Segment:
    """Escaped blanks as blanks; every offset stays."""
    return msgspec.structs.replace(segment, text=ESCAPED_BLANK.sub(lambda match: " " * len(match[0]), segment.text))


def _parts(
    segments: Sequence[Segment], chosen: Mapping[str, Sequence[Finding]], json_text: Container[str]
) -> dict[str, _Part]:
    parts: dict[str, _Part] = {}
    for segment in segments:
        if segment.place is not Place.VALUE:
            continue
        for finding in chosen.get(segment.pointer, ()):
            if finding.entity in PEOPLE:
                name = segment.text[finding.start : finding.end]
                if "\\" in name and segment.pointer in json_text:
                    name = value_of(name) or ""
                for word in parts_of(name):
                    for spelling in spellings(word):
                        parts.setdefault(spelling, _Part(finding)).names.add(name)
    return parts


def _standing(places: Sequence[Segment], parts: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """(place's index, start, part) for each place where a part stands as a word and means the name."""
    starts, size = [], 0
    for segment in places:
        starts.append(size)
        size += len(segment.text) + 1
    joined = _BETWEEN.join(segment.text for segment in places)  # one long text is searched faster than many short ones
    for number, part in enumerate(parts, 1):
        if number * len(joined) > _MOST_SEARCHED:
            return
        at = joined.find(part)
        while at >= 0:
            end = at + len(part)
            alone = not (joined[at - 1 : at].isalnum() or joined[end : end + 1].isalnum())
            if alone and may_stand_alone(part, joined[max(0, at - _BEFORE) : at]):
                index = bisect_right(starts, at) - 1
                yield index, at - starts[index], part
            at = joined.find(part, end)


def _joined(text: str, some: Iterable[_Mention]) -> list[_Mention]:
    """Mentions from left to right, without those within others, and parts of one name as one mention."""
    joined: list[_Mention] = []
    for mention in sorted(some, key=lambda each: (each.start, -each.end)):
        if not joined or (mention.end > joined[-1].end and not joined[-1].takes(mention, text)):
            joined.append(mention)
    return joined


def _found(mention: _Mention, place: Segment) -> Finding:
    return msgspec.structs.replace(
        mention.part.finding,
        segment=place.pointer,
        start=mention.start,
        end=mention.end,
        place=place.place,
        structured=False,
    )


class _Cover:
    """Whether a stretch lies within one of the findings of its text."""

    def __init__(self, some: Iterable[Finding]) -> None:
        spans = sorted((each.start, each.end) for each in some)
        self._starts = [start for start, _ in spans]
        self._ends = list(accumulate((end for _, end in spans), max))

    def holds(self, start: int, end: int) -> bool:
        place = bisect_right(self._starts, start) - 1
        return place >= 0 and end <= self._ends[place]
