"""Schemathesis on the gateway's own OpenAPI document, against a started gateway: no 5xx, no violation of the schema.

What the gateway refuses of a body that fits the document is no fault: whether a model exists is not in it.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from support import surfaces
from support.needs import need_package
from support.scripted_model import obey
from support.surfaces import Surfaces
from support.vendor import Answer, Received, plain

need_package("schemathesis")

import schemathesis  # noqa: E402
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi import checks  # noqa: E402

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
OPERATIONS = (
    "GET /health",
    "GET /ready",
    "GET /openapi.json",
    "GET /v1/models",
    "GET /v1/models/{model}",
    "POST /v1/chat/completions",
    "POST /v1/responses",
    "POST /v1/embeddings",
    "POST /v1/messages",
    "POST /v1/messages/count_tokens",
)


def _patient(received: Received) -> AsyncIterator[bytes]:
    """A vendor that answers what it understands, and refuses everything else as vendors do."""
    answer: Answer = plain({"error": {"message": "what?", "type": "invalid_request_error"}}, 400)
    try:
        return obey(received)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        return answer(received)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surfaces]:
    with surfaces.surfaces(tmp_path_factory.mktemp("home"), private=True) as made:
        made.vendor.answer = _patient
        assert made.house is not None
        made.house.answer = _patient
        yield made


@pytest.fixture(scope="module")
def schema(started: Surfaces) -> Any:
    with urllib.request.urlopen(f"{started.gateway.url}/openapi.json", timeout=5) as reply:
        return schemathesis.openapi.from_dict(json.load(reply))


def test_document_is_valid_and_has_these_operations(schema: Any) -> None:
    schema.validate()
    assert {found.ok().label for found in schema.get_all_operations()} == set(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_operation(label: str, schema: Any, started: Surfaces, scale: int, tmp_path: Path) -> None:
    [operation] = [found.ok() for found in schema.get_all_operations() if found.ok().label == label]
    headers = {"authorization": f"Bearer {started.keys['general']}"}
    for mode in MODES:
        strategy = operation.as_strategy(generation_mode=mode)

        @seed(1)
        @settings(max_examples=15 * scale, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=strategy)
        def ask(case: Any) -> None:
            body = case.body if isinstance(case.body, dict) else {}
            if isinstance(body.get("model"), str) and len(body["model"]) % 2:
                body["model"] = _model(label)
            case.call_and_validate(base_url=started.gateway.url, headers=headers, checks=CHECKS)

        try:
            ask()
        except Exception as error:
            if type(error).__name__ == "Unsatisfiable":  # nothing of this route can be wrong
                continue
            raise


def _model(label: str) -> str:
    endpoint = "embeddings" if label.endswith("/embeddings") else ""
    return surfaces.models("anthropic" if "/messages" in label else "openai", endpoint)["open"]


@pytest.mark.parametrize("label", [label for label in OPERATIONS if label.startswith("POST")])
def test_examples_of_the_document_are_answered(label: str, schema: Any, started: Surfaces) -> None:
    [operation] = [found.ok() for found in schema.get_all_operations() if found.ok().label == label]
    content = operation.definition.raw["requestBody"]["content"]["application/json"]
    headers = {"authorization": f"Bearer {started.keys['general']}"}
    for example in content["examples"].values():
        case = operation.Case(body=example["value"] | {"model": _model(label)}, media_type="application/json")
        got = case.call_and_validate(base_url=started.gateway.url, headers=headers, checks=CHECKS[:-1])
        assert got.status_code in (200, 403), got.text


@pytest.mark.parametrize("label", [label for label in OPERATIONS if "/v1/" in label])
def test_operation_needs_its_key(label: str, started: Surfaces) -> None:
    method, path = label.replace("{model}", "gpt-4o-mini").split(" ")
    data = b"{}" if method == "POST" else None
    request = urllib.request.Request(f"{started.gateway.url}{path}", method=method, data=data)
    request.add_header("content-type", "application/json")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 401
