"""The question put to Cedar for one candidate, in Cedar's own JSON.

It is the whole question: any Cedar engine of the same version, given the policy texts and the schema, must give the
same answer to it. An auditor replays a decision that way (docs/explanation/policy.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ringfence.vocabulary.decision import Facts
from ringfence.vocabulary.errors import InternalError


def minute(now: datetime) -> datetime:
    """The minute that `now` (with a time zone) falls in, in UTC: the finest time that a rule can see.

    Raises InternalError for a time without a zone.
    """
    if now.tzinfo is None:
        raise InternalError("the time handed to policy has no time zone", where="policy")
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def request_json(facts: Facts, now: datetime) -> dict[str, Any]:
    """Exactly what Cedar is asked: `principal`, `action`, `resource` and `context`; there are no other entities.

    Raises InternalError where `now` has no time zone.
    """
    return {
        "principal": {"type": "Client", "id": facts.client},
        "action": {"type": "Action", "id": "send"},
        "resource": {"type": "Service", "id": facts.service},
        "context": {
            "purpose": facts.purpose,
            "vendor": facts.vendor,
            "private": facts.private,
            "own_host": facts.own_host,
            "rerouted": facts.rerouted,
            "form": _member("Form", facts.form),
            "labels": _members("Label", facts.labels),
            "declared": _members("Label", facts.declared),
            "uncovered": _members("Label", facts.uncovered),
            "completeness": _member("Completeness", facts.completeness),
            "names_searched": facts.names_searched,
            "unmaskable": facts.unmaskable,
            "residual": facts.residual,
            "mask_method": _member("MaskMethod", facts.mask_method),
            "unknown_fields": facts.unknown_fields,
            "forbidden_fields": facts.forbidden_fields,
            "model_allowed": facts.model_allowed,
            "configured": facts.configured,
            "readable": facts.readable,
            "reroute_allowed": facts.reroute_allowed,
            "excepted_rules": _members("ExceptableRule", facts.excepted_rules),
            "excepted_labels": _members("Label", facts.excepted_labels),
            "now": {"__extn": {"fn": "datetime", "arg": minute(now).strftime("%Y-%m-%dT%H:%M:%SZ")}},
        },
    }


def _member(enumeration: str, value: str) -> dict[str, dict[str, str]]:
    return {"__entity": {"type": enumeration, "id": value}}


def _members(enumeration: str, values: Iterable[str]) -> list[dict[str, dict[str, str]]]:
    return [_member(enumeration, value) for value in values]
