"""Orders to forget as an insider would write them: two people see counts and a digest, and must not be deceived."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence import approvals
from ringfence.gateway import boot, keeping, onrecord
from ringfence.gateway.forgetting import carry, holds, order
from ringfence.gateway.forgetting.holds import Hold, Holds
from ringfence.gateway.forgetting.order import Order, Ranges
from ringfence.gateway.forgetting.selection import Selection, choose, indexes_of, ranges_of
from ringfence.gateway.home import Home
from ringfence.gateway.keeping import Keeping
from ringfence.gateway.prober import Prober
from ringfence.gateway.probing import Probing
from ringfence.ledger.reader import SegmentsReader
from ringfence.ledger.salts import NO_SALT
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Subjects
from ringfence.vocabulary.approval import Act, Proposal
from ringfence.vocabulary.errors import ConfigurationError
from ringfence.vocabulary.record import Receipt, Record
from support import beside
from support.home import records
from support.people import key_of

NOW = datetime(2031, 5, 20, 12, tzinfo=UTC)
LONG_AGO = datetime(2015, 3, 1, tzinfo=UTC).timestamp()  # more than six years before any run
SIGNED = datetime(2016, 3, 1, tzinfo=UTC)
ACME = Selection(client="acme")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Four requests of long ago, one after the other: two of acme, two of others. Two people may approve."""
    made = beside.made(tmp_path / "home", "")
    clients = ("acme", "other", "acme", "third")
    beside.logged(made, lambda: LONG_AGO, [{"key": "k", "client": client} for client in clients])
    beside.enrol(made, "ada", "ben")
    return made


def good(home: Home) -> tuple[Order, Ranges]:
    made, ranges = order.make("00ff", ACME, "contract ended", choose(boot.reader(home), ACME, []))
    order.keep_ranges(home.forgets, ranges)
    return made, ranges


def listing(home: Home, ranges: Ranges, **changes: Any) -> Order:
    """The good order with another list behind its digest."""
    order.keep_ranges(home.forgets, ranges)
    digest = hashlib.sha256(msgspec.json.encode(ranges)).hexdigest()
    return msgspec.structs.replace(good(home)[0], ranges_sha256=digest, **changes)


def signed(home: Home, made: Order, *names: str) -> Proposal:
    found, people = Proposal(order.act_of(made)), approvals.load_people(home.approvers)
    envelopes = [approvals.approve(found.act, key_of(each), people[each], at=SIGNED, reason="seen") for each in names]
    return Proposal(found.act, tuple(envelopes))


def checked(home: Home, body: dict[str, Any]) -> dict[str, Any]:
    people = approvals.load_people(home.approvers)
    return carry.check(body, home.forgets, lambda: boot.reader(home), people, NOW)


def _more(ranges: Ranges) -> Ranges:
    """The same ends, and what lies between."""
    return [(ranges[0][0], ranges[-1][1])]


def _fewer(ranges: Ranges) -> Ranges:
    return [ranges[0], (ranges[-1][1], ranges[-1][1])]


def _others(ranges: Ranges) -> Ranges:
    """As many, of another client: the second request in the place of half of two."""
    first, last = ranges[0][0], ranges[-1][1]
    return [(first, first), (first + 2, first + 3), (last, last)]


@pytest.mark.parametrize("change", [_more, _fewer, _others, lambda ranges: ranges[::-1], lambda ranges: ranges * 2])
@pytest.mark.parametrize("names", [(), ("ada", "ben")])
def test_a_list_that_is_not_what_is_counted_is_no_order(
    change: Callable[[Ranges], Ranges], names: tuple[str, ...], home: Home
) -> None:
    """Whoever signed it: what they saw was counts, ends and times."""
    _, ranges = good(home)
    made = listing(home, change(ranges))
    body = order.notice_of(made, ranges, "os:eve", "gateway", signed(home, made, *names), ())
    with pytest.raises(ConfigurationError, match="not what it says"):
        checked(home, body)


@pytest.mark.parametrize(
    "changes",
    [
        {"records": 2},
        {"requests": 1},
        {"first_time": "2001-01-01T00:00:00.000Z"},
        {"last_time": "2040-01-01T00:00:00.000Z"},
        {"selection": Selection(client="other")},
        {"selection": Selection(client="acme", before="2001-01-01T00:00:00.000Z")},
    ],
)
def test_an_order_states_what_its_list_is(changes: dict[str, Any], home: Home) -> None:
    made, ranges = good(home)
    assert checked(home, order.notice_of(made, ranges, "os:eve", "gateway", signed(home, made), ()))
    wrong = msgspec.structs.replace(made, **changes)
    body = order.notice_of(wrong, ranges, "os:eve", "gateway", signed(home, wrong, "ada", "ben"), ())
    with pytest.raises(ConfigurationError, match="not what it says"):
        checked(home, body)


def test_counts_that_fit_a_longer_list_do_not_hide_other_clients(home: Home) -> None:
    """All ends, counts and times are right for the list, and it is not what the selection says."""
    _, ranges = good(home)
    whole = tuple(indexes_of(_more(ranges)))
    made = listing(home, _more(ranges), records=len(whole), requests=3)
    body = order.notice_of(made, _more(ranges), "os:eve", "gateway", signed(home, made, "ada", "ben"), ())
    with pytest.raises(ConfigurationError, match="not of its selection"):
        checked(home, body)


def test_who_approved_is_whose_approval_holds_and_not_whom_the_file_names(home: Home) -> None:
    made, ranges = good(home)
    body = order.notice_of(made, ranges, "os:eve", "gateway", signed(home, made, "ben"), ())
    path = onrecord.leave(home, {**body, "approvers": ["ada", "ben"], "ranges": [[0, 1]], "secretly": "more"})
    assert onrecord.drain(home, Prober(home))
    assert not path.exists()
    said = {each["body"]["event"]: each["body"] for each in records(home.folder) if each["phase"] == "notice"}
    assert said["forget_ordered"]["approvers"] == said["forget_done"]["approvers"] == ["ben"]
    assert said["forget_ordered"]["ranges"] == [list(each) for each in ranges]
    assert "secretly" not in said["forget_ordered"]


def test_of_the_release_of_a_hold_too(home: Home) -> None:
    people = approvals.load_people(home.approvers)
    act = Act(holds.RELEASE_ACT, {"hold": "hold-1", "reason": "settled"})
    given = [approvals.approve(act, key_of(each), people[each], at=SIGNED, reason="seen") for each in ("ada", "ben")]
    body = carry.release_of(Proposal(act, tuple(given)), "os:eve", "gateway", ())
    assert checked(home, {**body, "approvers": ["ceo"]})["approvers"] == ["ada", "ben"]


def hold(selection: Selection, id_: str = "hold-1") -> Hold:
    return Hold(id=id_, selection=selection, reason="case 12", actor="os:test", at="2031-01-01T00:00:00.000Z")


def recorded_hold(home: Home) -> Hold:
    held = hold(ACME)
    Holds(home.holds).add(held)
    onrecord.put(home, Prober(home), [holds.notice_of(held, "gateway")])
    return held


def test_nobody_narrows_a_hold_by_editing_its_file_or_adding_it_again(home: Home) -> None:
    recorded_hold(home)
    kept = Holds(home.holds)
    assert kept.in_force(boot.reader(home))["hold-1"].selection == ACME
    Holds(home.holds).add(hold(Selection(client="nobody")))
    onrecord.put(home, Prober(home), [holds.notice_of(hold(Selection(client="nobody")), "gateway")])
    for each in (kept, Holds(home.holds)):
        assert each.in_force(boot.reader(home))["hold-1"].selection == ACME


def test_a_notice_of_any_shape_keeps_no_hold_from_being_read(home: Home) -> None:
    recorded_hold(home)
    onrecord.put(home, Prober(home), [{"event": 5}, {"event": "hold_released", "hold": [1]}])
    assert set(Holds(home.holds).in_force(boot.reader(home))) == {"hold-1"}
    path = onrecord.leave(home, {"event": 5})
    assert list(onrecord.pending(home)) == [(path, None)]


def test_who_keeps_the_holds_reads_only_what_is_new(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, starts = Holds(home.holds), []
    real = SegmentsReader.entries
    monkeypatch.setattr(SegmentsReader, "entries", lambda self, start=0: (starts.append(start), real(self, start))[1])
    size = len(records(home.folder))
    for _ in range(3):
        assert not kept.in_force(boot.reader(home))
    assert starts == [0, size, size]


def test_a_hold_on_record_keeps_what_would_expire_though_its_file_is_gone(tmp_path: Path) -> None:
    home = beside.made(tmp_path / "home")
    beside.post(home, [beside.BODY])
    held = hold(Selection(client="test"))
    Holds(home.holds).add(held)
    onrecord.put(home, Prober(home), [holds.notice_of(held, "gateway")])
    home.holds.unlink()
    keeping.expire(home, None, datetime.now(UTC) + timedelta(days=4000), Holds(home.holds))
    assert Contents(home.content).indexes()
    assert Subjects(home.subjects).indexes()


def test_the_log_is_not_read_each_minute(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[datetime] = []
    monkeypatch.setattr(keeping, "expire", lambda home, sidecars, now, holds: rounds.append(now))
    made = Keeping(home, None, _nothing, lambda _: None)
    for minutes in (0, 1, 2):
        made._expire(NOW + timedelta(minutes=minutes))
    assert rounds == [NOW]
    Holds(home.holds).add(hold(ACME))
    made._expire(NOW)
    made._expire(NOW)
    made._expire(NOW + timedelta(days=1))
    assert rounds == [NOW, NOW, NOW + timedelta(days=1)]


async def _nothing(_: Record) -> Receipt:
    return Receipt(0, 1)


def test_what_can_not_be_carried_out_yet_is_on_record_once_and_holds_up_nothing(home: Home) -> None:
    made, ranges = good(home)
    onrecord.leave(home, order.notice_of(made, ranges, "os:ada", "gateway", Proposal(order.act_of(made)), ()))
    onrecord.leave(home, {"event": "said"})
    home.holds.write_text("[{]")
    put: list[str] = []
    said: list[str] = []

    async def append(record: Record) -> Receipt:
        put.append(record.body["event"])
        return Receipt(0, 1)

    probing = Probing(Prober(home), lambda: boot.load_register(home), append, said.append)

    async def rounds() -> None:
        for _ in range(3):
            await probing._pending()
        assert (put, len(list(home.pending.iterdir()))) == (["forget_ordered", "said"], 1)
        assert "can't be carried out yet" in said[0]
        assert len(said) == 1
        home.holds.unlink()
        await probing._pending()
        assert len(put) == 2  # not each half second
        probing._pending_at_s = 0
        await probing._pending()

    asyncio.run(rounds())
    assert put == ["forget_ordered", "said", "forget_done"]
    assert not list(home.pending.iterdir())
    [salt] = boot.reader(home).salts(made.first_index, 1)
    assert salt == NO_SALT


def test_ranges_of_many_records_are_erased_as_ranges(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(SegmentsReader, "erase", lambda self, ranges: calls.append(list(ranges)))
    made, ranges = good(home)
    body = order.notice_of(made, ranges, "os:ada", "gateway", Proposal(order.act_of(made)), ())
    carry.carry_out(body, boot.reader(home), onrecord.places(home))
    assert calls == [ranges]
    assert ranges == ranges_of(itertools.chain.from_iterable(range(a, b + 1) for a, b in ranges))
