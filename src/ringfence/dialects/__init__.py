"""Client interfaces: bytes <-> canonical request and reply. One file here that exports `DIALECT` is one interface."""

from __future__ import annotations

import importlib
import pkgutil

from ringfence.dialects.base import Dialect, Reply, Restorer, StreamEditor
from ringfence.dialects.translation import StreamTranslator, Translated, Translation
from ringfence.dialects.translations import translation

__all__ = [
    "Dialect",
    "Reply",
    "Restorer",
    "StreamEditor",
    "StreamTranslator",
    "Translated",
    "Translation",
    "all",
    "translation",
]


def _discovered() -> tuple[Dialect, ...]:
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    dialects = (module.DIALECT for module in modules if hasattr(module, "DIALECT"))
    return tuple(sorted(dialects, key=lambda dialect: dialect.name))


# At import, since this room reads no file afterwards.
_ALL = _discovered()


def all() -> tuple[Dialect, ...]:
    """Every dialect, by name."""
    return _ALL
