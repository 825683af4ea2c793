"""A running gateway with both stores on: it keeps, forgets on order, expires at its start and says what it lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ringfence import approvals
from ringfence.gateway import boot, onrecord
from ringfence.gateway import home as homes
from ringfence.gateway.forgetting import order
from ringfence.gateway.forgetting.selection import Selection, choose
from ringfence.gateway.keeping import Keeping
from ringfence.gateway.sidecars import Mark, Sidecars
from ringfence.sidecar.content import Contents
from ringfence.sidecar.sealing import public_of, text_of
from ringfence.sidecar.subjects import Named, Subjects
from ringfence.vocabulary.approval import Proposal
from ringfence.vocabulary.record import Receipt, Record
from support import beside
from support.people import key_of
from support.place import Place, place


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    beside.key_files(folder)
    old = folder / "content" / "2001-01-01"
    old.mkdir(parents=True)
    (old / f"{0:020d}.sealed").write_bytes(b"x")
    with place(folder, settings=beside.STORES) as made:
        yield made


def wait(until: Callable[[], object]) -> None:
    deadline = time.monotonic() + 15
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_gateway_keeps_forgets_and_expires(running: Place) -> None:
    home = homes.find(running.folder, running.folder / "ringfence.toml")
    wait(lambda: not (home.content / "2001-01-01").exists())
    message = {"role": "user", "content": beside.BODY}
    running.sdk("phi").sync.chat.completions.create(model="gpt-4o-baa", messages=[message])
    wait(lambda: Contents(home.content).indexes() and Subjects(home.subjects).indexes())
    for path in (each for each in home.folder.rglob("*") if each.is_file()):
        assert not any(text in path.read_bytes() for text in (b"4471992", b"maria.keller")), path
    beside.enrol(home, "ada", "ben")
    chosen = choose(boot.reader(home), Selection(client="test"), [])
    made, ranges = order.make("00", Selection(client="test"), "ended", chosen)
    order.keep_ranges(home.forgets, ranges)
    found, people = Proposal(order.act_of(made)), approvals.load_people(home.approvers)
    for name in ("ada", "ben"):
        envelope = approvals.approve(found.act, key_of(name), people[name], at=datetime.now(UTC), reason="seen")
        found = approvals.with_approval(found, envelope, people, datetime.now(UTC))
    onrecord.leave(home, order.notice_of(made, ranges, "os:test", "gateway", found, ()))
    wait(lambda: any(each["body"].get("event") == "forget_done" for each in running.records()))
    assert not Contents(home.content).indexes()
    assert not Subjects(home.subjects).indexes()


class Refusing:
    """A disk that takes nothing."""

    def write(self, entries: object) -> None:
        raise OSError(28, "No space")

    def close(self) -> None: ...


def test_a_start_says_to_whose_keys_the_stores_are_sealed(running: Place) -> None:
    start = next(each["body"] for each in running.records() if each["body"].get("event") == "start")
    assert start["reviewer"] == {"rev": text_of(public_of(beside.key_of("rev")))}
    assert start["custodians"] == {each: text_of(public_of(beside.key_of(each))) for each in beside.CUSTODIANS}


def test_what_was_lost_is_put_on_record_once(tmp_path: Path) -> None:
    home = beside.made(tmp_path)
    sidecars = Sidecars(None, 0.0, Refusing(), lambda: 0.0)
    for index in range(3):
        sidecars.keep(index, Mark({}, None, Named(())))
    sidecars.close()
    records: list[Record] = []

    async def append(record: Record) -> Receipt:
        records.append(record)
        return Receipt(0, 1)

    said: list[str] = []
    keeping = Keeping(home, sidecars, append, said.append)
    asyncio.run(keeping._tell())
    asyncio.run(keeping._tell())
    assert [record.body for record in records] == [
        {"event": "sidecar_lost", "contents": 0, "subjects": 3, "instance": "gateway"}
    ]
    assert len(said) == 1
