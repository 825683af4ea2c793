"""One file per service, found by being here. To add one: add a file that exports one `VENDOR`."""

from __future__ import annotations

import functools
import importlib
import pkgutil

import msgspec

from ringfence.upstream.vendor import Vendor


@functools.cache
def all() -> tuple[Vendor, ...]:
    """Every kind of service, by id. Also the input of the generated reference page. Imports files: call it at start."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(sorted((module.VENDOR for module in modules), key=lambda vendor: vendor.service))


def find(service_id: str, vendor: str) -> Vendor | None:
    """How services like this one are reached; None where no file here is about this vendor.

    INVARIANT: only a service that a file names gets that file's address. Another service of the same vendor may be
    under other terms, so its address must be configured.
    """
    for known in all():
        if known.service == service_id:
            return known
    alike = sorted((known for known in all() if known.name == vendor), key=lambda known: not known.chat_path)
    return msgspec.structs.replace(alike[0], service=service_id, base_url="") if alike else None
