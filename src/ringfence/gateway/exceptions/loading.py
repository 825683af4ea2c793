"""Reads the exceptions folder. What can't be used does not count, and is said: an exception only ever opens, so that
one less closes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec

from ringfence.approvals import load_people, parse_proposal, require
from ringfence.gateway.exceptions.act import PEOPLE, Terms, closed_to_exceptions, problems, terms
from ringfence.gateway.exceptions.lifting import Entry, Exceptions
from ringfence.register import Need, Organisation
from ringfence.vocabulary.approval import Approval, Person, Proposal
from ringfence.vocabulary.errors import ConfigurationError


def load(
    folder: Path, approvers: Path, needs: Iterable[Need], organisation: Organisation, *, max_days: int, now: datetime
) -> Exceptions:
    """The exceptions as their files are now, with their signatures checked. Raises nothing for a bad file."""
    needs = tuple(needs)
    people, broken = _people(approvers)
    entries: list[Entry] = []
    kept: dict[str, Any] = {}
    for path in sorted(folder.glob("[!.]*.json")):
        if not path.name.isprintable():
            entries.append(Entry(file=ascii(path.name), problem="its name is no plain text"))
            continue
        if not path.is_file():  # a pipe would be waited for
            entries.append(Entry(file=path.name, problem="it can't be read (no file)"))
            continue
        try:
            proposal = parse_proposal(path.read_bytes(), path.name)
        except OSError as error:
            entries.append(Entry(file=path.name, problem=f"it can't be read ({error.strerror})"))
            continue
        except ConfigurationError as error:
            entries.append(Entry(file=path.name, problem=error.message))
            continue
        kept[path.name] = msgspec.to_builtins(proposal)
        entry = judged(path.name, proposal, people, needs, organisation, max_days=max_days, now=now)
        if broken:
            entry = msgspec.structs.replace(entry, problem=broken)
        if entry.terms and entry.terms.id in {each.terms.id for each in entries if each.terms}:
            entry = msgspec.structs.replace(entry, problem=f"another file has the id {entry.terms.id}, too")
        entries.append(entry)
    content = msgspec.json.encode({"exceptions": kept, "people": msgspec.to_builtins(people)}, order="sorted")
    return Exceptions(tuple(entries), closed_to_exceptions(needs), content, hashlib.sha256(content).hexdigest())


def judged(
    file: str,
    proposal: Proposal,
    people: Mapping[str, Person],
    needs: Iterable[Need],
    organisation: Organisation,
    *,
    max_days: int,
    now: datetime,
) -> Entry:
    """One proposal: what it says, who approved it, and why it does not count, if so."""
    try:
        given = terms(proposal.act)
    except ConfigurationError as error:
        return Entry(file=file, problem=error.message)
    found = problems(given, needs, organisation, max_days)
    if found:
        return Entry(file=file, terms=given, problem="; ".join(found))
    try:
        approvals = require(proposal, people, now, PEOPLE)
    except ConfigurationError as error:
        return Entry(file=file, terms=given, problem=error.message)
    approved_by = tuple(each.person for each in approvals)
    return Entry(file=file, terms=given, approved_by=approved_by, until=_until(given, approvals, people))


def _people(folder: Path) -> tuple[Mapping[str, Person], str]:
    try:
        return load_people(folder), ""
    except ConfigurationError as error:
        return {}, f"the people who approve can't be read: {error.message}"


def _until(given: Terms, approvals: Iterable[Approval], people: Mapping[str, Person]) -> datetime:
    """When it stops: at its end, or at the end of the last day on which enough of those who approved are enrolled."""
    ends = sorted((_last_moment(people[each.person]) for each in approvals), reverse=True)
    return min(given.expires, ends[PEOPLE - 1])


def _last_moment(person: Person) -> datetime:
    if person.until is None or person.until == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(person.until, time.min, UTC) + timedelta(days=1)
