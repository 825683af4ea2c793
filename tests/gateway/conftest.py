"""One gateway for the tests over HTTP, with limits that a test can reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.place import Place, place

SETTINGS = """
[gateway]
max_body_bytes = 20000
max_in_flight = 4
read_timeout_s = 1.5
"""
UPSTREAM = "first_byte_timeout_s = 1.0\nread_timeout_s = 1.0\n"


@pytest.fixture(scope="package")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Bodies of 20,000 bytes, four requests at a time, 1.5 s to send one, and a vendor that must answer in 1 s."""
    with place(tmp_path_factory.mktemp("small"), settings=SETTINGS, upstream=UPSTREAM) as made:
        yield made
