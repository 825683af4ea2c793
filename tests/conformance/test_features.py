"""Each thing that a client can ask for beside the conversation: what goes out freely, and what regulated data may not
go with even at a vendor whose documents cover it. Asked with the vendors' own SDKs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from conformance.features import FEATURES, Feature
from support.surfaces import MODELS, Surfaces, surfaces

VENDOR = {"chat": "openai", "responses": "openai", "messages": "anthropic"}
TEXT = "Which colour has the parcel?"
PATIENT = "The patient Mara Lindqvist, MRN 48213377, has a parcel."
each = pytest.mark.parametrize("feature", [pytest.param(f, id=f"{f.interface} {f.name}") for f in FEATURES])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surfaces]:
    with surfaces(tmp_path_factory.mktemp("features"), private=False) as made:
        yield made


def _ask(place: Surfaces, feature: Feature, key: str, kind: str, text: str) -> dict[str, str]:
    """Asks, and returns the reply's headers. Raises the SDK's own error."""
    model = MODELS[VENDOR[feature.interface]][kind]
    seen: list[httpx2.Response] = []
    http = httpx2.Client(event_hooks={"response": [seen.append]})
    if feature.interface == "messages":
        part = {"type": "text", "text": text}
        sdk = anthropic.Anthropic(
            base_url=place.gateway.url,
            api_key=place.keys[key],
            max_retries=0,
            http_client=http,
            default_headers=feature.headers,
        )
        body = {"max_tokens": 100, "messages": [{"role": "user", "content": [part, *feature.items]}], **feature.body}
        sdk.post("/v1/messages", body={"model": model, **body}, cast_to=object)
    else:
        client = openai.OpenAI(
            base_url=f"{place.gateway.url}/v1", api_key=place.keys[key], max_retries=0, http_client=http
        )
        if feature.interface == "chat":
            content = [{"type": "text", "text": text}, *feature.items]
            client.chat.completions.create(
                model=model,
                messages=[{"role": "user", "content": content}],
                extra_body=feature.body,  # type: ignore
            )
        else:
            content = [{"type": "input_text", "text": text}, *feature.items]
            client.responses.create(
                model=model,
                input=[{"role": "user", "content": content}],
                extra_body=feature.body,  # type: ignore
            )
    return {name.lower(): value for name, value in seen[-1].headers.items()}


def _left(place: Surfaces, before: int) -> dict[str, Any]:
    [received] = place.vendor.received[before:]
    body: dict[str, Any] = received.json
    return body


def _asked_as_sent(feature: Feature, left: dict[str, Any]) -> None:
    for name, value in {**feature.body, **feature.forced}.items():
        assert left[name] == value


@each
def test_goes_out_with_nothing_regulated(feature: Feature, place: Surfaces) -> None:
    """Also what the catalogue does not know: it is forwarded and recorded. A part that can't be read is another matter:
    it could hold anything, and nothing is on file here."""
    before = len(place.vendor.received)
    if feature.items:
        with pytest.raises((openai.PermissionDeniedError, anthropic.PermissionDeniedError)):
            _ask(place, feature, "general", "open", TEXT)
        assert len(place.vendor.received) == before
        return
    headers = _ask(place, feature, "general", "open", TEXT)
    assert headers["x-ringfence-effect"] == "ALLOW"
    _asked_as_sent(feature, _left(place, before))
    for name, value in feature.headers.items():
        assert place.vendor.received[-1].headers[name] == value


@each
def test_with_regulated_data(feature: Feature, place: Surfaces) -> None:
    before = len(place.vendor.received)
    if not feature.denied:
        headers = _ask(place, feature, "phi by name", "covered", PATIENT)
        assert headers["x-ringfence-effect"] == "ALLOW"
        left = _left(place, before)
        _asked_as_sent(feature, left)
        forced = {each["pointer"] for each in place.record(headers["x-ringfence-record"])["rewrites"]}
        assert {f"/{name}" for name in feature.forced} <= forced
        return
    with pytest.raises((openai.PermissionDeniedError, anthropic.PermissionDeniedError)) as raised:
        _ask(place, feature, "phi by name", "covered", PATIENT)
    assert feature.denied in json.dumps(raised.value.body)
    assert "Lindqvist" not in json.dumps(raised.value.body)
    assert len(place.vendor.received) == before
