"""Why a request was denied, in words for its client."""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.vocabulary.decision import Decision, Facts, Reason

_MOST_FIELDS = 12
"""More names than anybody reads; `ringfence explain` has all of them."""


def denial(decision: Decision, gaps: Sequence[str] = ()) -> tuple[tuple[Reason, ...], str, str]:
    """(reasons, message, remedy). Each rule is named once, with the services that it closed, and one about fields with
    the fields; then `gaps`, what services can't do that the request needs; then what is missing on paper. The remedy is
    that of the first candidate's first rule: the service that the client meant."""
    services: dict[str, list[str]] = {}
    reasons: dict[str, Reason] = {}
    fields: dict[str, dict[str, None]] = {}
    for verdict in decision.verdicts:
        for reason in verdict.reasons:
            reasons.setdefault(reason.rule, reason)
            services.setdefault(reason.rule, []).append(verdict.facts.service)
            fields.setdefault(reason.rule, {}).update(dict.fromkeys(_fields(reason.rule, verdict.facts)))
    said = [
        f"{rule} ({', '.join(dict.fromkeys(services[rule]))}): {reason.says}{_listed(tuple(fields[rule]))}"
        for rule, reason in reasons.items()
    ]
    missing = dict.fromkeys(sentence for cover in decision.coverage if not cover.covered for sentence in cover.reasons)
    message = "Ringfence denied this request. " + " ".join(said)
    if gaps:
        message += " " + " ".join(gaps)
    if missing:
        message += " On paper: " + " ".join(missing)
    remedies = dict.fromkeys(reason.remedy for reason in reasons.values() if reason.remedy)
    return tuple(reasons.values()), message, next(iter(remedies), "Ask the operator of this gateway.")


def _fields(rule: str, facts: Facts) -> tuple[str, ...]:
    """The fields that a rule is about: names that the register found safe to show (`register.terms.safe_name`)."""
    return {"unknown-field": facts.unknown_fields, "retained-field": facts.forbidden_fields}.get(rule, ())


def _listed(fields: Sequence[str]) -> str:
    more = f" and {len(fields) - _MOST_FIELDS} more" if len(fields) > _MOST_FIELDS else ""
    return f" Here: {', '.join(fields[:_MOST_FIELDS])}{more}." if fields else ""
