"""What the gateway writes into the ledger: the members of each record's body. Never content.

docs/reference/record.md describes them; `version` there is the ledger's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from ringfence.classify import SOURCES
from ringfence.gateway.admit import Caller
from ringfence.gateway.plan import Plan
from ringfence.vocabulary.chat import CanonicalRequest
from ringfence.vocabulary.decision import Verdict
from ringfence.vocabulary.entities import ENTITIES
from ringfence.vocabulary.labels import REGULATED
from ringfence.vocabulary.record import Outcome, Phase, Record
from ringfence.vocabulary.text import Finding

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}", re.ASCII)
_REASON = re.compile(r"[A-Za-z_]{1,24}", re.ASCII)
_COUNT = re.compile(r"[a-z_]{1,40}(?:\.[a-z_]{1,40})?", re.ASCII)
_NOT_PLAIN = "(not a plain name)"
_LARGEST_COUNT = 2**53
_MOST_COUNTS = 32
_MOST_CHOICES = 128  # as many as a client may ask for


def decided(
    request_id: str,
    request: CanonicalRequest,
    body: bytes,
    caller: Caller,
    plan: Plan,
    beside: Mapping[str, Any] = MappingProxyType({}),
) -> Record:
    """The DECIDED record: who, what kind of data, what was decided on which facts, and commitments to both bodies.
    `beside`: what the stores beside the ledger add to it."""
    key, classification, decision = caller.key, plan.classification, plan.decision
    entry = {
        "key": key.id,
        "client": key.client,
        "purpose": key.purpose,
        "needs_identity": key.needs_identity,
        "demonstration": key.demonstration,
        "dialect": request.dialect,
        "endpoint": request.endpoint,
        "model": _model(request, classification.findings),
        "stream": request.stream,
        "labels": sorted(classification.labels),
        "declared": sorted(classification.declared),
        "sources": [_source(tag, key.sources) for tag in caller.sources],
        "completeness": classification.completeness,
        "names_searched": classification.names_searched,
        "names_why": classification.names_why,
        "findings": by_entity(classification.findings),
        "effect": decision.effect,
        "service": decision.service,
        "form": decision.form,
        "rules": list(decision.determining_rules),
        "candidates": [_candidate(verdict, classification.labels & REGULATED) for verdict in decision.verdicts],
        "coverage": msgspec.to_builtins(decision.coverage),
        "asked_at": plan.asked_at.isoformat(timespec="seconds") if plan.asked_at else "",
        "policy_digest": decision.policy_digest,
        "register_digest": decision.register_digest,
        "exceptions": list(plan.exceptions),
        **({"exceptions_digest": plan.exceptions_digest} if plan.exceptions else {}),
        "rewrites": msgspec.to_builtins(plan.rewrites),
        "replaced": plan.masked.replaced if plan.masked else {},
        "gaps": _gaps(plan, classification.labels & REGULATED),
        **beside,
    }
    contents = {"received": body} | ({"leaving": plan.leaving} if plan.leaving is not None else {})
    return Record(request_id, Phase.DECIDED, entry, contents)


def ended(request_id: str, index: int, outcome: Outcome, **more: Any) -> Record:
    """The ENDED record. `more`: status, model, usage, finish, duration_ms, findings; `reply_sha256` is committed to."""
    contents = {"reply_sha256": more.pop("reply_sha256")} if "reply_sha256" in more else {}
    return Record(request_id, Phase.ENDED, {"decided": index, "outcome": outcome, **more}, contents)


def by_entity(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each entity."""
    return dict(sorted(Counter(finding.entity for finding in findings).items()))


def answered(
    model: str, usage: Mapping[str, int], finish: Sequence[str], in_model: Iterable[Finding]
) -> dict[str, Any]:
    """What a service says of its own reply, bounded and in plain names only: it could repeat a prompt in each."""
    counts = {name: count for name, count in usage.items() if _COUNT.fullmatch(name) and abs(count) <= _LARGEST_COUNT}
    names = [finding for finding in in_model if ENTITIES[finding.entity].raises is not None]
    return {
        "model": model if not model or (_PLAIN.fullmatch(model) and not names) else _NOT_PLAIN,
        "usage": dict(list(counts.items())[:_MOST_COUNTS]),
        "finish": [
            reason if not reason or _REASON.fullmatch(reason) else _NOT_PLAIN for reason in finish[:_MOST_CHOICES]
        ],
    }


def _model(request: CanonicalRequest, findings: Iterable[Finding]) -> str:
    """The model's name, unless it could be text of somebody's: it is written by the client."""
    plain = _PLAIN.fullmatch(request.model) and not any(finding.segment == "/model" for finding in findings)
    return request.model if plain else _NOT_PLAIN


def _source(tag: str, of_key: Collection[str]) -> str:
    """A source tag, unless it could be text of somebody's: a client writes it into a header."""
    return tag if tag in SOURCES or tag in of_key else "(unknown)"


def _gaps(plan: Plan, regulated: frozenset[Any]) -> list[str]:
    """What a denied request needs that a private model can't do. Members and types that nobody knows are named by the
    client, so under a regulated label gaps are only counted, as unknown fields are."""
    if plan.leaving is not None:
        return []
    return [f"(gap {number})" for number in range(len(plan.gaps))] if regulated else list(plan.gaps)


def _candidate(verdict: Verdict, regulated: frozenset[Any]) -> dict[str, Any]:
    """The facts exactly as policy saw them, for replay. Unknown fields are named by the client: under a regulated
    label they are only counted, and the keyed digest of the request stands for them."""
    facts = msgspec.to_builtins(verdict.facts)
    if regulated and facts["unknown_fields"]:
        facts["unknown_fields"] = [f"(unknown {number})" for number in range(len(facts["unknown_fields"]))]
    return {"facts": facts, "allowed": verdict.allowed, "rules": [reason.rule for reason in verdict.reasons]}
