"""Vendors' endpoints that are not served, because they keep data apart from any request: refused by name, with why."""

from __future__ import annotations

from typing import NoReturn

from ringfence import register
from ringfence.gateway.admit import Caller
from ringfence.gateway.stations import Stations
from ringfence.register import Surface
from ringfence.vocabulary.errors import SurfaceNotServed
from ringfence.vocabulary.record import Phase, Record


def find(path: str, vendor: str) -> Surface | None:
    """The surface that a path belongs to. Vendors share some paths: `vendor` is whose interface the client speaks.

    A route that is served with a slash too many is a mistake in a URL, and means none of them.
    """
    found = () if path.endswith("/") else register.surfaces_at(path)
    return next((surface for surface in found if surface.vendor == vendor), next(iter(found), None))


async def refuse(stations: Stations, caller: Caller, surface: Surface) -> NoReturn:
    """Puts on record that somebody tried, and raises SurfaceNotServed. Raises LedgerError where that fails.

    A NOTICE, not a decision: the body is not read, so there is nothing to decide on and nothing that could leave.
    """
    key = caller.key
    body = {"event": "surface_refused", "key": key.id, "client": key.client, "surface": surface.id}
    await stations.append(Record("", Phase.NOTICE, body))
    raise SurfaceNotServed(
        f"{surface.title} ({surface.vendor}) is not served. {surface.why} What is kept: {surface.keeps}"
    )
