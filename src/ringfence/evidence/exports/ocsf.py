"""OCSF 1.8.0 API Activity (6003) with the profiles ai_operation, security_control and data_classification.

https://schema.ocsf.io/1.8.0/classes/api_activity
"""

from __future__ import annotations

from typing import Any

from ringfence.evidence.exports.format import Format, Source, given, unix_ns
from ringfence.evidence.exports.requests import Request
from ringfence.vocabulary.entities import ENTITIES

VERSION = "1.8.0"
PROFILES = ("ai_operation", "data_classification", "security_control")

_OTHER = 99
_ACTIVITY = (_OTHER, "Inference")
# Effect -> action_id and disposition_id, with their captions.
_ACTIONS = {
    "ALLOW": (1, "Allowed", 1, "Allowed"),
    "MASK": (4, "Modified", 11, "Corrected"),
    "REROUTE": (4, "Modified", 7, "Custom Action"),
    "DENY": (2, "Denied", 2, "Blocked"),
}
_UNKNOWN_ACTION = (0, "Unknown", 0, "Unknown")
_STATUSES = {"completed": (1, "Success"), "unknown": (0, "Unknown")}
_CATEGORIES = {
    "personal": (1, "Personal"),
    "phi": (1, "Personal"),
    "limited_data_set": (1, "Personal"),
    "part2": (1, "Personal"),
    "financial": (3, "Financial"),
    "card": (3, "Financial"),
    "confidential": (4, "Business"),
    "secret": (6, "Security"),
}
_CLASSIFIED = {"complete": (1, "Complete"), "partial": (2, "Partial"), "failed": (3, "Fail")}


def event(request: Request, source: Source) -> dict[str, Any]:
    """One event. Times are milliseconds since 1970. What OCSF has no attribute for stands in `unmapped`."""
    decision, ending = request.decision, request.ending
    action_id, action, disposition_id, disposition = _ACTIONS.get(decision.effect, _UNKNOWN_ACTION)
    status_id, status = (2, "Failure") if request.failed else _STATUSES.get(ending.outcome, (2, "Failure"))
    if ending.outcome == "unknown":
        status_id, status = _STATUSES["unknown"]
    low = decision.effect == "DENY" or request.failed
    return {
        "category_uid": 6,
        "category_name": "Application Activity",
        "class_uid": 6003,
        "class_name": "API Activity",
        "activity_id": _ACTIVITY[0],
        "activity_name": _ACTIVITY[1],
        "type_uid": 6003 * 100 + _ACTIVITY[0],
        "type_name": "API Activity: Other",
        "severity_id": 2 if low else 1,
        "severity": "Low" if low else "Informational",
        "time": _ms(request.decided_at),
        "start_time": _ms(request.decided_at),
        "end_time": _ms(request.ended_at),
        **given(duration=ending.duration_ms),
        "message": f"{decision.effect} {decision.service or '(no service)'}, {ending.outcome}",
        "status_id": status_id,
        "status": status,
        "status_detail": ending.outcome,
        **given(status_code=str(ending.status) if ending.status else None),
        "action_id": action_id,
        "action": action,
        "disposition_id": disposition_id,
        "disposition": disposition,
        "metadata": _metadata(request, source),
        "actor": {"user": {"uid": decision.key, "type_id": 4, "type": "Service"}, **given(app_name=decision.client)},
        "api": _api(request),
        "src_endpoint": {"uid": decision.key, **given(name=decision.client)},
        **({"dst_endpoint": {"svc_name": decision.service}} if decision.service else {}),
        "ai_model": {
            "name": decision.model,
            "ai_provider": request.vendor or "unknown",
            **given(version=ending.model),
        },
        "message_context": _context(request),
        "policy": {"uid": decision.policy_digest, "name": "Ringfence rules", "is_applied": True},
        "authorizations": [
            {"decision": decision.effect, "policy": {"name": rule, "uid": decision.policy_digest}}
            for rule in decision.rules
        ],
        "resources": [{"name": "request", "type": "request", "data_classifications": _classifications(request)}],
        "unmapped": _unmapped(request),
    }


def _metadata(request: Request, source: Source) -> dict[str, Any]:
    return {
        "version": VERSION,
        "profiles": PROFILES,
        "product": {"name": "Ringfence", "vendor_name": "Ringfence", "version": source.version},
        "uid": f"{source.origin}#{request.decided_index}",
        "correlation_uid": request.request_id,
        "log_name": source.origin,
        "sequence": request.ended_index,
        "original_time": request.decided_at,
    }


def _api(request: Request) -> dict[str, Any]:
    decision, ending = request.decision, request.ending
    return {
        "operation": decision.endpoint,
        "request": {"uid": request.request_id},
        **({"response": {"code": ending.status}} if ending.status else {}),
        **({"service": {"name": decision.service}} if decision.service else {}),
    }


def _context(request: Request) -> dict[str, Any]:
    decision = request.decision
    tokens_in, tokens_out = request.tokens
    total = tokens_in + (tokens_out or 0) if tokens_in is not None else None
    return {
        "uid": request.request_id,
        "application": {"uid": decision.key, **given(name=decision.client)},
        **({"service": {"name": decision.service}} if decision.service else {}),
        **given(prompt_tokens=tokens_in, completion_tokens=tokens_out, total_tokens=total),
    }


def _classifications(request: Request) -> list[dict[str, Any]]:
    """One for each label, with the kinds of identifier that alone raise it and how many of each were found."""
    decision = request.decision
    status_id, status = _CLASSIFIED.get(decision.completeness, (0, "Unknown"))
    made = []
    for label in decision.labels:
        category_id, _ = _CATEGORIES.get(label, (_OTHER, ""))
        found = [
            {"type": name, "count": count}
            for name, count in decision.findings.items()
            if name in ENTITIES and ENTITIES[name].raises == label
        ]
        made.append(
            {
                "category_id": category_id,
                "category": label,
                "classifier_details": {"name": "Ringfence", "type": "provenance and patterns"},
                "status_id": status_id,
                "status": status,
                **given(discovery_details=found),
            }
        )
    return made


def _unmapped(request: Request) -> dict[str, Any]:
    decision, ending = request.decision, request.ending
    return {
        "decided_index": request.decided_index,
        "ended_index": request.ended_index,
        "effect": decision.effect,
        "form": decision.form,
        "declared": decision.declared,
        "names_searched": decision.names_searched,
        "register_digest": decision.register_digest,
        "demonstration": decision.demonstration,
        "stream": decision.stream,
        **given(
            purpose=decision.purpose,
            findings=decision.findings,
            replaced=decision.replaced,
            finish=ending.finish,
            reply_findings=ending.reply_findings,
        ),
    }


def _ms(time: str) -> int:
    return unix_ns(time) // 1_000_000


FORMAT = Format("ocsf", "OCSF API Activity (6003)", f"{VERSION}, https://schema.ocsf.io/{VERSION}", event)
