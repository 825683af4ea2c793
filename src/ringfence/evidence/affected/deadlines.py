"""Notice deadlines, from `deadlines.toml`, which names their sources. What they are due on is computed; whether there
was a breach is for a person to decide."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from ringfence.evidence.affected.paper import Paper

_HOURS = 24


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One notice. The number that it hangs on is counted in `counted`: `at_least`, `more_than` or `fewer_than`."""

    id: str
    to: str
    roles: tuple[str, ...]
    says: str
    source: str
    days: int | None = None
    days_after_year: int | None = None
    at_least: int | None = None
    more_than: int | None = None
    fewer_than: int | None = None
    counted: str = ""
    contract: bool = False


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule in words, and where it stands."""

    says: str
    source: str


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file."""

    reviewed_on: date
    says: str
    not_covered: str
    notice: tuple[Notice, ...]
    delay: Said
    assessment: Said


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """One notice and its last day. `applies` rests on what is known; `why` says on what."""

    id: str
    to: str
    due_on: date
    applies: Literal["yes", "no", "cannot be said"]
    why: str
    says: str
    source: str


@cache
def rules() -> Rules:
    text = resources.files("ringfence.evidence.affected").joinpath("deadlines.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Rules)


def deadlines(
    discovered: date, *, role: str, health: bool | None, at_least: int, papers: Iterable[Paper]
) -> tuple[Deadline, ...]:
    """The notices of somebody in `role` for what was discovered on that day.

    `health`: some of the requests carried a label of health data; None: none did, but not all of them were read
    whole. `at_least` people are known to be affected. `papers` are
    agreements that state hours: the shorter time counts.
    """
    found = [_deadline(notice, discovered, role=role, health=health, at_least=at_least) for notice in rules().notice]
    return (*found, *_contracts(discovered, papers))


def _deadline(notice: Notice, discovered: date, *, role: str, health: bool | None, at_least: int) -> Deadline:
    if notice.days_after_year is not None:
        due = date(discovered.year, 12, 31) + timedelta(days=notice.days_after_year)
    else:
        due = discovered + timedelta(days=notice.days or 0)
    applies, why = _applies(notice, role, health=health, at_least=at_least)
    return Deadline(
        id=notice.id, to=notice.to, due_on=due, applies=applies, why=why, says=notice.says, source=notice.source
    )


def _applies(
    notice: Notice, role: str, *, health: bool | None, at_least: int
) -> tuple[Literal["yes", "no", "cannot be said"], str]:
    if health is None:
        return "cannot be said", "None of the requests carried a label of health data, but not all were read whole."
    if not health:
        return "no", "None of the requests carried a label of health data; other law may ask for notices."
    if role not in notice.roles:
        other = role != "neither"
        named = " or ".join(notice.roles).replace("_", " ")
        return ("no" if other else "cannot be said"), f"It is for a {named}; [organisation] role is {role}."
    if notice.fewer_than is not None and at_least >= notice.fewer_than:
        return "no", f"At least {at_least} individuals are known."
    # Groups of identifiers give the fewest people that there can be, and no residence: more than that nobody counted.
    enough = notice.at_least is not None and at_least >= notice.at_least
    if notice.counted and not enough:
        return "cannot be said", f"At least {at_least} individuals are known; {notice.counted} were not counted."
    return "yes", "If there was a breach, which a person decides."


def _contracts(discovered: date, papers: Iterable[Paper]) -> Iterable[Deadline]:
    for paper in sorted(papers, key=lambda each: (each.notice_hours or 0, each.id)):
        if paper.notice_hours is not None:
            yield Deadline(
                id=f"contract:{paper.id}",
                to=f"as {paper.id} says ({paper.kind}, {paper.subject})",
                due_on=discovered + timedelta(days=-(-paper.notice_hours // _HOURS)),
                applies="cannot be said",
                why="Whether you owe this notice or are owed it is in the agreement; the shorter time counts.",
                says=f"Within {paper.notice_hours} hours, as the register has it.",
                source=f"register, document {paper.id}",
            )
