"""The period of a bundle: two moments, both inclusive, as records write time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import msgspec

from ringfence.vocabulary.errors import ConfigurationError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Period(msgspec.Struct, frozen=True):
    """`first` and `last` are RFC 3339 in UTC with milliseconds, so that their order is the order of strings."""

    first: str
    last: str


def period(from_: str, to: str) -> Period:
    """RFC 3339 dates or times; without a zone, UTC. A day as the end is meant with all of it.

    Raises ConfigurationError for what is neither, and for an end before the beginning.
    """
    found = Period(_written(_moment(from_, time.min)), _written(_moment(to, time.max)))
    if found.last < found.first:
        raise ConfigurationError(f"the period ends ({to}) before it begins ({from_})", remedy="Swap --from and --to.")
    return found


def _moment(text: str, of_a_day: time) -> datetime:
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), of_a_day, UTC)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{text!r} is no date or time", remedy="Write 2026-01-31, or 2026-01-31T09:30:00Z."
        ) from None


def _written(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
