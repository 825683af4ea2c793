"""What is read from a request, and what is found in it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ringfence.vocabulary.labels import Label


class Place(StrEnum):
    """Where in the JSON a segment stands. Only a VALUE can be masked: keys and numbers can't be replaced."""

    VALUE = "value"
    KEY = "key"
    NUMBER = "number"


class Segment(msgspec.Struct, frozen=True):
    """One scanned piece of text. `pointer` is RFC 6901; for a KEY it is the pointer of the member it names.

    `role` says who speaks: system, developer, user, assistant, tool, schema, metadata or request.
    `text` is the string itself, or a number as written.
    """

    pointer: str
    role: str
    text: str
    place: Place = Place.VALUE


class Finding(msgspec.Struct, frozen=True):
    """An identifier found in a segment: code points, half-open [start, end).

    `segment` is the segment's pointer. `detector` is `name/version`. `score` is in 0..1. `structured` is true where
    a pattern or checksum delimits the value exactly, so that replacing the span removes the identifier.
    """

    segment: str
    start: int
    end: int
    entity: str
    score: float
    detector: str
    place: Place = Place.VALUE
    structured: bool = True


class Completeness(StrEnum):
    """How much of the request was read. PARTIAL: a part can't be read. FAILED: a detector failed or ran out of time."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


class Classification(msgspec.Struct, frozen=True):
    """`labels` includes provenance and findings; `declared` only provenance (key, source tag, headers).

    `reasons` are plain sentences without content, one for each label raised and each part not read.
    `names_searched` is true where a detector for names in free text ran over every segment.
    """

    labels: frozenset[Label]
    declared: frozenset[Label]
    findings: tuple[Finding, ...]
    completeness: Completeness
    reasons: tuple[str, ...] = ()
    names_searched: bool = False
