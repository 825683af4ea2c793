"""Which fields of a request the terms catalogue lets go with regulated data, and which the gateway sets itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from ringfence.register.catalogue import AllowList, Condition, ModelRule
from ringfence.register.documents import Document
from ringfence.register.globs import any_matches
from ringfence.register.kinds import Kind
from ringfence.register.scope import concerns, scope_gap
from ringfence.register.snapshot import Snapshot
from ringfence.register.standing import missing
from ringfence.vocabulary.chat import Service, Use
from ringfence.vocabulary.decision import FieldReview, FieldUse
from ringfence.vocabulary.labels import REGULATED, Label

# A member name of an API: lower-case first, and next to no digits. Record numbers, dates and tokens don't look so, and
# names reach error messages and the ledger.
_MEMBER = re.compile(r"[a-z_][A-Za-z_]*[0-9]{0,2}[A-Za-z_]*")
_MAX_MEMBER = 41
# The day that the name of a version ends with: `web_search_20250305`, `files-api-2025-04-14`.
_DAY = re.compile(r"[_-]?(?<![0-9])20[23]\d(?:\d{4}|-\d{2}-\d{2})\Z", re.ASCII)


def review(
    snapshot: Snapshot,
    service_id: str,
    endpoint: str,
    model: str,
    uses: Iterable[Use],
    today: date,
    labels: Iterable[Label] = (),
    found: Iterable[str] = (),
) -> FieldReview:
    """Judges the fields that one request uses at one service.

    `labels` are those of the request; where none of them is regulated, every regulated one counts. `found` are the
    normalised paths (as in `Use.path`, or below one) at which something that identifies somebody was found.

    Nothing is unknown or forbidden on an own host: nothing leaves. Elsewhere, with no list or one past its date every
    field is unknown. Raises nothing; an unknown service has no list.
    """
    service = snapshot.services.get(service_id)
    if service is not None and service.own_host:
        return FieldReview()
    terms = snapshot.allow_list(service, endpoint, model) if service else None
    uses = tuple(uses)
    why = no_list_reason(snapshot, service, endpoint, model, today)
    if service is None or terms is None or why:
        why = why or "The register does not have this service."
        return FieldReview(unknown=_once(FieldUse(safe_name(use.path), why) for use in uses))
    asked = _Asked(snapshot, service, terms, model, frozenset(labels) & REGULATED or REGULATED, tuple(found), today)
    unknown: list[FieldUse] = []
    forbidden: list[FieldUse] = []
    until = listed_until(snapshot, service, endpoint, model, today)
    for use in uses:
        known = terms.fields.get(use.path, {})
        value = use.value if use.value in known else ""
        if value not in known:
            unknown.append(_unknown(snapshot, service, endpoint, use, bool(known)))
        elif (lifted := _lifted(asked, use.path, value)) is None:
            forbidden.append(FieldUse(f"{use.path}={value}" if value else use.path, _why(asked, use.path, value)))
        else:
            until = min(until, lifted)
    about_model, last = _judge_model(asked, uses)
    return FieldReview(unknown=_once(unknown), forbidden=_once((*forbidden, *about_model)), until=min(until, last))


class _Asked(NamedTuple):
    """One request put to one list. `labels` are regulated ones, and at least one."""

    snapshot: Snapshot
    service: Service
    terms: AllowList
    model: str
    labels: frozenset[Label]
    found: tuple[str, ...]
    today: date


def _lifted(asked: _Asked, path: str, value: str) -> date | None:
    """The last day on which a listed member may go with this request's labels, or None where it may not."""
    verdict, _ = asked.terms.fields[path][value]
    condition = asked.terms.conditions.get(path, {}).get(value, Condition())
    if verdict == "allow":
        return date.max
    if verdict == "allow_clean":
        matters = not condition.forbid_labels or bool(asked.labels & set(condition.forbid_labels))
        return None if matters and any(at == path or at.startswith(f"{path}/") for at in asked.found) else date.max
    if verdict == "unresolved" or asked.labels & set(condition.forbid_labels):
        # INVARIANT: what is not known to be allowed is not allowed, whatever is on file.
        return None
    if not condition.allowed_under:
        return date.max if condition.forbid_labels else None
    days = [
        _approved(asked, label, lambda document: document.tier in condition.allowed_under) for label in asked.labels
    ]
    return min((day for day in days if day is not None), default=None) if None not in days else None


def _why(asked: _Asked, path: str, value: str) -> str:
    """The catalogue's sentence, and what on file would lift it."""
    verdict, why = asked.terms.fields[path][value]
    condition = asked.terms.conditions.get(path, {}).get(value, Condition())
    never = sorted(asked.labels & set(condition.forbid_labels))
    if verdict == "allow_clean":
        return f"{why} Something that identifies somebody was found in it."
    if condition.allowed_under and never:
        return f"{why} Never with {', '.join(never)}."
    if condition.allowed_under:
        return f"{why} An approval on file lifts it: {' or '.join(condition.allowed_under)}."
    return why


def no_list_reason(snapshot: Snapshot, service: Service | None, endpoint: str, model: str, today: date) -> str:
    """Why no list of fields may be relied on at a service today, or "" where one may be or none is needed."""
    if service is None or service.own_host:
        return ""
    terms = snapshot.allow_list(service, endpoint, model)
    for notice in _open_notices(snapshot, service, endpoint, model, today):
        if (first := notice.dates.effective_on) is None or first <= today:
            return _changed(snapshot, service, endpoint, notice)
    if terms is None:
        return f"The terms catalogue has no allow-list for {endpoint} at {snapshot.provider(service)}."
    if terms.expires_on < today:
        return (
            f"The terms catalogue's allow-list for {endpoint} at {snapshot.provider(service)} "
            f"may be relied on until {terms.expires_on} only."
        )
    return ""


def listed_until(snapshot: Snapshot, service: Service, endpoint: str, model: str, today: date) -> date:
    """The last day on which the list that may be relied on today still may be; `date.max` where none is needed."""
    terms = None if service.own_host else snapshot.allow_list(service, endpoint, model)
    if terms is None:
        return date.max
    notices = (document.dates.effective_on for document in _open_notices(snapshot, service, endpoint, model, today))
    return min((terms.expires_on, *(day - timedelta(days=1) for day in notices if day and day > today)))


def forced_members(snapshot: Snapshot, service_id: str, endpoint: str) -> tuple[tuple[str, bool | str, str], ...]:
    """What the gateway sets in each request to a service: (JSON pointer, value, why). Recorded as rewrites."""
    service = snapshot.services.get(service_id)
    if service is None or service.own_host:
        return ()
    lists = [each for each in snapshot.terms if each.vendor == service.vendor and each.endpoint == endpoint]
    return tuple((forced.pointer, forced.value, forced.why) for each in lists for forced in each.forced)


def _open_notices(snapshot: Snapshot, service: Service, endpoint: str, model: str, today: date) -> list[Document]:
    """The vendor's announcements on file that concern a service and that nobody has reviewed."""
    return [
        document
        for document in sorted(snapshot.documents.values(), key=lambda each: each.id)
        if document.kind is Kind.VENDOR_NOTICE
        and concerns(document, service)
        and (missing(document, snapshot.kinds[document.kind]) or (document.review.reviewed_on or date.max) > today)
        # A question about the service as such names no model: then a notice on any model concerns it.
        and not scope_gap(document, service, None, endpoint, model or next(iter(document.scope.models), ""))
    ]


def _changed(snapshot: Snapshot, service: Service, endpoint: str, notice: Document) -> str:
    when = f" from {notice.dates.effective_on} on" if notice.dates.effective_on else ""
    return (
        f"The vendor notice {notice.id} changes the terms for {endpoint} at {snapshot.provider(service)}{when}, and "
        "nobody has reviewed it: what they are now is unresolved."
    )


def _judge_model(asked: _Asked, uses: tuple[Use, ...]) -> tuple[list[FieldUse], date]:
    """What is forbidden because of the model, and the day to which the review holds."""
    forbidden: list[FieldUse] = []
    until = date.max
    for rule in asked.terms.model_rules:
        if not any_matches(rule.models, asked.model) or any_matches(rule.exempt, asked.model):
            continue
        if rule.unless_path and any(u.path == rule.unless_path and u.value == rule.unless_value for u in uses):
            continue
        accepted = _approved(asked, None, _accepting(rule))
        if accepted is None:
            forbidden.append(FieldUse("/model", rule.why))
        else:
            until = min(until, accepted)
    return forbidden, until


def _accepting(rule: ModelRule) -> Callable[[Document], bool]:
    return lambda document: (
        rule.unless_retention in document.limits.retention
        or (rule.unless_tier is not None and document.tier is rule.unless_tier)
    )


def _approved(asked: _Asked, label: Label | None, accepts: Callable[[Document], bool]) -> date | None:
    """The last day of an approval on file that is in force, covers what is asked and says what is wanted, or None."""
    days = []
    for document in asked.snapshot.documents.values():
        if (
            document.kind is Kind.ZDR_APPROVAL
            and accepts(document)
            and concerns(document, asked.service)
            and not scope_gap(document, asked.service, label, asked.terms.endpoint, asked.model)
        ):
            standing = asked.snapshot.standing(document, asked.today)
            days += [standing.until] if standing.counts else []
    return max(days, default=None)


def _unknown(snapshot: Snapshot, service: Service, endpoint: str, use: Use, path_known: bool) -> FieldUse:
    at = f"{endpoint} at {snapshot.provider(service)}"
    if not path_known:
        return FieldUse(safe_name(use.path), f"The terms catalogue does not list this field for {at}.")
    name = f"{use.path}={use.value}" if _is_member(_DAY.sub("", use.value)) else use.path
    return FieldUse(name, f"The terms catalogue lists this field for {at}, but not with this value.")


def safe_name(path: str) -> str:
    """A path as far as its parts look like members of an API; what follows is client content and becomes `/…`."""
    kept = ""
    for part in path.split("/")[1:]:
        if part != "*" and not _is_member(part.removeprefix("@")):
            return f"{kept}/…"
        kept += f"/{part}"
    return kept


def _is_member(text: str) -> bool:
    return len(text) <= _MAX_MEMBER and _MEMBER.fullmatch(text.replace("-", "_")) is not None


def _once(uses: Iterable[FieldUse]) -> tuple[FieldUse, ...]:
    return tuple(sorted(set(uses), key=lambda use: (use.name, use.why)))
