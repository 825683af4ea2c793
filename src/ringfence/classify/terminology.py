"""Terms of public code systems: words that a tagger takes for a name although the request says what they are.

`{"system": "http://loinc.org", "display": ...}` is the name of a test, a finding, a drug or a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from ringfence.classify.inquiry import Names
from ringfence.vocabulary.text import Segment

# Nobody writes names of patients into these: https://hl7.org/fhir/R4/terminologies-systems.html
_SYSTEM = re.compile(
    r'"system"\s*:\s*"https?://(?:loinc\.org|snomed\.info/sct|unitsofmeasure\.org|'
    r'www\.nlm\.nih\.gov/research/umls/rxnorm|(?:terminology\.)?hl7\.org/)[^"]{0,200}"'
)
_TERM = re.compile(r'"(?:display|unit|code)"\s*:\s*"([^"\\]{6,300})"')
"""Shorter ones are ordinary words elsewhere. One with an escape is left to the taggers."""
_LONGEST = 2_000
"""Code points between the braces of a coding or a quantity, which hold no braces of their own."""


def without(names: Names, segments: Sequence[Segment]) -> Names:
    """`names` less what stands within a term, wherever in the request the whole term stands."""
    terms = {term for segment in segments if '"system"' in segment.text for term in _terms(segment.text)}
    if not terms or not names.whole:
        return names
    holding: dict[str, list[tuple[str, int]]] = {}
    kept = []
    for index, span in names.whole:
        text = segments[index].text
        value = text[span.start : span.end]
        if value not in holding:
            holding[value] = [(term, match.start()) for term in terms for match in re.finditer(re.escape(value), term)]
        if not any(span.start >= at and text.startswith(term, span.start - at) for term, at in holding[value]):
            kept.append((index, span))
    return msgspec.structs.replace(names, whole=tuple(kept))


def _terms(text: str) -> Iterator[str]:
    for system in _SYSTEM.finditer(text):
        start = text.rfind("{", max(0, system.start() - _LONGEST), system.start())
        end = text.find("}", system.end(), system.end() + _LONGEST)
        if (
            start >= 0
            and end >= 0
            and text.find("}", start, system.start()) < 0
            and text.find("{", system.end(), end) < 0
        ):
            yield from (match[1] for match in _TERM.finditer(text, start, end))
