"""One file per vendor, found by being here. To add one: add a file that exports one `PROBE`."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from ringfence.posture.probe import Probe


@functools.cache
def all() -> dict[str, Probe]:
    """Every vendor whose account can be read, by id. Imports files: call it at start."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return {module.PROBE.vendor: module.PROBE for module in modules}
