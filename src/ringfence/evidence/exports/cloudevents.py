"""CloudEvents 1.0.2 in their JSON form: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ringfence.evidence.exports.format import Format, Source, given
from ringfence.evidence.exports.requests import Request


def event(request: Request, source: Source) -> dict[str, Any]:
    """`source` and `id` together are unique: the log, and the index of the `decided` record in it."""
    decision, ending = request.decision, request.ending
    tokens_in, tokens_out = request.tokens
    return {
        "specversion": "1.0",
        "id": str(request.decided_index),
        "source": "/" + quote(source.origin, safe="/:@~-._"),
        "type": f"ringfence.request.{ending.outcome}",
        **given(subject=decision.key),
        "time": request.ended_at,
        "datacontenttype": "application/json",
        "data": {
            "decided_index": request.decided_index,
            "ended_index": request.ended_index,
            "request_id": request.request_id,
            "decided_at": request.decided_at,
            "key": decision.key,
            **given(client=decision.client, purpose=decision.purpose),
            "dialect": decision.dialect,
            "endpoint": decision.endpoint,
            "model": decision.model,
            "stream": decision.stream,
            "labels": decision.labels,
            "declared": decision.declared,
            "completeness": decision.completeness,
            "names_searched": decision.names_searched,
            "findings": decision.findings,
            "effect": decision.effect,
            "service": decision.service,
            "vendor": request.vendor,
            "form": decision.form,
            "rules": decision.rules,
            "replaced": decision.replaced,
            "policy_digest": decision.policy_digest,
            "register_digest": decision.register_digest,
            "demonstration": decision.demonstration,
            "outcome": ending.outcome,
            **given(
                status=ending.status,
                duration_ms=ending.duration_ms,
                answered_by=ending.model,
                input_tokens=tokens_in,
                output_tokens=tokens_out,
                finish=ending.finish,
                reply_findings=ending.reply_findings,
            ),
        },
    }


FORMAT = Format("cloudevents", "CloudEvents", "1.0.2, https://github.com/cloudevents/spec/tree/v1.0.2", event)
