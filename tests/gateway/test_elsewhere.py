"""What another gateway of a shared log forgot goes here, too; a file of salts that was lost erases nothing. Two real
gateways do it in tests/evidence/test_whole_story.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ringfence.gateway import boot, store
from ringfence.gateway.forgetting import elsewhere
from ringfence.gateway.forgetting.elsewhere import follow, without_salt
from ringfence.gateway.home import Home
from ringfence.ledger.salts import NO_SALT, encode_slot
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Subjects
from support import beside
from support.home import records


class Slots:
    """A log of which only the salts are asked for."""

    def __init__(self, erased: set[int]) -> None:
        self.erased, self.asked = erased, 0

    def salts(self, first: int, count: int) -> list[bytes]:
        self.asked += 1
        indexes = range(first, first + count)
        return [NO_SALT if at in self.erased else encode_slot(at, bytes([1] * 32)) for at in indexes]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = beside.made(tmp_path / "home")
    beside.post(home, [beside.BODY, f"{beside.BODY} Soon."])
    return home


def test_few_questions_for_records_far_apart() -> None:
    log: Any = Slots({5, 70_000, 70_001, 9_999_999})
    assert without_salt(log, {4, 5, 70_000, 9_999_999}) == {5, 70_000, 9_999_999}
    assert log.asked == 3
    assert without_salt(log, set()) == set()


def test_a_log_of_ones_own_follows_nobody(home: Home) -> None:
    for index in Contents(home.content).indexes():
        boot.reader(home).erase([(index, index)])
    assert follow(home) is None
    assert len(Contents(home.content).indexes()) == 2


def test_what_has_no_salt_any_more_is_erased_beside_the_ledger(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "in_postgres", lambda _: True)
    monkeypatch.setattr(elsewhere.boot, "reader", lambda _: reader)
    [gone, stays] = [each["index"] for each in records(home.folder) if each["phase"] == "decided"]
    reader = Slots(set())
    assert follow(home) is None
    reader = Slots({gone})
    assert follow(home) == {"event": "forget_followed", "contents": 1, "subjects": 1, "instance": "gateway"}
    assert (Contents(home.content).indexes(), Subjects(home.subjects).indexes()) == ([stays], {stays})
    assert follow(home) is None
