"""The answer to "who was affected", put together, and the draft of a risk assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from ringfence.evidence.affected.deadlines import Deadline, deadlines, rules
from ringfence.evidence.affected.paper import Paper, Standing, standing
from ringfence.evidence.affected.requests import Request
from ringfence.evidence.affected.subjects import Subject, grouped
from ringfence.ledger.snapshots import Snapshots
from ringfence.sidecar.subjects import Opened
from ringfence.vocabulary.labels import Label

HEALTH = frozenset({Label.PHI, Label.PART2, Label.LIMITED_DATA_SET})
"""Protected health information; a limited data set is some, too: 45 CFR 164.514(e)(2)."""


class AtService(msgspec.Struct, frozen=True, kw_only=True):
    """The requests to one service. `masked` of them left with identifiers replaced, `replaced` counts which; the
    others left as they were. `labels` and `entities` count requests and findings."""

    service: str
    requests: int
    masked: int
    labels: dict[str, int]
    entities: dict[str, int]
    replaced: dict[str, int]
    outcomes: dict[str, int]
    paper: Standing


class Unknown(msgspec.Struct, frozen=True):
    """Records of which nobody can say whose data was in them: nothing identified anybody; the sealed entry is gone
    (lost, expired, forgotten or changed); the sidecar was off then; not all of it could be read or searched."""

    no_identifiers: tuple[int, ...]
    no_entry: tuple[int, ...]
    sidecar_off: tuple[int, ...]
    not_read_whole: tuple[int, ...]


class Factor(msgspec.Struct, frozen=True):
    """One of the four factors: what it asks, what is known, and what a person must find out."""

    asks: str
    known: tuple[str, ...]
    open: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`subjects` None: nobody opened them. `at_least` people are certain, by groups of identifiers; `whole`: there is
    no request whose people are unknown."""

    about: str
    discovered: date
    role: str
    requests: int
    first_time: str
    last_time: str
    records: tuple[int, ...]
    services: tuple[AtService, ...]
    subjects: tuple[Subject, ...] | None
    at_least: int
    whole: bool
    unknown: Unknown
    problems: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    assessment: tuple[Factor, ...]
    not_covered: str


def report(
    found: Sequence[Request],
    snapshots: Snapshots,
    *,
    about: str,
    discovered: date,
    role: str,
    sealed: Collection[int],
    opened: Opened | None,
    problems: Iterable[str] = (),
) -> Report:
    """`sealed` are the records that have an entry, which needs no key; `opened` is what two custodians read. Raises
    LedgerCorrupt."""
    services = tuple(_at(name, found, snapshots) for name in sorted({each.service for each in found}))
    entries = opened.entries if opened else {}
    here = {each.index: entries[each.index] for each in found if each.index in entries}
    subjects = grouped(here, {each.index for each in found if not each.masked}) if opened else None
    unknown = _unknown(found, here.keys() if opened else sealed)
    at_least = sum(each.at_least for each in subjects or ())
    whole = subjects is not None and not any(msgspec.structs.astuple(unknown))
    papers: dict[Paper, None] = {paper: None for each in services for paper in each.paper.may_oblige}
    labels = {label for each in found for label in each.labels}
    health = None if unknown.not_read_whole and not labels & HEALTH else bool(labels & HEALTH)
    return Report(
        about=about,
        discovered=discovered,
        role=role,
        requests=len(found),
        first_time=found[0].time if found else "",
        last_time=found[-1].time if found else "",
        records=tuple(each.index for each in found),
        services=services,
        subjects=subjects,
        at_least=at_least,
        whole=whole,
        unknown=unknown,
        problems=tuple(dict.fromkeys((*problems, *(opened.problems if opened else ())))),
        deadlines=deadlines(discovered, role=role, health=health, at_least=at_least, papers=papers),
        assessment=_assessment(services, subjects),
        not_covered=rules().not_covered,
    )


def _at(service: str, found: Iterable[Request], snapshots: Snapshots) -> AtService:
    here = [each for each in found if each.service == service]
    return AtService(
        service=service,
        requests=len(here),
        masked=sum(each.masked for each in here),
        labels=_sorted(Counter(label for each in here for label in each.labels)),
        entities=_sorted(_sum(each.entities for each in here)),
        replaced=_sorted(_sum(each.replaced for each in here)),
        outcomes=_sorted(Counter(each.outcome for each in here)),
        paper=standing(snapshots, here),
    )


def _unknown(found: Iterable[Request], entries: Collection[int]) -> Unknown:
    found = tuple(found)
    return Unknown(
        no_identifiers=tuple(each.index for each in found if each.subjects == 0),
        no_entry=tuple(each.index for each in found if each.subjects and each.index not in entries),
        sidecar_off=tuple(each.index for each in found if each.subjects is None),
        not_read_whole=tuple(each.index for each in found if not each.read_whole),
    )


def _assessment(services: Sequence[AtService], subjects: Sequence[Subject] | None) -> tuple[Factor, ...]:
    """The four factors of 45 CFR 164.402 (2), filled with what is known. A draft: it never says how likely it is that
    the information was compromised."""
    received = []
    kept = []
    for each in services:
        paper = each.paper
        at = f"{paper.vendor or each.service}, {paper.host or 'host not known'}"
        bound = ", ".join(document.id for document in paper.documents) or "no document on file covered it"
        received.append(f"{each.service}: {at}; {bound}." if paper.known else f"{each.service}: register not kept.")
        kept += [
            f"{each.service}: {said.what}: {said.says} ({said.source}, {said.reviewed_on})" for said in paper.retention
        ]
    return (
        Factor(
            "The nature and extent of the information, including the types of identifiers and the likelihood of "
            "re-identification",
            (
                *(f"{each.service}: labels {_words(each.labels)}; found {_words(each.entities)}." for each in services),
                *(
                    f"{each.service}: {each.masked} of {each.requests} requests were masked, "
                    f"{_words(each.replaced)} replaced."
                    for each in services
                ),
            ),
            ("How sensitive the clinical or financial content is: the ledger holds none of it.",),
        ),
        Factor(
            "The unauthorized person who used the information or to whom it was disclosed",
            tuple(received),
            ("Whether the recipient is itself bound to protect it, for this use.",),
        ),
        Factor(
            "Whether the information was actually acquired or viewed",
            (
                *(f"{each.service}: requests {_words(each.outcomes)}." for each in services),
                *kept,
            ),
            ("Unknown: the vendor must say whether anybody viewed or took it.",),
        ),
        Factor(
            "The extent to which the risk has been mitigated",
            () if subjects is None else (f"{sum(not each.exposed for each in subjects)} groups only left masked.",),
            ("The vendor's written assurance of deletion, and what was done since.",),
        ),
    )


def _sum(counts: Iterable[dict[str, int]]) -> Counter[str]:
    whole: Counter[str] = Counter()
    for each in counts:
        whole.update(each)
    return whole


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _words(counts: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
