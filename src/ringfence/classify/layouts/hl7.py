"""HL7 version 2 messages: what stands in which field. https://www.hl7.eu/HL7v2x/v25/std25/ch03.html ff."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ringfence.classify.layouts.field import Field

_SEGMENT = re.compile(
    r"(?:(?<=[\n\r\x0b])|\A)[ \t>\"]{0,4}(MSH|EVN|PID|PD1|NK1|PV1|PV2|IN1|IN2|GT1|ORC|OBR|AL1|DG1|PR1|ROL|TXA|SCH|MRG|"
    r"FT1|RXE|OBX)\|([^\n\r]*)"
)
MARK = re.compile(r"(?:[\n\r\x0b]|\A)[ \t>\"]{0,4}(?:MSH\|\^~|PID\|[^\n\r|]*\|[^\n\r]*\|)")

_NAME, _PROVIDER, _ADDRESS, _PLACE = "name", "provider", "address", "place"
# (segment, field) -> (how to read it, label or entity).
_FIELDS: dict[tuple[str, int], tuple[str, str]] = {
    ("PID", 2): ("first", "MRN"),
    ("PID", 3): ("first", "MRN"),
    ("PID", 4): ("first", "MRN"),
    ("PID", 5): (_NAME, "PERSON"),
    ("PID", 6): (_NAME, "PERSON"),
    ("PID", 7): ("day", "BIRTH_DATE"),
    ("PID", 9): (_NAME, "PERSON"),
    ("PID", 11): (_ADDRESS, "STREET_ADDRESS"),
    ("PID", 13): ("value", "phone"),
    ("PID", 14): ("value", "phone"),
    ("PID", 18): ("first", "account number"),
    ("PID", 19): ("first", "SSN"),
    ("PID", 20): ("first", "driver license"),
    ("PID", 21): ("first", "MRN"),
    ("PID", 23): (_PLACE, "LOCATION"),
    ("PID", 29): ("day", "DATE"),
    ("PD1", 3): (_PLACE, "FACILITY"),
    ("PD1", 4): (_PROVIDER, "PROVIDER_NAME"),
    ("NK1", 2): (_NAME, "PERSON"),
    ("NK1", 4): (_ADDRESS, "STREET_ADDRESS"),
    ("NK1", 5): ("value", "phone"),
    ("NK1", 6): ("value", "phone"),
    ("NK1", 16): ("day", "BIRTH_DATE"),
    ("NK1", 13): (_PLACE, "ORGANIZATION"),
    ("NK1", 37): ("first", "SSN"),
    ("PV1", 7): (_PROVIDER, "PROVIDER_NAME"),
    ("PV1", 8): (_PROVIDER, "PROVIDER_NAME"),
    ("PV1", 9): (_PROVIDER, "PROVIDER_NAME"),
    ("PV1", 17): (_PROVIDER, "PROVIDER_NAME"),
    ("PV1", 19): ("first", "visit number"),
    ("PV1", 44): ("day", "DATE"),
    ("PV1", 45): ("day", "DATE"),
    ("PV1", 52): (_PROVIDER, "PROVIDER_NAME"),
    ("GT1", 3): (_NAME, "PERSON"),
    ("GT1", 5): (_ADDRESS, "STREET_ADDRESS"),
    ("GT1", 6): ("value", "phone"),
    ("GT1", 7): ("value", "phone"),
    ("GT1", 8): ("day", "BIRTH_DATE"),
    ("GT1", 12): ("first", "SSN"),
    ("GT1", 16): (_NAME, "PERSON"),
    ("GT1", 21): (_PLACE, "ORGANIZATION"),
    ("IN1", 2): ("first", "plan id"),
    ("IN1", 8): ("first", "group number"),
    ("IN1", 11): (_PLACE, "ORGANIZATION"),
    ("IN1", 16): (_NAME, "PERSON"),
    ("IN1", 18): ("day", "BIRTH_DATE"),
    ("IN1", 19): (_ADDRESS, "STREET_ADDRESS"),
    ("IN1", 36): ("first", "insurance policy"),
    ("IN1", 49): ("first", "member id"),
    ("IN2", 2): ("first", "SSN"),
    ("IN2", 61): ("first", "member id"),
    ("ORC", 2): ("first", "lab order"),
    ("ORC", 3): ("first", "lab order"),
    ("ORC", 9): ("day", "DATE"),
    ("ORC", 10): (_PROVIDER, "PROVIDER_NAME"),
    ("ORC", 12): (_PROVIDER, "PROVIDER_NAME"),
    ("OBR", 2): ("first", "lab order"),
    ("OBR", 3): ("first", "accession number"),
    ("OBR", 7): ("day", "DATE"),
    ("OBR", 10): (_PROVIDER, "PROVIDER_NAME"),
    ("OBR", 14): ("day", "DATE"),
    ("OBR", 16): (_PROVIDER, "PROVIDER_NAME"),
    ("OBR", 22): ("day", "DATE"),
    ("OBR", 28): (_PROVIDER, "PROVIDER_NAME"),
    ("OBR", 32): (_PROVIDER, "PROVIDER_NAME"),
    ("OBX", 14): ("day", "DATE"),
    ("OBX", 16): (_PROVIDER, "PROVIDER_NAME"),
    ("DG1", 5): ("day", "DATE"),
    ("DG1", 16): (_PROVIDER, "PROVIDER_NAME"),
    ("PR1", 5): ("day", "DATE"),
    ("PR1", 11): (_PROVIDER, "PROVIDER_NAME"),
    ("ROL", 4): (_PROVIDER, "PROVIDER_NAME"),
    ("EVN", 2): ("day", "DATE"),
    ("EVN", 5): (_PROVIDER, "PROVIDER_NAME"),
    ("EVN", 6): ("day", "DATE"),
    ("MRG", 1): ("first", "MRN"),
    ("MRG", 3): ("first", "account number"),
    ("MRG", 7): (_NAME, "PERSON"),
    ("TXA", 4): ("day", "DATE"),
    ("TXA", 9): (_PROVIDER, "PROVIDER_NAME"),
}
_MOST_REPETITIONS = 32


def fields(text: str) -> Iterator[Field]:
    """The fields that say who a message is about, by segment and position."""
    for segment in _SEGMENT.finditer(text):
        name = segment.group(1)
        for number, (start, end) in enumerate(_split(text, segment.start(2), segment.end(2), "|"), 1):
            if name == "MSH" and number == 6:  # its field 1 is the bar itself
                yield from _day(text, start, end, "DATE")
            if (name, number) in _FIELDS and end > start:
                yield from _field(text, start, end, *_FIELDS[name, number])


def _field(text: str, start: int, end: int, how: str, says: str) -> Iterator[Field]:
    for first, last in _split(text, start, end, "~")[:_MOST_REPETITIONS]:
        parts = _split(text, first, last, "^")
        filled = [(a, b) for a, b in parts if b > a]
        if not filled:
            continue
        if how == "value":
            yield Field(((first, last),), says)
        elif how == "day":
            yield from _day(text, *parts[0], says)
        elif how == "first":
            if parts[0][1] > parts[0][0]:
                yield Field((parts[0],), says)
        elif how == _NAME:
            yield from (Field((part,), entity=says) for part in _pieces(text, parts[:5]))
        elif how == _PROVIDER:
            if parts[0][1] - parts[0][0] >= 4 and any(map(str.isdigit, text[slice(*parts[0])])):
                yield Field((parts[0],), "NPI" if parts[0][1] - parts[0][0] == 10 else "license number")
            named = parts[1:5] if len(parts) > 1 else parts[:1]
            yield from (Field((part,), entity=says) for part in _pieces(text, named))
        elif how == _PLACE:
            yield from (Field((part,), entity=says) for part in filled[:1])
        else:
            yield from _address(text, parts)


def _pieces(text: str, parts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in parts:
        for piece in _split(text, start, end, "&")[:1]:
            if any(map(str.isalpha, text[slice(*piece)])):
                yield piece


def _address(text: str, parts: list[tuple[int, int]]) -> Iterator[Field]:
    for index, (start, end) in enumerate(parts[:9]):
        if end > start and index != 3 and index not in (5, 6):
            label, entity = {2: ("", "LOCATION"), 4: ("zip code", ""), 8: ("", "LOCATION")}.get(
                index, ("", "STREET_ADDRESS")
            )
            if index == 8 and text[start:end].isdigit():
                continue
            yield Field(((start, end),), label, entity)


def _day(text: str, start: int, end: int, entity: str) -> Iterator[Field]:
    """A timestamp (chapter 2A, TS), unless it says no more than a year."""
    if (end - start >= 6 and text[start : start + 6].isdigit()) or "-" in text[start:end] or "/" in text[start:end]:
        yield Field(((start, end),), entity=entity)


def _split(text: str, start: int, end: int, mark: str) -> list[tuple[int, int]]:
    found = []
    while (at := text.find(mark, start, end)) >= 0:
        found.append((start, at))
        start = at + 1
    found.append((start, end))
    return found
