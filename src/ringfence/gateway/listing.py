"""GET /v1/models: the model names that this key may use."""

from __future__ import annotations

from typing import Any

from ringfence import register
from ringfence.gateway.admit import Caller
from ringfence.gateway.stations import Stations

_WILD = frozenset("*?[")


def models(stations: Stations, caller: Caller, endpoint: str) -> list[dict[str, Any]]:
    """One row per name that a service which can be reached spells out, or that the key does. A pattern (`gpt-*`) names
    no single model, so it gives no row; whether a request may go there is decided for each request."""
    state = stations.state()
    spelt = [name for service in state.register.services.values() for name in service.models]
    rows: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys([*spelt, *caller.key.models]):
        if _WILD & set(name) or not caller.key.may_use(name):
            continue
        for service in register.services_for_model(state.register, name, endpoint):
            if state.configured(service) and (not service.demonstration or caller.key.demonstration):
                rows.setdefault(name, {"id": name, "owned_by": service.vendor, "created": 0})
    return list(rows.values())
