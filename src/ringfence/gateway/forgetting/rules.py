"""How old a record must be before one person may have it forgotten: read from `rules.toml`, which names its source."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from importlib import resources

import msgspec

from ringfence.ledger.record import rfc3339


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records younger than `years` are forgotten only where `people` approved it."""

    years: int
    says: str
    source: str
    reviewed_on: date
    people: int


@cache
def rules() -> Rules:
    text = resources.files("ringfence.gateway.forgetting").joinpath("rules.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Rules)


def kept_since(now: datetime) -> str:
    """The time, as records write it, from which on a record is young. On 29 February: from 1 March, a day later, so
    that no record is taken to be older than it is."""
    year = now.year - rules().years
    try:
        first = now.replace(year=year)
    except ValueError:
        first = now.replace(year=year, month=3, day=1)
    return rfc3339(first.timestamp())
