"""Shared fixtures: the scale of a run, and the data beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def scale() -> int:
    """1 in `make test`; `make soak` sets RINGFENCE_SCALE so that each seeded test runs its bar in full."""
    return int(os.environ.get("RINGFENCE_SCALE", "1"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; tests that need it skip by name where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent: real data sets are not at hand")
    return folder
