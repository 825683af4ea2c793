"""Which fields of a request the terms catalogue lets go with regulated data, and which the gateway sets itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from ringfence.register.catalogue import AllowList, ModelRule
from ringfence.register.globs import any_matches
from ringfence.register.kinds import Kind
from ringfence.register.scope import concerns, scope_gap
from ringfence.register.snapshot import Snapshot
from ringfence.vocabulary.chat import Service, Use
from ringfence.vocabulary.decision import FieldReview, FieldUse

# A member name of an API: lower-case first, and next to no digits. Record numbers, dates and tokens don't look so, and
# names reach error messages and the ledger.
_MEMBER = re.compile(r"[a-z_][A-Za-z_]*[0-9]{0,2}[A-Za-z_]*")
_MAX_MEMBER = 41


def review(
    snapshot: Snapshot, service_id: str, endpoint: str, model: str, uses: Iterable[Use], today: date
) -> FieldReview:
    """Judges the fields that one request uses at one service.

    Nothing is unknown or forbidden on an own host: nothing leaves. Elsewhere, with no list or one past its date every
    field is unknown. Raises nothing; an unknown service has no list.
    """
    service = snapshot.services.get(service_id)
    if service is not None and service.own_host:
        return FieldReview()
    terms = snapshot.allow_list(service, endpoint, model) if service else None
    uses = tuple(uses)
    if service is None or terms is None or terms.expires_on < today:
        why = no_list_reason(snapshot, service, endpoint, model, today) or "The register does not have this service."
        return FieldReview(unknown=_once(FieldUse(safe_name(use.path), why) for use in uses))
    unknown: list[FieldUse] = []
    forbidden: list[FieldUse] = []
    for use in uses:
        known = terms.fields.get(use.path, {})
        verdict = known.get(use.value) or known.get("")
        if verdict is None:
            unknown.append(_unknown(snapshot, service, endpoint, use, bool(known)))
        elif verdict[0] == "forbid_regulated":
            named = f"{use.path}={use.value}" if use.value and use.value in known else use.path
            forbidden.append(FieldUse(named, verdict[1]))
    about_model, until = _judge_model(snapshot, service, terms, model, uses, today)
    return FieldReview(unknown=_once(unknown), forbidden=_once((*forbidden, *about_model)), until=until)


def no_list_reason(snapshot: Snapshot, service: Service | None, endpoint: str, model: str, today: date) -> str:
    """Why no list of fields may be relied on at a service today, or "" where one may be or none is needed."""
    if service is None or service.own_host:
        return ""
    terms = snapshot.allow_list(service, endpoint, model)
    if terms is None:
        return f"The terms catalogue has no allow-list for {endpoint} at {snapshot.provider(service)}."
    if terms.expires_on < today:
        return (
            f"The terms catalogue's allow-list for {endpoint} at {snapshot.provider(service)} "
            f"may be relied on until {terms.expires_on} only."
        )
    return ""


def forced_members(snapshot: Snapshot, service_id: str, endpoint: str) -> tuple[tuple[str, bool | str, str], ...]:
    """What the gateway sets in each request to a service: (JSON pointer, value, why). Recorded as rewrites."""
    service = snapshot.services.get(service_id)
    if service is None or service.own_host:
        return ()
    lists = [each for each in snapshot.terms if each.vendor == service.vendor and each.endpoint == endpoint]
    return tuple((forced.pointer, forced.value, forced.why) for each in lists for forced in each.forced)


def _judge_model(
    snapshot: Snapshot, service: Service, terms: AllowList, model: str, uses: tuple[Use, ...], today: date
) -> tuple[list[FieldUse], date]:
    """What is forbidden because of the model, and the day to which the review holds."""
    forbidden: list[FieldUse] = []
    until = terms.expires_on
    for rule in terms.model_rules:
        if not any_matches(rule.models, model) or any_matches(rule.exempt, model):
            continue
        if rule.unless_path and any(u.path == rule.unless_path and u.value == rule.unless_value for u in uses):
            continue
        accepted = _retention_accepted(snapshot, service, rule, terms.endpoint, model, today)
        if accepted is None:
            forbidden.append(FieldUse("/model", rule.why))
        else:
            until = min(until, accepted)
    return forbidden, until


def _retention_accepted(
    snapshot: Snapshot, service: Service, rule: ModelRule, endpoint: str, model: str, today: date
) -> date | None:
    """The last day on which a ZDR approval on file accepts the keeping that a model forces, or None."""
    days = []
    for document in snapshot.documents.values():
        if (
            rule.unless_retention in document.limits.retention
            and document.kind is Kind.ZDR_APPROVAL
            and concerns(document, service)
            and not scope_gap(document, service, None, endpoint, model)
        ):
            standing = snapshot.standing(document, today)
            days += [standing.until] if standing.counts else []
    return max(days, default=None)


def _unknown(snapshot: Snapshot, service: Service, endpoint: str, use: Use, path_known: bool) -> FieldUse:
    at = f"{endpoint} at {snapshot.provider(service)}"
    if not path_known:
        return FieldUse(safe_name(use.path), f"The terms catalogue does not list this field for {at}.")
    name = f"{use.path}={use.value}" if _is_member(use.value) else use.path
    return FieldUse(name, f"The terms catalogue lists this field for {at}, but not with this value.")


def safe_name(path: str) -> str:
    """A path as far as its parts look like members of an API; what follows is client content and becomes `/…`."""
    kept = ""
    for part in path.split("/")[1:]:
        if part != "*" and not _is_member(part):
            return f"{kept}/…"
        kept += f"/{part}"
    return kept


def _is_member(text: str) -> bool:
    return len(text) <= _MAX_MEMBER and _MEMBER.fullmatch(text) is not None


def _once(uses: Iterable[FieldUse]) -> tuple[FieldUse, ...]:
    return tuple(sorted(set(uses), key=lambda use: (use.name, use.why)))
