"""The services that could answer a request: under which interface, through which translation, with what lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from ringfence.dialects import Dialect
from ringfence.dialects.translation import Translation
from ringfence.gateway import speaking
from ringfence.gateway.admit import Caller
from ringfence.gateway.paper import Paper
from ringfence.gateway.state import State
from ringfence.vocabulary.chat import CanonicalRequest, Service, Use
from ringfence.vocabulary.errors import ModelNotFound


class Way(msgspec.Struct, frozen=True):
    """One service and the interface under which it would get the request, its own one or (`translation`) another.

    `rerouted`: it is not what the model's name means. `uses` are the fields that the service would see. `gaps` say what
    it can't do, in sentences without content; with any of them it can't answer.
    """

    service: Service
    rerouted: bool
    endpoint: str
    uses: tuple[Use, ...]
    translation: Translation | None = None
    gaps: tuple[str, ...] = ()


def ways(request: CanonicalRequest, dialect: Dialect, caller: Caller, state: State, today: date) -> tuple[Way, ...]:
    """The services that the model's name means, then the private ones, each once.

    Only private services are reached through a translation: agreements name a vendor's endpoints, and what one of them
    says of a request says nothing of another. Raises ModelNotFound where the name means no service: a misspelt model
    must not quietly become another one.
    """
    all_named = _named(request, dialect, state.paper(today))
    found = [way for way in all_named if not way.service.demonstration or caller.key.demonstration]
    if not found:
        raise ModelNotFound("No service on the register has a model of that name at this endpoint.", where="/model")
    named = [way for way in found if state.configured(way.service)] or found[:1]
    taken = {way.service.id for way in named}
    private = [_private(service, True, request, dialect) for service in state.private if service.id not in taken]
    return (*named, *private)


def _named(request: CanonicalRequest, dialect: Dialect, paper: Paper) -> Iterator[Way]:
    if len(request.model) > speaking.LONGEST_MODEL:
        return
    direct = paper.services(request.model, request.endpoint)
    for service in direct:
        yield Way(service, False, request.endpoint, request.uses)
    for translation in speaking.translations(request.endpoint):
        for service in paper.services(request.model, translation.target):
            if service.private and service not in direct:
                yield _translated(service, False, translation, request, dialect)


def _private(service: Service, rerouted: bool, request: CanonicalRequest, dialect: Dialect) -> Way:
    if request.endpoint in service.endpoints:
        return Way(service, rerouted, request.endpoint, request.uses)
    for translation in speaking.translations(request.endpoint):
        if translation.target in service.endpoints:
            return _translated(service, rerouted, translation, request, dialect)
    gap = (
        f"{service.id} does not speak {request.endpoint}, and this interface can't be translated for it: run a private "
        "server that speaks it, and name it in [private] endpoints."
    )
    return Way(service, rerouted, request.endpoint, request.uses, gaps=(gap,))


def _translated(
    service: Service, rerouted: bool, translation: Translation, request: CanonicalRequest, dialect: Dialect
) -> Way:
    gaps = translation.gaps(request)
    uses: tuple[Use, ...] = ()
    if not gaps and not service.own_host:  # on an own host nobody asks which fields there are
        body = translation.request(request, dialect.rewrite(request, {}, {})).body
        uses = speaking.by_endpoint(translation.target).read(body).uses
    return Way(service, rerouted, translation.target, uses, translation, gaps)
