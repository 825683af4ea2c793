"""A ledger with decisions as the gateway writes them, small, with all that a bundle of it can hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evidence.bundle.site import Site


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here takes the power from the real disk, so that waiting for it would only cost time."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda fd: None)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)
