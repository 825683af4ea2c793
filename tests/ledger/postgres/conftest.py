"""A log in a real PostgreSQL: one server for the session, a database of its own for each test."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ringfence.ledger.ledger import Ledger
from ringfence.ledger.postgres import schema
from ringfence.ledger.postgres.client import Client
from ringfence.ledger.postgres.opening import Place, open_ledger
from ringfence.ledger.postgres.reader import PostgresReader
from ringfence.ledger.report import Report
from ringfence.ledger.verify_reader import verify_reader
from ringfence.vocabulary.record import Phase, Record
from support.needs import need, need_package
from support.postgres import Cluster, binaries


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    need_package("asyncpg")
    need(binaries(), "PostgreSQL is not installed (scripts/tools.sh)")
    with Cluster() as running:
        yield running


class Box:
    """One log and the machines of its gateways, which are folders by instance. Clocks start at a fixed moment and move
    by 1 ms."""

    def __init__(self, cluster: Cluster, root: Path) -> None:
        self.cluster, self.root = cluster, root
        self.database = cluster.database()
        self.url = cluster.url(self.database)
        self.key_path = root / "ledger.key"
        self.clock: Callable[[], float] = (1_700_000_000 + n / 1000 for n in count()).__next__
        self._client = Client(self.url)

    def place(self, instance: str = "a", **changes: Any) -> Place:
        highest = self.root / instance / "highest"
        fields = {"url": self.url, "key_path": self.key_path, "highest_path": highest, "origin": "test.example/log"}
        return Place(instance=instance, **{**fields, **changes})

    def open(self, instance: str = "a", place: Place | None = None, **options: Any) -> Ledger:
        given = {"clock": self.clock, "on_fatal": lambda _: None, "lock_wait_s": 5.0, **options}
        return open_ledger(place or self.place(instance), **given)

    def reader(self) -> PostgresReader:
        found = PostgresReader.find(self._client)
        assert found is not None
        return found

    def verify(self, instance: str = "a", **options: Any) -> Report:
        given = {"highest_path": self.root / instance / "highest", "public_key": self.key_line, **options}
        return verify_reader(self.reader(), **given)

    def failed_steps(self, instance: str = "a") -> set[int]:
        return {step.number for step in self.verify(instance).steps if step.status == "failed"}

    @property
    def key_line(self) -> str:
        return self.key_path.with_suffix(".vkey").read_text().strip()

    def run(self, *statements: str) -> list[Any]:
        return self.cluster.run(self.url, *statements)

    def end(self) -> None:
        self._client.close()

    @contextlib.contextmanager
    def stuck(self) -> Iterator[None]:
        """No commit gets through: another session holds the sequence lock."""
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            client = Client(self.url)
            client.fetch("SELECT pg_advisory_lock($1)", schema.SEQUENCE)
            held.set()
            done.wait(60)
            client.close()

        thread = threading.Thread(target=hold)
        thread.start()
        assert held.wait(20)
        try:
            yield
        finally:
            done.set()
            thread.join()

    @staticmethod
    def decided(request_id: str, **body: Any) -> Record:
        return Record(request_id, Phase.DECIDED, {"effect": "ALLOW", **body}, {"received": request_id.encode()})

    @staticmethod
    def ended(request_id: str) -> Record:
        return Record(request_id, Phase.ENDED, {"outcome": "completed"})


@pytest.fixture
def box(cluster: Cluster, tmp_path: Path) -> Iterator[Box]:
    made = Box(cluster, tmp_path)
    yield made
    made.end()


@pytest.fixture
def own_cluster(cluster: Cluster) -> Iterator[Cluster]:
    """One to stop, kill or put back. A crashed server synchronises every file before it answers, and the session's has
    a database of each test."""
    with Cluster() as running:
        yield running


@pytest.fixture
def own_box(own_cluster: Cluster, tmp_path: Path) -> Iterator[Box]:
    made = Box(own_cluster, tmp_path / "own")
    yield made
    made.end()
