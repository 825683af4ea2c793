from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.exports.logged import Log, fill


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """A log with a request of each kind."""
    made = Log(tmp_path_factory.mktemp("log"))
    fill(made)
    yield made
    made.ledger.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Log]:
    """A log with its start notice only."""
    made = Log(tmp_path)
    yield made
    made.ledger.close()
