"""One file per detector, found by being here. To add one: add a file that exports one `DETECTOR`."""

from __future__ import annotations

import functools
import importlib
import pkgutil

from ringfence.classify.detector import Detector


@functools.cache
def all() -> tuple[Detector, ...]:
    """Every detector, by name. Also the input of the generated reference page. Imports files, so call it at start."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(sorted((module.DETECTOR for module in modules), key=lambda detector: detector.name))
