from __future__ import annotations

import pytest

from ringfence.vocabulary.approval import Act, Person
from support.people import person


@pytest.fixture
def people() -> dict[str, Person]:
    return {name: person(name) for name in ("ann", "ben", "cat")}


@pytest.fixture
def act() -> Act:
    return Act("exception", {"id": "exc-1", "services": ["openai/chat"], "days": 30})
