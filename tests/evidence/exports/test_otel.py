"""Every line against the protocol's own parser, and every name against the conventions' own constants."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evidence.exports.logged import KINDS, SOURCE, Log, by_kind
from ringfence.evidence.exports import otel
from ringfence.evidence.exports.format import Source
from support.needs import need_package

need_package("opentelemetry")  # the folder that the two below share
need_package("opentelemetry.proto")
need_package("opentelemetry.semconv")
from google.protobuf.json_format import Parse  # noqa: E402
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData  # noqa: E402
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as gen_ai  # noqa: E402
from opentelemetry.semconv.attributes import error_attributes, http_attributes  # noqa: E402
from opentelemetry.semconv.schemas import Schemas  # noqa: E402


def span(log: Log, kind: str, source: Source = SOURCE) -> Any:
    """The span as a collector reads it. The protocol writes ids in hex, where protocol buffers' JSON has Base64."""
    text = json.dumps(otel.event(dict(by_kind(log))[kind], source))
    data = Parse(text, TracesData())
    [resource] = data.resource_spans
    [scope] = resource.scope_spans
    assert resource.schema_url == scope.schema_url == otel.SCHEMA_URL
    assert {each.key for each in resource.resource.attributes} >= {"service.name", "service.version"}
    [found] = scope.spans
    return found


def attributes(log: Log, kind: str) -> dict[str, Any]:
    found = {}
    for each in span(log, kind).attributes:
        value = each.value
        name = value.WhichOneof("value")
        given = getattr(value, name)
        found[each.key] = [item.string_value for item in given.values] if name == "array_value" else given
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_it_parses_as_the_protocol_and_uses_the_conventions_names(kind: str, log: Log) -> None:
    made = span(log, kind)
    assert made.kind == Span.SPAN_KIND_CLIENT
    assert 0 < made.start_time_unix_nano < made.end_time_unix_nano
    known = [each for module in (gen_ai, error_attributes, http_attributes) for each in vars(module).values()]
    for name in attributes(log, kind):
        assert name.startswith("ringfence.") or name in known, name
    assert otel.SCHEMA_URL in {each.value for each in Schemas}


@pytest.mark.parametrize("kind", KINDS)
def test_required_attributes_are_there(kind: str, log: Log) -> None:
    made = attributes(log, kind)
    assert made[gen_ai.GEN_AI_OPERATION_NAME]
    assert made.get(gen_ai.GEN_AI_PROVIDER_NAME) or kind == "no candidate"
    assert (error_attributes.ERROR_TYPE in made) == (kind in ("failed", "refused", "left"))


def test_the_members_of_an_answered_request(log: Log) -> None:
    made = attributes(log, "masked")
    assert made[gen_ai.GEN_AI_OPERATION_NAME] == gen_ai.GenAiOperationNameValues.CHAT.value
    assert made[gen_ai.GEN_AI_PROVIDER_NAME] == gen_ai.GenAiProviderNameValues.OPENAI.value
    assert made[gen_ai.GEN_AI_REQUEST_MODEL] == "gpt-4o-mini"
    assert made[gen_ai.GEN_AI_RESPONSE_MODEL] == "gpt-4o-mini-2024-07-18"
    assert made[gen_ai.GEN_AI_RESPONSE_FINISH_REASONS] == ["stop"]
    assert (made[gen_ai.GEN_AI_USAGE_INPUT_TOKENS], made[gen_ai.GEN_AI_USAGE_OUTPUT_TOKENS]) == (40, 2)
    assert made["ringfence.labels"] == ["general", "personal"]
    assert span(log, "masked").name == "chat gpt-4o-mini"
    assert attributes(log, "embedding")[gen_ai.GEN_AI_OPERATION_NAME] == "embeddings"


def test_failures_are_errors_and_denials_are_not(log: Log) -> None:
    assert span(log, "failed").status.code == Status.STATUS_CODE_ERROR
    assert attributes(log, "refused")[error_attributes.ERROR_TYPE] == "429"
    assert attributes(log, "left")[error_attributes.ERROR_TYPE] == "client_left"
    assert span(log, "denied").status.code == Status.STATUS_CODE_UNSET


@pytest.mark.parametrize(
    ("service", "vendor", "known"),
    [
        ("openai/x", "openai", "OPENAI"),
        ("anthropic/x", "anthropic", "ANTHROPIC"),
        ("azure-openai/x", "azure-openai", "AZURE_AI_OPENAI"),
        ("aws-bedrock/x", "aws-bedrock", "AWS_BEDROCK"),
        ("google/gemini-x", "google", "GCP_GEMINI"),
        ("google/vertex-x", "google", "GCP_VERTEX_AI"),
        ("groq/x", "groq", "GROQ"),
        ("mistral/x", "mistral", "MISTRAL_AI"),
        ("xai/x", "xai", "X_AI"),
    ],
)
def test_vendors_go_by_the_conventions_names(service: str, vendor: str, known: str, empty: Log) -> None:
    from ringfence.evidence.exports.requests import Requests

    candidates = [{"facts": {"service": service, "vendor": vendor}, "allowed": True}]
    empty.end(1, empty.decide(1, service=service, candidates=candidates))
    [request] = Requests(empty.reader).more()
    assert otel._provider(request) == gen_ai.GenAiProviderNameValues[known].value


def test_ids_are_hex_unique_and_the_same_each_time(log: Log) -> None:
    ids = []
    for _, request in by_kind(log):
        made = otel.event(request, SOURCE)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        assert made == otel.event(request, SOURCE)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        assert (len(bytes.fromhex(made["traceId"])), len(bytes.fromhex(made["spanId"]))) == (16, 8)
        ids.append(made["traceId"])
    assert len(set(ids)) == len(ids)
    other = otel.event(request, Source("other", "1"))["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert other["traceId"] not in ids
