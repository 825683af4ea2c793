"""The lists for private models say of every member that the gateway takes away that it does."""

from __future__ import annotations

import pytest

from ringfence.register.snapshot import Snapshot
from ringfence.upstream.isolation import STEERING


@pytest.mark.parametrize("endpoint", ["chat_completions", "responses", "messages", "count_tokens", "embeddings"])
def test_what_the_gateway_leaves_out_may_be_asked_for(shipped: Snapshot, endpoint: str) -> None:
    fields = next(each.fields for each in shipped.terms if (each.vendor, each.endpoint) == ("private", endpoint))
    for name in STEERING:
        verdict, why = fields[f"/{name}"][""]
        assert verdict == "allow", name
        assert "The gateway leaves it out" in why
