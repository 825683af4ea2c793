"""OpenTelemetry spans by the GenAI conventions, as OTLP/JSON: one line is one `TracesData`, as the collector's
`otlp_json_file` receiver reads it.

https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/ and
https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ (in development there: names may still change).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ringfence.evidence.exports.format import Format, Source, given, unix_ns
from ringfence.evidence.exports.requests import Request

SCHEMA_URL = "https://opentelemetry.io/schemas/1.44.0"
_CLIENT = 3  # SpanKind, an integer in OTLP/JSON
_ERROR = 2  # Status.StatusCode

# Well-known values of gen_ai.operation.name and gen_ai.provider.name; what is not there goes by its own name.
_OPERATIONS = {"chat_completions": "chat", "messages": "chat", "responses": "chat", "embeddings": "embeddings"}
_PROVIDERS = {
    "aws-bedrock": "aws.bedrock",
    "azure-openai": "azure.ai.openai",
    "mistral": "mistral_ai",
    "xai": "x_ai",
}
_GOOGLE = {"google/gemini": "gcp.gemini", "google/vertex": "gcp.vertex_ai"}


def event(request: Request, source: Source) -> dict[str, Any]:
    """One span from decision to end. Its ids follow from the log's name and the index, so that exporting twice gives
    the same span."""
    decision = request.decision
    digest = sha256(f"{source.origin}\n{request.decided_index}\n{request.request_id}".encode()).hexdigest()
    operation = _OPERATIONS.get(decision.endpoint, decision.endpoint)
    span = {
        "traceId": digest[:32],
        "spanId": digest[32:48],
        "name": f"{operation} {decision.model}".strip(),
        "kind": _CLIENT,
        "startTimeUnixNano": str(unix_ns(request.decided_at)),
        "endTimeUnixNano": str(unix_ns(request.ended_at)),
        "attributes": _attributes(request, operation),
        "status": {"code": _ERROR, "message": request.ending.outcome} if request.failed else {},
    }
    resource = {"service.name": "ringfence", "service.version": source.version, "ringfence.log": source.origin}
    scope = {"name": "ringfence.ledger", "version": source.version}
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _pairs(resource)},
                "scopeSpans": [{"scope": scope, "spans": [span], "schemaUrl": SCHEMA_URL}],
                "schemaUrl": SCHEMA_URL,
            }
        ]
    }


def _attributes(request: Request, operation: str) -> list[dict[str, Any]]:
    decision, ending = request.decision, request.ending
    tokens_in, tokens_out = request.tokens
    said = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": _provider(request),
        "gen_ai.request.model": decision.model,
        "gen_ai.request.stream": decision.stream,
        "gen_ai.response.model": ending.model,
        "gen_ai.response.finish_reasons": ending.finish,
        "gen_ai.usage.input_tokens": tokens_in,
        "gen_ai.usage.output_tokens": tokens_out,
        "http.response.status_code": ending.status or None,
        "error.type": _error(request),
        "ringfence.effect": decision.effect,
        "ringfence.service": decision.service,
        "ringfence.form": decision.form,
        "ringfence.rules": decision.rules,
        "ringfence.labels": decision.labels,
        "ringfence.completeness": decision.completeness,
        "ringfence.findings": sum(decision.findings.values()),
        "ringfence.replaced": sum(decision.replaced.values()),
        "ringfence.outcome": ending.outcome,
        "ringfence.key": decision.key,
        "ringfence.client": decision.client,
        "ringfence.purpose": decision.purpose,
        "ringfence.decided_index": request.decided_index,
        "ringfence.ended_index": request.ended_index,
        "ringfence.policy_digest": decision.policy_digest,
        "ringfence.register_digest": decision.register_digest,
    }
    return _pairs(given(**said))


def _provider(request: Request) -> str:
    service = request.decision.service
    google = next((name for start, name in _GOOGLE.items() if service.startswith(start)), "")
    return google or _PROVIDERS.get(request.vendor, request.vendor)


def _error(request: Request) -> str | None:
    """A service's status where it gave one, else how the request ended."""
    if not request.failed:
        return None
    status = request.ending.status or 0
    return str(status) if status >= 400 else request.ending.outcome


def _pairs(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Any) -> dict[str, Any]:
    """OTLP's AnyValue. 64-bit integers are strings in the JSON form of protocol buffers."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, str):
        return {"stringValue": value}
    return {"arrayValue": {"values": [_value(each) for each in value]}}


FORMAT = Format("otel", "OpenTelemetry GenAI spans (OTLP/JSON)", f"semantic conventions {SCHEMA_URL}", event)
