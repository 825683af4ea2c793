"""Reads a request whole: its files, by patterns, and for names where their answer can matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from ringfence.classify import Answers, Inquiry, Provenance
from ringfence.classify.classifier import Begun
from ringfence.dialects import Dialect
from ringfence.gateway import needless
from ringfence.gateway.files import with_files
from ringfence.gateway.needless import Judge
from ringfence.gateway.stations import Stations
from ringfence.gateway.steps import Ask, Read, Steps, Work
from ringfence.vocabulary.chat import CanonicalRequest, Unread
from ringfence.vocabulary.extracted import Extracted
from ringfence.vocabulary.text import Classification, Segment


def classified(
    request: CanonicalRequest, dialect: Dialect, given: Provenance, stations: Stations, judge: Judge, *, always: bool
) -> Steps[tuple[Classification, tuple[Segment, ...]]]:
    """The classification of a request, and all that was read, files included. `judge` decides on one as if masking were
    perfect; `always`: search for names also where no answer could change what it says."""
    segments, unread = request.segments, request.unread
    parts = dialect.files(request) if stations.files is not None and unread else ()
    if parts:
        extracted = cast(tuple[Extracted, ...], (yield Read(parts)))
        segments, unread = with_files(request, parts, extracted)
    rules = stations.state().rules

    def first() -> tuple[Begun, Classification]:
        begun = _begun(segments, unread, given, stations)
        return begun, stations.classifier.conclude(begun, None, late(stations))

    begun, classification = cast(tuple[Begun, Classification], (yield Work(first)))
    if stations.names is None:
        return classification, segments
    places = {use.path: use.pointer for use in request.uses}.values()
    if not always and needless.is_needless(judge, classification, stations.names.entities, places):
        return msgspec.structs.replace(classification, names_why=needless.WHY), segments
    wire = dialect.wire(request)
    inquiry = cast(Inquiry, (yield Work(lambda: stations.classifier.inquire(begun, wire, rules))))
    answers = cast(Answers, (yield Ask(inquiry.texts))) if inquiry.texts else Answers()
    whole = yield Work(lambda: stations.classifier.conclude(begun, inquiry.names(answers), late(stations)))
    return cast(Classification, whole), segments


def by_patterns(segments: Sequence[Segment], given: Provenance, stations: Stations) -> Steps[Classification]:
    """A second look, at what masking left. Names are not searched for again: all that were found have been replaced,
    and a tagger that reads a surrogate beside a word may take both together for another name."""

    def search() -> Classification:
        begun = _begun(segments, (), given, stations)
        return stations.classifier.conclude(begun, None, late(stations))

    return cast(Classification, (yield Work(search)))


def late(stations: Stations) -> float:
    """The moment at which a search by patterns that begins now has taken too long."""
    return stations.monotonic() + stations.detect_timeout_s


def _begun(segments: Sequence[Segment], unread: Sequence[Unread], given: Provenance, stations: Stations) -> Begun:
    return stations.classifier.begin(segments, unread, given, late(stations), stations.state().rules)
