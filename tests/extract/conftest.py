"""One extractor for all tests of the room: that it still works after a hostile file is part of what they show."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringfence.extract import Extractor, Limits

sys.path.insert(0, str(Path(__file__).parent))

MIB = 1024 * 1024
TIGHT_S = 3.0


@pytest.fixture(scope="session")
def extractor() -> Iterator[Extractor]:
    with Extractor() as made:
        yield made


@pytest.fixture(scope="session")
def tight() -> Iterator[Extractor]:
    """Small bounds, so that hostile files meet them soon."""
    limits = Limits(max_unpacked_bytes=16 * MIB, timeout_s=TIGHT_S, memory_bytes=512 * MIB)
    with Extractor(limits) as made:
        yield made


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Fails where the test leaves file descriptors open in this process."""
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    yield
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert after <= before
