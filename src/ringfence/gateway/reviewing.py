"""Classifies a kept request again, as the gateway would today. Nothing is sent, nothing is recorded."""

from __future__ import annotations

from datetime import UTC, datetime

from ringfence.gateway import plan, speaking
from ringfence.gateway.admit import Caller
from ringfence.gateway.entries import by_entity
from ringfence.gateway.keys import Key
from ringfence.gateway.stations import Stations
from ringfence.sidecar.content import Kept
from ringfence.vocabulary.labels import Label
from ringfence.vocabulary.text import Classification


def again(kept: Kept, stations: Stations) -> tuple[Classification, dict[str, int]]:
    """The classification of today, and how many of each entity it found. Raises RequestError where the interface no
    longer reads such a request, ModelNotFound where no service has that model any more."""
    dialect = speaking.by_endpoint(kept.endpoint)
    request = dialect.read(kept.body, kept.headers)
    handles = tuple(Label(label) for label in kept.handles)
    key = Key(id="review", digest="", client="", purpose="review", handles=handles, created=datetime.now(UTC))
    classification = plan.make(request, dialect, Caller(key, kept.sources, kept.labels), stations).classification
    return classification, by_entity(classification.findings)
