"""One exception as people sign it, and why it may not be made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

import msgspec

from ringfence.register import Kind, Need, Organisation
from ringfence.vocabulary.approval import Act
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.labels import Label

KIND = "exception"

PEOPLE = 2
"""Who must have approved an exception, and an exception never counts with fewer."""

RULES = ("retained-field", "unknown-field")
"""The rules that an exception may lift; the policies' schema lists the same (ExceptableRule)."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_GLOB = re.compile(r"[A-Za-z0-9._:/@+*-]{1,160}")

# Agreements that only the law on health data asks for: 45 CFR 164.504(e), 164.514(e); 42 CFR 2.11.
_HEALTH = frozenset({Kind.BAA, Kind.CUSTOMER_BAA, Kind.QSOA_PART2, Kind.DATA_USE_AGREEMENT})


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The act's body. It lifts one `rule` or one `label`, for the `keys` (ids) and `clients` (names) that it lists, at
    `services` (globs), from `starts` until just before `expires`; `purpose` "" is any. Times know their zone."""

    id: str
    rule: str = ""
    label: str = ""
    services: tuple[str, ...]
    keys: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    purpose: str = ""
    reason: str
    starts: datetime
    expires: datetime
    requested_by: str


def terms(act: Act) -> Terms:
    """Raises ConfigurationError where the act is no exception, or a member is missing, unknown or of a wrong type."""
    if act.kind != KIND:
        raise ConfigurationError(f"this is a {act.kind!r}, no exception", remedy="Name the file of an exception.")
    try:
        return msgspec.convert(act.body, Terms)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"the exception can't be read: {error}", remedy="Make it with `ringfence exception propose`."
        ) from None


def problems(given: Terms, needs: Iterable[Need], organisation: Organisation, max_days: int) -> tuple[str, ...]:
    """Every reason why this exception never counts, whoever signs it; none where it may."""
    found = []
    if not _ID.fullmatch(given.id):
        found.append("id: must be small letters, digits, dots and dashes, 64 at most")
    if bool(given.rule) == bool(given.label):
        found.append("it must lift either one rule or one label")
    elif given.rule and given.rule not in RULES:
        found.append(f"rule: {given.rule!r} can't be lifted; only {' and '.join(RULES)} can")
    elif given.label and (why := not_liftable(given.label, needs, organisation)):
        found.append(f"label: {why}")
    if not given.services or not all(_GLOB.fullmatch(each) for each in given.services):
        found.append("services: must name services, with * as wildcard")
    if not given.keys and not given.clients:
        found.append("keys, clients: must name for whom it is; an exception for everybody is a policy")
    for name in ("reason", "requested_by"):
        if not getattr(given, name).strip():
            found.append(f"{name}: must not be empty")
    if why := _no_span(given, max_days):
        found.append(why)
    return tuple(found)


def _no_span(given: Terms, max_days: int) -> str:
    """Why its time can't be; empty where it can."""
    if given.starts.tzinfo is None or given.expires.tzinfo is None:
        return "starts, expires: must state their time zone, such as 2031-05-20T00:00:00Z"
    if not all(MINYEAR < moment.year < MAXYEAR for moment in (given.starts, given.expires)):
        return "starts, expires: must be days of this age"
    if given.expires <= given.starts:
        return "expires: lies before starts"
    if given.expires - given.starts > timedelta(days=max_days):
        return f"expires: is more than {max_days} days after starts ([exceptions] max_days)"
    return ""


def not_liftable(label: str, needs: Iterable[Need], organisation: Organisation) -> str:
    """Why no exception can stand in for what this label needs at a vendor; empty where one can. Read off the needs:
    only those that rest on nothing but this house's policy can be lifted."""
    if label not in set(Label):
        return f"there is no label {label!r}"
    for need in needs:
        if need.label == label and need.applies("vendor", organisation) and not need.relaxable:
            return f"what {label} needs rests on {need.basis} ({need.source}), which no exception can lift: {need.says}"
    return f"{label} needs nothing" if label == Label.GENERAL else ""


def closed_to_exceptions(needs: Iterable[Need]) -> frozenset[Label]:
    """Labels under which no exception of any kind counts: what needs an agreement that the law on health data asks for,
    and what goes nowhere whatever is on file."""
    return frozenset(need.label for need in needs if need.never or (need.basis == "law" and _HEALTH & set(need.kinds)))


def utc(moment: datetime) -> str:
    """A moment as an exception states it, to the minute."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0).isoformat().replace("+00:00", "Z")
