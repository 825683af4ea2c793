"""The rules of a kept policy, one by one, so that a change can be told by their ids."""

from __future__ import annotations

from typing import Any

import cedarpy
import msgspec


def rules_of(content: bytes) -> dict[str, bytes]:
    """Rule id -> the rule as Cedar reads it, without comments, of a `Policy.content`. Raises ValueError where it is
    none."""
    found: dict[str, bytes] = {}
    for text in msgspec.json.decode(content)["policies"].values():
        parsed: dict[str, Any] = msgspec.json.decode(cedarpy.policies_to_json_str(text))
        for number, rule in parsed["staticPolicies"].items():
            rule_id = rule.get("annotations", {}).get("id") or number
            found[rule_id] = msgspec.json.encode(rule, order="sorted")
    return found
