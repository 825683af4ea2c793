"""Identifiers that occur together, taken for one person's until somebody knows better."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping

import msgspec

from ringfence.sidecar.subjects import Identifier, Named

LINKING = frozenset(
    {
        "PERSON",
        "EMAIL_ADDRESS",
        "PHONE_NUMBER",
        "FAX_NUMBER",
        "US_SSN",
        "US_ITIN",
        "PASSPORT",
        "DRIVER_LICENSE",
        "MEDICAL_RECORD_NUMBER",
        "HEALTH_PLAN_ID",
        "US_MBI",
        "ACCOUNT_NUMBER",
        "IBAN",
        "VIN",
        "LICENSE_PLATE",
        "DEVICE_ID",
        "PERSONAL_URL",
        "USERNAME",
        "BIOMETRIC_ID",
        "UNIQUE_ID",
    }
)
"""Kinds that belong to one person. Others (dates, places, addresses of households, clinicians) are shared by many, so
two requests that have them in common need not be about the same person."""

ONE_EACH = frozenset({"US_SSN", "US_ITIN", "US_MBI"})
"""Kinds of which a person has one at most: two of them are two people."""


class Subject(msgspec.Struct, frozen=True):
    """Identifiers that occur together, and the records they were in. `exposed`: at least one of these requests left as
    it was; else all of them were masked. `at_least`: so many people it must be."""

    identifiers: tuple[Identifier, ...]
    records: tuple[int, ...]
    exposed: bool
    at_least: int


def same(one: str, other: str) -> bool:
    """Whether two spellings are of one identifier: letters and digits alike, whatever the case and what is between."""
    return bool(_plain(one)) and _plain(one) == _plain(other)


def grouped(entries: Mapping[int, Named], exposed: Collection[int]) -> tuple[Subject, ...]:
    """Groups of identifiers, those in most records first. `exposed` are the records of requests that left unmasked.

    Identifiers that link (LINKING) join the requests in which they occur. So one request about two people joins them:
    the number of groups is no number of people, and `at_least` says what is certain.
    """
    parents: dict[int, int] = {index: index for index in entries}

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    first: dict[tuple[str, str], int] = {}
    for index, named in sorted(entries.items()):
        for each in named.identifiers:
            if each.entity in LINKING and (plain := _plain(each.value)):
                parents[root(index)] = root(first.setdefault((each.entity, plain), index))
    together: dict[int, list[int]] = {}
    for index in sorted(entries):
        if entries[index].identifiers:
            together.setdefault(root(index), []).append(index)
    found = [_subject(records, entries, exposed) for records in together.values()]
    return tuple(sorted(found, key=lambda each: (-len(each.records), each.records)))


def _subject(records: list[int], entries: Mapping[int, Named], exposed: Collection[int]) -> Subject:
    spelt: dict[tuple[str, str], Identifier] = {}
    for index in records:
        for each in entries[index].identifiers:
            spelt.setdefault((each.entity, _plain(each.value)), each)
    counts = [sum(entity == kind for entity, _ in spelt) for kind in ONE_EACH]
    exposed_here = not set(exposed).isdisjoint(records)
    return Subject(tuple(sorted(spelt.values())), tuple(records), exposed_here, max(1, *counts))


def _plain(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())
