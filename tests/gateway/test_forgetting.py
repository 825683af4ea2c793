"""Forgetting: what is selected, who must approve, what a crash leaves, and that proofs go on to verify."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence import approvals
from ringfence.gateway import boot, keeping, onrecord
from ringfence.gateway.forgetting import carry, holds, order
from ringfence.gateway.forgetting.holds import Hold, Holds
from ringfence.gateway.forgetting.rules import kept_since, rules
from ringfence.gateway.forgetting.selection import Chosen, Selection, choose, held_among, indexes_of, ranges_of
from ringfence.gateway.home import Home
from ringfence.gateway.prober import Prober
from ringfence.ledger.read import Entry, Match
from ringfence.ledger.reader import Signed, check_content
from ringfence.ledger.salts import NO_SALT
from ringfence.ledger.snapshots import FolderSnapshots
from ringfence.ledger.verify import verify
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Subjects
from ringfence.vocabulary.approval import Act, Proposal
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.record import Phase, Receipt, Record
from support import beside
from support.home import records
from support.people import key_of

NOW = datetime(2031, 5, 20, 12, tzinfo=UTC)
LONG_AGO = (NOW - timedelta(days=3000)).timestamp()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Both stores on, and two requests of today (the machine's) with entries in them."""
    made = beside.made(tmp_path / "home")
    beside.post(made, [beside.BODY, "Another MRN: 5512345."])
    beside.enrol(made, "ada", "ben", "cy")
    return made


def chosen(home: Home, selection: Selection) -> Any:
    held = [each.selection for each in Holds(home.holds).in_force(boot.reader(home)).values()]
    kept = {*Contents(home.content).indexes(), *Subjects(home.subjects).indexes()}
    return choose(boot.reader(home), selection, held, beside=kept)


def ordered(home: Home, selection: Selection, *names: str) -> dict[str, Any]:
    """The notice of an order, approved by these people."""
    made, ranges = order.make("0123456789abcdef", selection, "contract ended", chosen(home, selection))
    order.keep_ranges(home.forgets, ranges)
    found = Proposal(order.act_of(made))
    people = approvals.load_people(home.approvers)
    now = datetime.now(UTC)
    for name in names:
        envelope = approvals.approve(found.act, key_of(name), people[name], at=now, reason="seen")
        found = approvals.with_approval(found, envelope, people, now)
    given = approvals.approvals_of(found, people, now)
    return order.notice_of(made, ranges, "os:test", "gateway", found, given)


def sound(home: Home) -> int:
    """How many records the ledger has forgotten; it must verify."""
    report = verify(home.ledger, highest_path=home.ledger_highest)
    assert report.ok
    return report.erased


def events(home: Home) -> list[str]:
    return [each["body"]["event"] for each in records(home.folder) if each["phase"] == "notice"]


def test_forgotten_records_can_not_be_linked_and_all_proofs_hold(home: Home) -> None:
    reader = boot.reader(home)
    [first, second] = [each["index"] for each in records(home.folder) if each["phase"] == "decided"]
    body = Contents(home.content).open(first, beside.key_of("rev")).body
    assert check_content(reader, first, "received", body) is Match.SAME
    onrecord.leave(home, ordered(home, Selection(client="test"), "ada", "ben"))
    before = [path.read_bytes() for path in home.content.rglob("*.sealed")]
    assert onrecord.drain(home, Prober(home))
    assert check_content(reader, first, "received", body) is Match.ERASED
    assert sound(home) == 4
    assert reader.salts(first, second - first + 2) == [NO_SALT] * (second - first + 2)
    assert not Contents(home.content).indexes()
    assert not Subjects(home.subjects).indexes()
    for path in (each for each in home.folder.rglob("*") if each.is_file()):
        assert not any(data in path.read_bytes() for data in before)
    done = [each["body"] for each in records(home.folder) if each["phase"] == "notice"][-2]
    assert (done["event"], done["records"], done["contents"], done["subjects"]) == ("forget_done", 4, 2, 2)
    assert done["approvers"] == ["ada", "ben"]
    assert not list(home.pending.iterdir())


def test_the_record_stands_before_anything_is_erased_and_names_nobody(home: Home) -> None:
    body = ordered(home, Selection(client="test", by_subject=True), "ada", "ben")
    onrecord.leave(home, body)
    onrecord.drain(home, Prober(home))
    said = [each["body"] for each in records(home.folder) if each["phase"] == "notice"]
    names = [each["event"] for each in said]
    assert names.index("forget_ordered") < names.index("forget_done")
    recorded = said[names.index("forget_ordered")]
    assert recorded["selection"] == {"client": "test", "by_subject": True}
    assert list(indexes_of(recorded["ranges"])) == sorted(chosen_indexes(home))
    assert "maria" not in str(said).lower()
    # An auditor checks the approvals from the record alone.
    made, found = order.of_notice(recorded)
    people = approvals.load_people(home.approvers)
    assert len(approvals.require(found, people, datetime.now(UTC), 2)) == 2
    assert made.reason == "contract ended"


def chosen_indexes(home: Home) -> list[int]:
    return [each["index"] for each in records(home.folder) if each["phase"] in ("decided", "ended")]


@pytest.mark.parametrize("names", [(), ("ada",)])
def test_young_records_need_two_people_whoever_puts_the_order_there(names: tuple[str, ...], home: Home) -> None:
    path = onrecord.leave(home, ordered(home, Selection(client="test"), *names))
    [(pending, body)] = onrecord.pending(home)
    assert (pending, body) == (path, None)
    with pytest.raises(ConfigurationError, match="can't be carried out"):
        onrecord.drain(home, Prober(home))
    assert sound(home) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"ranges_sha256": "0" * 64},
        {"first_index": 0},
        {"last_time": "2001-01-01T00:00:00.000Z"},
        {"records": 3},
        {"selection": {}},
        {"requests": "many"},
    ],
)
def test_an_order_is_what_was_approved_or_nothing(change: dict[str, Any], home: Home) -> None:
    body = ordered(home, Selection(client="test"), "ada", "ben") | change
    people = approvals.load_people(home.approvers)
    with pytest.raises(ConfigurationError):
        carry.check(body, home.forgets, lambda: boot.reader(home), people, datetime.now(UTC))


def test_a_list_that_was_changed_is_no_order(home: Home) -> None:
    body = ordered(home, Selection(client="test"), "ada", "ben")
    [path] = home.forgets.iterdir()
    path.write_bytes(b"[[0,9]]")
    with pytest.raises(ConfigurationError, match="not the list that was ordered"):
        carry.check(
            body, home.forgets, lambda: boot.reader(home), approvals.load_people(home.approvers), datetime.now(UTC)
        )


def _crashed(home: Home, step: int, body: dict[str, Any]) -> None:
    """What a crash leaves after so many of the steps of carry.py."""
    onrecord.leave(home, body)
    ledger = boot.open_ledger(home, lambda _: None, {})
    if step >= 1:
        ledger.append_blocking(Record("", Phase.NOTICE, body), 10)
    reader, places = boot.reader(home), onrecord.places(home)
    if step == 2:
        reader.erase([(body["first_index"], body["first_index"])])
    if step >= 3:
        done = carry.carry_out(body, reader, places)
        if step >= 4:
            ledger.append_blocking(Record("", Phase.NOTICE, done[0]), 10)
    ledger.close()


@pytest.mark.parametrize("step", range(5))
def test_a_crash_at_any_step_is_gone_on_from(step: int, home: Home) -> None:
    _crashed(home, step, ordered(home, Selection(client="test"), "ada", "ben"))
    assert onrecord.drain(home, Prober(home))
    assert sound(home) == 4
    assert (Contents(home.content).indexes(), Subjects(home.subjects).indexes()) == ([], set())
    assert not list(home.pending.iterdir())
    assert "forget_done" in events(home)
    assert {each["body"].get("order") for each in records(home.folder)} == {None, "0123456789abcdef"}


def test_a_hold_that_came_later_keeps_its_records(home: Home) -> None:
    beside.post(home, ["MRN: 6612345 for somebody else"], client="other")
    body = ordered(home, Selection(purpose="refills"), "ada", "ben")
    Holds(home.holds).add(hold(Selection(client="other")))
    onrecord.leave(home, body)
    onrecord.drain(home, Prober(home))
    done = next(each["body"] for each in records(home.folder) if each["body"].get("event") == "forget_done")
    assert (done["records"], done["held"]) == (4, 2)
    [kept] = Contents(home.content).indexes()
    assert boot.reader(home).salts(kept, 1) != [NO_SALT]
    assert boot.reader(home).salts(kept + 1, 1) != [NO_SALT]


def hold(selection: Selection, id_: str = "hold-1") -> Hold:
    return Hold(id=id_, selection=selection, reason="case 12", actor="os:test", at="2031-01-01T00:00:00.000Z")


def test_whoever_removes_the_file_ends_no_hold(home: Home) -> None:
    held = hold(Selection(client="test"))
    Holds(home.holds).add(held)
    assert onrecord.put(home, Prober(home), [holds.notice_of(held, "gateway")])
    home.holds.unlink()
    found = Holds(home.holds).in_force(boot.reader(home))
    assert found["hold-1"].selection == held.selection
    assert (chosen(home, Selection(client="test")).indexes, chosen(home, Selection()).held) == ((), 2)


def test_a_file_of_holds_that_can_not_be_read_forbids_all(home: Home) -> None:
    home.holds.write_text("[{]")
    with pytest.raises(ConfigurationError, match="nothing is forgotten"):
        Holds(home.holds).in_force(boot.reader(home))


def test_a_hold_ends_with_two_people_and_not_before(home: Home) -> None:
    held = hold(Selection(client="test"))
    Holds(home.holds).add(held)
    onrecord.put(home, Prober(home), [holds.notice_of(held, "gateway")])
    people, now = approvals.load_people(home.approvers), datetime.now(UTC)
    found = Proposal(Act(holds.RELEASE_ACT, {"hold": "hold-1", "reason": "settled"}))
    body: dict[str, Any] = {"event": holds.RELEASED_EVENT, "hold": "hold-1", "reason": "settled"}
    for name in ("ada", "ben"):
        with pytest.raises(ConfigurationError, match="needs 2 people"):
            carry.check(body, home.forgets, lambda: boot.reader(home), people, now)
        envelope = approvals.approve(found.act, key_of(name), people[name], at=now, reason="settled")
        found = approvals.with_approval(found, envelope, people, now)
        body["envelopes"] = msgspec.to_builtins(found.approvals)
    with pytest.raises(ConfigurationError):
        carry.check({**body, "hold": "hold-2"}, home.forgets, lambda: boot.reader(home), people, now)
    onrecord.leave(home, body)
    onrecord.drain(home, Prober(home))
    assert not Holds(home.holds).in_force(boot.reader(home))


def test_the_running_gateway_carries_out_what_a_command_left(home: Home) -> None:
    from ringfence.gateway.probing import Probing

    ledger = boot.open_ledger(home, lambda _: None, {})
    onrecord.leave(home, ordered(home, Selection(client="test"), "ada", "ben"))
    assert not onrecord.put(home, Prober(home), [{"event": "anything"}])  # the ledger is taken

    async def append(record: Record) -> Receipt:
        return await ledger.append(record, 10)

    probing = Probing(Prober(home), lambda: boot.load_register(home), append, lambda _: None)
    asyncio.run(probing._pending())
    ledger.close()
    assert sound(home) == 4
    assert "forget_done" in events(home)


# --- selecting


class Fake:
    """A log in memory: any store behind the same protocol."""

    key_line = "x+00000000+AA=="

    def __init__(self, folder: Path, reader: Any) -> None:
        self.snapshots = FolderSnapshots(folder)
        self._entries = list(reader.entries())
        self.slots = dict(enumerate(reader.salts(0, len(self._entries))))

    def checkpoint(self) -> bytes:
        return b""

    def entries(self, start: int = 0) -> Iterator[Entry]:
        return iter(self._entries[start:])

    def checkpoints(self, start: int = 0) -> Iterator[Signed]:
        return iter(())

    def salts(self, first: int, count: int) -> list[bytes]:
        return [self.slots.get(index, NO_SALT) for index in range(first, first + count)]

    def erase(self, ranges: Iterable[tuple[int, int]]) -> None:
        self.slots |= {index: NO_SALT for first, last in ranges for index in range(first, last + 1)}


def test_any_store_can_forget(home: Home) -> None:
    fake = Fake(home.folder / "elsewhere", boot.reader(home))
    body = ordered(home, Selection(client="test"), "ada", "ben")
    [done] = carry.carry_out(body, fake, onrecord.places(home))
    assert done["records"] == 4
    assert all(fake.slots[index] == NO_SALT for index in indexes_of(body["ranges"]))
    assert sound(home) == 0


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Ten days with three requests each, of two clients, long ago."""
    home = beside.made(tmp_path_factory.mktemp("varied"), "")
    for day in range(10):
        at = LONG_AGO + day * 86_400
        rows = [("k1", "acme", "triage"), ("k2", "acme", "refills"), ("k3", "other", "refills")]
        beside.logged(
            home, lambda at=at: at, [dict(zip(("key", "client", "purpose"), row, strict=True)) for row in rows]
        )  # type: ignore[misc]
    return home


@pytest.mark.parametrize(
    ("fields", "requests"),
    [
        ({}, 30),
        ({"key": "k1"}, 10),
        ({"client": "acme"}, 20),
        ({"purpose": "refills"}, 20),
        ({"client": "acme", "purpose": "refills"}, 10),
        ({"key": "nobody"}, 0),
        ({"before": 3}, 9),
        ({"since": 8}, 6),
        ({"since": 2, "before": 3, "client": "other"}, 1),
    ],
)
def test_what_a_selection_means(fields: dict[str, Any], requests: int, varied: Home) -> None:
    from ringfence.ledger.record import rfc3339

    times = {name: rfc3339(LONG_AGO + days * 86_400) for name, days in fields.items() if isinstance(days, int)}
    found = choose(boot.reader(varied), Selection(**{**fields, **times}), [])
    assert (found.requests, len(found.indexes)) == (requests, 2 * requests)
    half = choose(boot.reader(varied), Selection(**{**fields, **times}), [Selection(key="k1")])
    assert half.held == found.requests - half.requests


def test_ranges_round() -> None:
    for indexes in ([], [3], [1, 2, 3], [1, 3, 4, 9]):
        assert list(indexes_of(ranges_of(indexes))) == indexes
    assert ranges_of([1, 3, 4, 9]) == [(1, 1), (3, 4), (9, 9)]


def test_held_requests_are_found_again(varied: Home) -> None:
    reader = boot.reader(varied)
    indexes = choose(reader, Selection(), []).indexes
    held = held_among(reader, [Selection(client="other")], indexes)
    assert held == {index for index in choose(reader, Selection(client="other"), []).indexes if index in held}
    assert len(held) == 10
    assert held_among(reader, [], indexes) == set()


def test_six_years_are_the_rule_and_it_names_its_source() -> None:
    assert (rules().years, rules().people) == (6, 2)
    assert "164.316(b)(2)(i)" in rules().source
    assert kept_since(NOW) == "2025-05-20T12:00:00.000Z"
    assert kept_since(datetime(2032, 2, 29, tzinfo=UTC)) == "2026-03-01T00:00:00.000Z"


# --- retention and expiry


def test_old_salts_are_forgotten_by_themselves_and_on_record(tmp_path: Path) -> None:
    home = beside.made(tmp_path, "[retention]\ncommitments_days = 2192\n")
    beside.logged(home, lambda: LONG_AGO, [{"key": "k1"}])
    young = (NOW - timedelta(days=2191)).timestamp()
    beside.logged(home, lambda: young, [{"key": "k1"}])
    body = keeping.retain(home, NOW, Holds(home.holds))
    assert body is not None
    assert (body["actor"], body["requests"], body["approvers"]) == ("retention", 1, [])
    assert keeping.retain(home, NOW, Holds(home.holds)) is None  # the last order is still pending
    carry.check(body, home.forgets, lambda: boot.reader(home), {}, NOW)
    [path] = home.pending.iterdir()
    assert onrecord.put(home, Prober(home), [body])
    path.unlink()
    assert sound(home) == 2
    assert keeping.retain(home, NOW, Holds(home.holds)) is None
    later = keeping.retain(home, NOW + timedelta(days=3), Holds(home.holds))
    assert later is not None
    assert later["requests"] == 1


def test_retention_takes_a_bounded_number_at_a_time_and_gets_to_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the end of a request on the far side of the bound, and records of one and the same moment."""
    home = beside.made(tmp_path, "[retention]\ncommitments_days = 2192\n")
    monkeypatch.setattr(keeping, "_MOST", 4)
    beside.logged(home, lambda: LONG_AGO, [{"key": "k1"}, {"key": "k2"}, {"key": "k1"}, {"key": "k3"}, {"key": "k1"}])
    counts = []
    Holds(home.holds).add(hold(Selection(key="k2")))
    while (body := keeping.retain(home, NOW, Holds(home.holds))) is not None:
        counts.append(body["requests"])
        onrecord.put(home, Prober(home), [body])
        next(home.pending.iterdir()).unlink()
    assert sum(counts) == 4
    assert max(counts) <= 2
    assert sound(home) == 8


def test_retention_leaves_what_is_held_and_comes_back_for_it(tmp_path: Path) -> None:
    home = beside.made(tmp_path, "[retention]\ncommitments_days = 2192\n")
    beside.logged(home, lambda: LONG_AGO, [{"key": "k1"}, {"key": "k2"}])
    Holds(home.holds).add(hold(Selection(key="k1")))
    for requests in (1, 1):
        body = keeping.retain(home, NOW, Holds(home.holds))
        assert body is not None
        assert body["requests"] == requests
        onrecord.put(home, Prober(home), [body])
        next(home.pending.iterdir()).unlink()
        Holds(home.holds).remove("hold-1")
    assert sound(home) == 4


def test_what_is_past_its_days_goes_unless_it_is_held(home: Home) -> None:
    late = datetime.now(UTC) + timedelta(days=31)
    Holds(home.holds).add(hold(Selection(client="test")))
    keeping.expire(home, None, late, Holds(home.holds))
    assert len(Contents(home.content).indexes()) == 2
    Holds(home.holds).remove("hold-1")
    keeping.expire(home, None, late, Holds(home.holds))
    assert not Contents(home.content).indexes()
    assert len(Subjects(home.subjects).indexes()) == 2
    keeping.expire(home, None, late + timedelta(days=2200), Holds(home.holds))
    assert not Subjects(home.subjects).indexes()


@pytest.mark.parametrize(("count", "listed"), [(order.MAX_LISTED, True), (order.MAX_LISTED + 1, False)])
def test_a_long_list_stands_in_a_file_and_a_record_keeps_its_bound(count: int, listed: bool, tmp_path: Path) -> None:
    first = 10**15
    indexes = tuple(range(first, first + 2 * count, 2))
    time = "2031-01-01T00:00:00.000Z"
    made, ranges = order.make("00", Selection(), "x" * 500, Chosen(indexes, count, time, time))
    body = order.notice_of(made, ranges, "os:test", "gateway", Proposal(order.act_of(made)), ())
    assert ("ranges" in body) is listed
    assert len(msgspec.json.encode(body)) < 60_000
    order.keep_ranges(tmp_path, ranges)
    assert list(indexes_of(order.read_ranges(tmp_path, made))) == list(indexes)
