"""One file per vendor, found by being here. To add one: add a file that exports `VENDORS`, its services."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterable

import msgspec

from ringfence.upstream.target import ENDPOINTS
from ringfence.upstream.vendor import Vendor, usual


@functools.cache
def all() -> tuple[Vendor, ...]:
    """Every kind of service, by id. Also the input of the generated reference page. Imports files: call it at start."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(sorted((each for module in modules for each in module.VENDORS), key=lambda each: each.service))


def find(service_id: str, vendor: str, endpoints: Iterable[str] = ()) -> Vendor | None:
    """How services like this one are reached; None where no file here is about this vendor. `endpoints` are those that
    the service has: one vendor may want another header for another interface.

    INVARIANT: only a service that a file names gets that file's address. Another service of the same vendor may be
    under other terms, so its address must be configured.
    """
    alike = [known for known in all() if known.name == vendor]
    for known in alike:
        if known.service == service_id:
            return known
    wanted = set(endpoints)
    alike.sort(key=lambda known: (not wanted & known.paths.keys(), not known.paths))
    if not alike:
        return None
    paths = usual(*(wanted & ENDPOINTS.keys())) | dict(alike[0].paths)
    return msgspec.structs.replace(alike[0], service=service_id, base_url="", paths=paths)
