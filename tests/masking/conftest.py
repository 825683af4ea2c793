"""What the tests of this room share: findings made by hand, a vault with a clock to turn, a seeded random source."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ringfence.masking import Vault
from ringfence.vocabulary.text import Finding, Place, Segment

KEY = bytes(range(32))
LIFETIME_S = 6_400


class Clock:
    """Seconds, turned by hand."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rng() -> random.Random:
    return random.Random(20)


@pytest.fixture
def open_vault(tmp_path: Path, clock: Clock, rng: random.Random) -> Iterator[Callable[..., Vault]]:
    """Opens the vault of this test; again and again, as restarts would."""
    opened: list[Vault] = []

    def opener(
        key: bytes = KEY, path: Path | None = None, random_bytes: Callable[[int], bytes] = rng.randbytes
    ) -> Vault:
        vault = Vault.open(
            path or tmp_path / "vault.db", key, lifetime_s=LIFETIME_S, clock=clock, random_bytes=random_bytes
        )
        opened.append(vault)
        return vault

    yield opener
    for vault in opened:
        vault.close()


@pytest.fixture
def vault(open_vault: Callable[..., Vault]) -> Vault:
    return open_vault()


@pytest.fixture
def found() -> Callable[..., Finding]:
    """A finding of `value` in a segment: its first occurrence, or the one at `start`."""

    def finding(
        segment: Segment, value: str, entity: str, *, start: int | None = None, structured: bool = True
    ) -> Finding:
        at = segment.text.index(value) if start is None else start
        return Finding(segment.pointer, at, at + len(value), entity, 1.0, "test/1", segment.place, structured)

    return finding


@pytest.fixture
def says() -> Callable[..., Segment]:
    def segment(text: str, pointer: str = "/messages/0/content", place: Place = Place.VALUE) -> Segment:
        return Segment(pointer, "user", text, place)

    return segment
