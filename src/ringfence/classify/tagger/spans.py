"""Tag probabilities of words -> spans of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringfence.classify.detector import Hit
from ringfence.classify.tagger import authorities
from ringfence.classify.tagger.features import Words

# What each label of the training is to the rest of Ringfence. CONTACT depends on what it looks like.
_ENTITIES = {
    "PERSON": "PERSON",
    "PROVIDER": "PROVIDER_NAME",
    "PLACE": "LOCATION",
    "FACILITY": "FACILITY",
    "ORG": "ORGANIZATION",
    "ADDRESS": "STREET_ADDRESS",
    "DATE": "DATE",
    "AGE": "AGE_OVER_89",
    "ID": "CODE",
    "COUNTRY": "COUNTRY",
}
_CONTACTS = ("EMAIL_ADDRESS", "PHONE_NUMBER", "PERSONAL_URL", "USERNAME")
ENTITIES = frozenset((*_ENTITIES.values(), *_CONTACTS))
_GLUE = "-_/"
"""Marks that hold the parts of one code or name together, where no blank stands beside them."""
_PHONE_DIGITS = 7
_NAMES = ("PERSON", "PROVIDER_NAME", "LOCATION", "FACILITY", "ORGANIZATION", "COUNTRY")
_SHORTEST_NAME = 3
_LETTERS = re.compile(r"[^\W\d_]+")
_AND = re.compile(r"\s+(?:and|AND|&)\s+")
_BARE = ("CODE", "DATE", "AGE_OVER_89", "COUNTRY", "ORGANIZATION", "LOCATION")
"""What says nothing of one person by itself."""


class Labels(msgspec.Struct, frozen=True):
    """The columns of the network's output, sorted out once: for each label its B and its I column."""

    names: tuple[str, ...]
    begin: NDArray[np.int64]
    inside: NDArray[np.int64]
    thresholds: NDArray[np.float32]

    @classmethod
    def of(cls, tags: Sequence[str], thresholds: Mapping[str, float]) -> Labels:
        names = tuple(dict.fromkeys(tag[2:] for tag in tags if tag != "O"))
        return cls(
            names,
            np.array([tags.index(f"B-{name}") for name in names]),
            np.array([tags.index(f"I-{name}") for name in names]),
            np.array([thresholds[name] for name in names], np.float32),
        )


def hits(text: str, words: Words, tags: NDArray[np.float32], labels: Labels) -> list[Hit]:
    """Spans, sorted and disjoint, of the words that are likely enough no `O`. `tags`: [words, columns]."""
    outside = tags[:, 0]
    found = np.flatnonzero(outside < 1 - labels.thresholds.min())
    if not len(found):
        return []
    by_label = tags[np.ix_(found, labels.begin)] + tags[np.ix_(found, labels.inside)]
    best = by_label.argmax(1)
    likely = 1 - outside[found]
    chosen = likely >= labels.thresholds[best]
    begins = tags[found, labels.begin[best]] > tags[found, labels.inside[best]]
    groups: list[tuple[int, int, int, float]] = []  # first word, last word, label, score
    for word, label, begin, score in zip(
        found[chosen].tolist(), best[chosen].tolist(), begins[chosen].tolist(), likely[chosen].tolist(), strict=True
    ):
        if groups and groups[-1][1] == word - 1 and groups[-1][2] == label and not begin:
            first, _, _, least = groups[-1]
            groups[-1] = (first, word, label, min(least, score))
        else:
            groups.append((word, word, label, score))
    whole = _spans(text, words, groups, labels.names)
    return _told((part for hit in whole for part in _parts(hit, text)), text)


def _parts(hit: Hit, text: str) -> Iterator[Hit]:
    """A hit without what names nobody: `and` between two people, the court beside its town, a government."""
    value = text[hit.start : hit.end]
    if hit.entity == "PERSON":
        start = hit.start
        for link in _AND.finditer(value):
            yield Hit(start, hit.start + link.start(), hit.entity, hit.score)
            start = hit.start + link.end()
        yield Hit(start, hit.end, hit.entity, hit.score)
    elif hit.entity != "ORGANIZATION":
        if hit.entity != "COUNTRY" or not authorities.is_party(value):
            yield hit
    elif town := authorities.place(value):
        yield Hit(hit.start + town[0], hit.start + town[1], "LOCATION", hit.score)
    elif not authorities.nameless(value):
        yield hit


def _told(found: Iterator[Hit], text: str) -> list[Hit]:
    """All hits, less the bare numbers and codes of a text in which nobody is named, addressed or reached.

    A number there that does name somebody has a label beside it, which is for the patterns to read.
    """
    listed = [hit for hit in found if not _is_crumb(text[hit.start : hit.end], hit.entity)]
    if any(hit.entity not in _BARE and _has_letters(text, hit) for hit in listed):
        return listed
    return [
        hit
        for hit in listed
        if hit.entity != "CODE" and _has_letters(text, hit) and "*" not in text[hit.start : hit.end]
    ]


def _is_crumb(value: str, entity: str) -> bool:
    """`n-th`, `a b`: in lower case and without a word of three letters, it names nobody and no place. `5 * * 1` is when
    a machine does something."""
    if entity == "DATE" and " * " in value:
        return True
    longest = max((len(run) for run in _LETTERS.findall(value)), default=0)
    return entity in _NAMES and longest < _SHORTEST_NAME and value.islower()


def _has_letters(text: str, hit: Hit) -> bool:
    return any(map(str.isalpha, text[hit.start : hit.end])) or hit.entity in ("DATE", "AGE_OVER_89")


def _spans(
    text: str, words: Words, groups: Sequence[tuple[int, int, int, float]], names: Sequence[str]
) -> Iterator[Hit]:
    reach = 0
    for first, last, label, score in groups:
        start, end = _whole(text, int(words.starts[first]), int(words.ends[last]))
        start = max(start, reach)
        while start < end and not text[start].isalnum():
            start += 1
        while end > start and not text[end - 1].isalnum():
            end -= 1
        if start < end:
            reach = end
            yield Hit(start, end, _entity(names[label], text[start:end]), round(score, 3))


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Widened over letters and digits that stand beside it without a blank, and over marks that glue them to it."""
    while start > 0 and (
        text[start - 1].isalnum() or (start > 1 and text[start - 1] in _GLUE and text[start - 2].isdigit())
    ):
        start -= 1
    while end < len(text) and (
        text[end].isalnum() or (end + 1 < len(text) and text[end] in _GLUE and text[end + 1].isdigit())
    ):
        end += 1
    return start, end


def _entity(label: str, value: str) -> str:
    if label != "CONTACT":
        return _ENTITIES[label]
    if "@" in value.strip("@"):
        return "EMAIL_ADDRESS"
    if sum(map(str.isdigit, value)) >= _PHONE_DIGITS:
        return "PHONE_NUMBER"
    return "PERSONAL_URL" if "/" in value or "www." in value else "USERNAME"
