"""What is read from a request, and what is found in it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ringfence.vocabulary.labels import Label


class Place(StrEnum):
    """Where in the JSON a segment stands. Only a VALUE can be masked: keys, numbers and files can't be replaced, and
    what is FIXED must not be."""

    VALUE = "value"
    KEY = "key"
    NUMBER = "number"
    FILE = "file"
    """Read out of an encoded file, which leaves as it is or not at all."""
    FIXED = "fixed"
    """A string that the service refuses unless it comes back as the service wrote it: it is signed, or an id of its."""


class Segment(msgspec.Struct, frozen=True):
    """One scanned piece of text. `pointer` is RFC 6901; for a KEY it is the pointer of the member it names, for a FILE
    that of the file, then the place in it and the words that label the text there.

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
    the span delimits the value, so that replacing it removes the identifier.
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
    """How much of the request was read. PARTIAL: a part can't be read, or the search for names ran out of time. FAILED:
    a detector failed, or the search by patterns ran out of time."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


class Classification(msgspec.Struct, frozen=True):
    """`labels` includes provenance and findings; `declared` only provenance (key, source tag, headers).

    `reasons` are plain sentences without content, one for each label raised and each part not read.
    `names_searched` is true where a tagger for names in free text ran over every text in which a name can stand;
    where it is false, `names_why` says why, in a plain sentence without content.
    """

    labels: frozenset[Label]
    declared: frozenset[Label]
    findings: tuple[Finding, ...]
    completeness: Completeness
    reasons: tuple[str, ...] = ()
    names_searched: bool = False
    names_why: str = ""
