"""Why a request was denied, in words for its client."""

from __future__ import annotations

from collections.abc import Sequence

from ringfence.vocabulary.decision import Decision, Reason


def denial(decision: Decision, gaps: Sequence[str] = ()) -> tuple[tuple[Reason, ...], str, str]:
    """(reasons, message, remedy). Each rule is named once, with the services that it closed; then `gaps`, what services
    can't do that the request needs; then what is missing on paper. The remedy is that of the first candidate's first
    rule: the service that the client meant."""
    services: dict[str, list[str]] = {}
    reasons: dict[str, Reason] = {}
    for verdict in decision.verdicts:
        for reason in verdict.reasons:
            reasons.setdefault(reason.rule, reason)
            services.setdefault(reason.rule, []).append(verdict.facts.service)
    said = [f"{rule} ({', '.join(dict.fromkeys(services[rule]))}): {reason.says}" for rule, reason in reasons.items()]
    missing = dict.fromkeys(sentence for cover in decision.coverage if not cover.covered for sentence in cover.reasons)
    message = "Ringfence denied this request. " + " ".join(said)
    if gaps:
        message += " " + " ".join(gaps)
    if missing:
        message += " On paper: " + " ".join(missing)
    remedies = dict.fromkeys(reason.remedy for reason in reasons.values() if reason.remedy)
    return tuple(reasons.values()), message, next(iter(remedies), "Ask the operator of this gateway.")
