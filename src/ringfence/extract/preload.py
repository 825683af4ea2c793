"""Imports what libraries would import late: the worker can't open a file once it has shut itself in."""

from __future__ import annotations

import contextlib
import email
import encodings
import importlib
import pkgutil
from types import ModuleType
from typing import Final

import pypdf

from ringfence.extract import formats, ocr

_LATE: Final[tuple[ModuleType, ...]] = (encodings, email, pypdf)


def preload() -> None:
    """Every format, every codec, and every module of the libraries that import as they go; the engine for images."""
    formats.all()
    ocr.preload()
    for package in _LATE:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            with contextlib.suppress(ImportError):  # some are of other systems, or of extras that are not here
                importlib.import_module(found.name)
