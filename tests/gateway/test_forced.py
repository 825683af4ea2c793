"""What the terms catalogue has the gateway set is set in the bytes that leave, and stands in the record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringfence.gateway import speaking
from ringfence.gateway.outgoing import outgoing
from ringfence.gateway.ways import Way
from ringfence.register import forced_members, load

SNAPSHOT = load(None)
FORCED = [
    (service.id, endpoint)
    for service in SNAPSHOT.services.values()
    for endpoint in service.endpoints
    if forced_members(SNAPSHOT, service.id, endpoint)
]
SMALLEST: dict[str, dict[str, Any]] = {
    "chat_completions": {"messages": [{"role": "user", "content": "x"}]},
    "responses": {"input": "x"},
}


def at(tree: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        tree = tree[part]
    return tree


def test_the_vendors_that_have_such_members() -> None:
    assert {service.partition("/")[0] for service, _ in FORCED} >= {
        *("openai", "azure-openai", "aws-bedrock", "openrouter", "xai", "groq", "fireworks"),
    }


@pytest.mark.parametrize(("service_id", "endpoint"), FORCED)
@pytest.mark.parametrize("sent", [{}, {"store": True, "provider": {"zdr": False, "data_collection": "allow"}}])
def test_they_are_set_whatever_the_client_sent_and_recorded(
    service_id: str, endpoint: str, sent: dict[str, Any]
) -> None:
    dialect = speaking.by_endpoint(endpoint)
    request = dialect.read(json.dumps({"model": "m", **SMALLEST[endpoint], **sent}).encode())
    way = Way(SNAPSHOT.services[service_id], False, endpoint, request.uses)
    body, rewrites = outgoing(request, dialect, way, {}, SNAPSHOT, "salt")
    told = {rewrite.pointer: rewrite.why for rewrite in rewrites}
    for pointer, value, why in forced_members(SNAPSHOT, service_id, endpoint):
        assert at(json.loads(body), pointer) == value
        assert told[pointer] == why
