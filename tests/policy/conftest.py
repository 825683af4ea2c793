"""The shipped rules, and one candidate that they allow."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import pytest

from ringfence.policy.engine import Policy

# The helpers beside the tests (enumerate_facts, twin) are plain modules: importlib mode does not put them on the path.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def shipped() -> str:
    return (files("ringfence.policy") / "rules" / "ringfence.cedar").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def schema() -> str:
    return (files("ringfence.policy") / "rules" / "ringfence.cedarschema").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def policy(shipped: str, schema: str) -> Policy:
    return Policy.load({"ringfence.cedar": shipped}, schema)
