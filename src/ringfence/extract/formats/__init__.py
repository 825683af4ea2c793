"""One file per format, found by being here. To add one: add a file that exports one `FORMAT`."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from ringfence.extract.format import Format


@functools.cache
def all() -> tuple[Format, ...]:
    """Every format, the most certain of its own first. Imports files, so call it at start."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(sorted((module.FORMAT for module in modules), key=lambda format: (-format.certainty, format.kind)))
