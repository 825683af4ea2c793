"""GET /v1/models: the model names that this key may use, and which data each may get today, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from ringfence import dialects
from ringfence.dialects import Dialect
from ringfence.gateway import speaking
from ringfence.gateway.admit import Caller
from ringfence.gateway.paper import Paper
from ringfence.gateway.state import State
from ringfence.gateway.stations import Stations
from ringfence.vocabulary.chat import Service
from ringfence.vocabulary.decision import Coverage
from ringfence.vocabulary.errors import ModelNotFound
from ringfence.vocabulary.labels import Label

_WILD = frozenset("*?[")
_ALL = frozenset(Label)


def models(stations: Stations, caller: Caller) -> list[dict[str, Any]]:
    """One row per name that a service which can be reached spells out, or that the key does. A pattern (`gpt-*`) names
    no single model, so it gives no row; whether a request may go there is decided for each request."""
    state, today = stations.state(), stations.now().date()
    spelt = [name for service in state.register.services.values() for name in service.models]
    names = dict.fromkeys(name for name in (*spelt, *caller.key.models) if not _WILD & set(name))
    return [row for name in names if (row := _row(name, caller, state, today))]


def model(stations: Stations, caller: Caller, name: str) -> dict[str, Any]:
    """The row of one name, also of one that is only part of a pattern. Raises ModelNotFound."""
    row = _row(name, caller, stations.state(), stations.now().date()) if len(name) <= speaking.LONGEST_MODEL else None
    if row is None:
        raise ModelNotFound("No service that this key may use has a model of that name.", where="/model")
    return row


def one(shape: Dialect, row: dict[str, Any]) -> bytes:
    """The body of a single model: what each interface has as an element of its list."""
    listed: dict[str, Any] = msgspec.json.decode(shape.models([row]))
    return msgspec.json.encode(listed["data"][0])


def _row(name: str, caller: Caller, state: State, today: date) -> dict[str, Any] | None:
    if not caller.key.may_use(name):
        return None
    places = [
        (service, client_endpoint, endpoint)
        for service, client_endpoint, endpoint in _places(name, state.paper(today))
        if state.configured(service) and (not service.demonstration or caller.key.demonstration)
    ]
    if not places:
        return None
    services = []
    for service, client_endpoint, endpoint in places:
        cover = state.paper(today).cover(service.id, _ALL, endpoint, name, caller.key.client)
        services.append({"service": service.id, "endpoint": client_endpoint, **_said(cover)})
    return {"id": name, "owned_by": places[0][0].vendor, "created": 0, "ringfence": {"services": services}}


def _places(name: str, paper: Paper) -> Iterator[tuple[Service, str, str]]:
    """(service, the endpoint that a client calls, the one that the service speaks) for each way to this model."""
    for dialect in dialects.all():
        direct = paper.services(name, dialect.endpoint)
        for service in direct:
            yield service, dialect.endpoint, dialect.endpoint
        for translation in speaking.translations(dialect.endpoint):
            for service in paper.services(name, translation.target):
                if service.private and service not in direct:
                    yield service, dialect.endpoint, translation.target


def _said(coverage: tuple[Coverage, ...]) -> dict[str, Any]:
    """The labels that are covered today, and the last day on which all of them still are (None: nothing limits it)."""
    covered = [cover for cover in coverage if cover.covered]
    return {
        "covered": [cover.label for cover in covered],
        "until": min((cover.until for cover in covered if cover.until), default=None),
    }
