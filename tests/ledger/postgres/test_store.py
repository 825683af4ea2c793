"""The log in PostgreSQL behaves as the one in segments does (tests/ledger/test_ledger.py)."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence.ledger import highest as highest_file
from ringfence.ledger import writer
from ringfence.ledger.postgres import commits
from ringfence.ledger.reader import check_content, entry
from ringfence.vocabulary.errors import (
    ConfigurationError,
    LedgerCorrupt,
    LedgerError,
    LedgerLocked,
    LedgerUnavailable,
)
from ringfence.vocabulary.record import Phase, Receipt, Record

TIMEOUT_S = 20.0


def kept(box: Any) -> list[tuple[str, str, Any]]:
    """(request, phase, body) of each stored record."""
    return [
        (each.fields.request_id, str(each.fields.phase), msgspec.json.decode(each.fields.body))
        for each in box.reader().entries()
    ]


def test_a_life(box: Any) -> None:
    ledger = box.open(start_body={"settings": "abc"})
    assert ledger.append_blocking(box.decided("r-1"), TIMEOUT_S) == Receipt(1, 2)
    assert ledger.append_blocking(box.ended("r-1"), TIMEOUT_S) == Receipt(2, 3)
    assert (ledger.size, ledger.failed) == (3, None)
    ledger.close({"why": "test"})
    ledger.close()
    assert kept(box) == [
        ("", "notice", {"event": "start", "settings": "abc"}),
        ("r-1", "decided", {"effect": "ALLOW"}),
        ("r-1", "ended", {"outcome": "completed"}),
        ("", "notice", {"event": "stop", "why": "test"}),
    ]
    report = box.verify()
    assert report.ok
    assert (report.size, report.decided, report.ended, report.notices, report.unended) == (4, 1, 1, 2, ())
    assert {step.status for step in report.steps} == {"ok"}
    assert ledger.verifier_key == box.key_line == box.reader().key_line


def test_a_request_left_open_is_ended_as_unknown_at_the_next_start_only(box: Any) -> None:
    ledger = box.open()
    for request_id in ("a", "b", "c"):
        ledger.append_blocking(box.decided(request_id), TIMEOUT_S)
    ledger.append_blocking(box.ended("b"), TIMEOUT_S)
    ledger.close()
    assert box.verify().unended == ("a", "c")

    again = box.open()
    assert again.recovered.unended == {"a": 1, "c": 3}
    again.close()
    assert kept(box)[-4:] == [
        ("", "notice", {"event": "start"}),
        ("a", "ended", {"decided": 1, "outcome": "unknown"}),
        ("c", "ended", {"decided": 3, "outcome": "unknown"}),
        ("", "notice", {"event": "stop"}),
    ]
    third = box.open()
    assert third.recovered.unended == {}
    third.close()
    assert box.verify().ok


def test_what_a_gone_instance_left_is_ended_by_another_and_what_a_live_one_has_open_is_not(box: Any) -> None:
    gone, live = box.open("gone"), box.open("live")
    gone.append_blocking(box.decided("left"), TIMEOUT_S)
    live.append_blocking(box.decided("under way"), TIMEOUT_S)
    gone.close()
    other = box.open("other")
    assert list(other.recovered.unended) == ["left"]
    live.append_blocking(box.ended("under way"), TIMEOUT_S)
    other.close()
    live.close()
    assert ("left", "ended", {"decided": 2, "outcome": "unknown"}) in kept(box)
    assert box.verify("live").unended == ()


def test_ends_that_another_start_was_faster_with_are_left_out(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = box.open("gone")
    gone.append_blocking(box.decided("left"), TIMEOUT_S)
    gone.close()
    real = commits.PostgresStore.commit

    def commit(self: Any, drafts: Any) -> Any:
        monkeypatch.undo()
        box.open("faster").close()
        return real(self, drafts)

    monkeypatch.setattr(commits.PostgresStore, "commit", commit)
    box.open("slower").close()
    assert [phase for _, phase, body in kept(box) if body.get("outcome") == "unknown"] == ["ended"]
    assert box.verify("slower").ok


def test_requests_may_begin_and_end_in_one_commit_and_begin_again(box: Any) -> None:
    ledger = box.open()
    with box.stuck():
        first = threading.Thread(target=ledger.append_blocking, args=(box.decided("first"), TIMEOUT_S))
        first.start()
        time.sleep(0.1)
        told: list[Any] = []

        async def all_of_them() -> None:
            records = [box.decided("x"), box.ended("x"), box.decided("x"), box.decided("y"), box.ended("y")]
            waiting = [asyncio.create_task(ledger.append(record, TIMEOUT_S)) for record in records]
            await asyncio.sleep(0.1)
            release.set()
            told.extend(await asyncio.gather(*waiting))

        release = threading.Event()
        second = threading.Thread(target=lambda: asyncio.run(all_of_them()))
        second.start()
        assert release.wait(TIMEOUT_S)
    first.join()
    second.join()
    assert told == [Receipt(2, 7), Receipt(3, 7), Receipt(4, 7), Receipt(5, 7), Receipt(6, 7)]
    assert [tuple(row) for row in box.run("SELECT * FROM ringfence.open_requests ORDER BY index")] == [
        ("first", 1, "a"),
        ("x", 4, "a"),
    ]
    with box.stuck():  # an open one ends and begins again within one commit
        first = threading.Thread(target=ledger.append_blocking, args=(box.ended("first"), TIMEOUT_S))
        first.start()
        time.sleep(0.1)
        threads = []
        for record in (box.ended("x"), box.decided("x")):
            threads.append(threading.Thread(target=ledger.append_blocking, args=(record, TIMEOUT_S)))
            threads[-1].start()
            time.sleep(0.05)
    for thread in [first, *threads]:
        thread.join()
    assert [tuple(row) for row in box.run("SELECT * FROM ringfence.open_requests")] == [("x", 9, "a")]
    ledger.close()
    assert box.verify().ok


async def test_many_clients_on_a_loop_share_commits(box: Any) -> None:
    ledger = await asyncio.to_thread(box.open)
    receipts: dict[str, Receipt] = {}

    async def client(name: str) -> None:
        for turn in range(10):
            request_id = f"{name}-{turn}"
            receipts[request_id] = await ledger.append(box.decided(request_id), TIMEOUT_S)
            await ledger.append(box.ended(request_id), TIMEOUT_S)

    await asyncio.gather(*(client(f"c{number}") for number in range(32)))
    await asyncio.to_thread(ledger.close)
    stored = {each.index: each.fields for each in box.reader().entries()}
    assert len(stored) == 2 + 640
    for request_id, receipt in receipts.items():
        assert stored[receipt.index].request_id == request_id
        assert stored[receipt.index].phase is Phase.DECIDED
        assert receipt.index < receipt.tree_size
    assert box.verify().checkpoints < 200
    assert box.verify().ok


async def test_a_server_that_hangs_denies_within_the_bound(box: Any) -> None:
    ledger = await asyncio.to_thread(box.open)
    with box.stuck():
        began = time.monotonic()
        with pytest.raises(LedgerUnavailable, match="may still be written"):
            await ledger.append(box.decided("begun"), 0.3)
        with pytest.raises(LedgerUnavailable, match="withdrawn"):
            await ledger.append(box.decided("waiting"), 0.1)
        assert time.monotonic() - began < 2
    await ledger.append(box.decided("after"), TIMEOUT_S)
    await asyncio.to_thread(ledger.close)
    assert [request_id for request_id, phase, _ in kept(box) if phase == "decided"] == ["begun", "after"]


def test_a_server_that_goes_on_hanging_stops_the_gateway_and_close_is_bounded(
    box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[LedgerUnavailable] = []
    ledger = box.open(on_fatal=said.append)
    monkeypatch.setattr(commits, "COMMIT_TIMEOUT_S", 0.5)
    with box.stuck():
        with pytest.raises(LedgerUnavailable, match=r"did not answer within 0\.5 s"):
            ledger.append_blocking(box.decided("r"), TIMEOUT_S)
        assert ledger.failed is not None
        began = time.monotonic()
        ledger.close()
        assert time.monotonic() - began < 6
    assert len(said) == 1
    assert box.open("b").recovered.unended == {}


@pytest.mark.parametrize(
    "wrong",
    [
        Record("nobody", Phase.ENDED, {}),
        Record("open", Phase.DECIDED, {}),
        Record("", Phase.DECIDED, {}),
        Record("nul\0", Phase.DECIDED, {}),
        Record("long", Phase.DECIDED, {"x": "y" * 70_000}),
        Record("no json", Phase.DECIDED, {"x": object()}),
    ],
)
async def test_a_refused_record_harms_nobody_else(box: Any, wrong: Record) -> None:
    ledger = await asyncio.to_thread(box.open)
    await ledger.append(box.decided("open"), TIMEOUT_S)
    good, bad, also_good = await asyncio.gather(
        ledger.append(box.decided("good"), TIMEOUT_S),
        ledger.append(wrong, TIMEOUT_S),
        ledger.append(box.ended("open"), TIMEOUT_S),
        return_exceptions=True,
    )
    assert type(bad) is LedgerError
    assert {good.index, also_good.index} == {2, 3}
    assert ledger.failed is None
    with pytest.raises(LedgerError):
        ledger.append_blocking(box.ended("open"), TIMEOUT_S)
    await asyncio.to_thread(ledger.close)
    assert box.verify().ok
    assert box.verify().size == 5


def test_pairing_holds_across_gateways(box: Any) -> None:
    one, two = box.open("one"), box.open("two")
    one.append_blocking(box.decided("r"), TIMEOUT_S)
    with pytest.raises(LedgerError, match="already"):
        two.append_blocking(box.decided("r"), TIMEOUT_S)
    one.append_blocking(box.ended("r"), TIMEOUT_S)
    with pytest.raises(LedgerError, match="still open"):
        two.append_blocking(box.ended("r"), TIMEOUT_S)
    one.close()
    two.close()
    assert box.verify("one").ok


def test_time_never_runs_backwards_between_gateways_whose_clocks_differ(box: Any) -> None:
    ahead = box.open("ahead", clock=lambda: 1_700_000_100.0)
    behind = box.open("behind", clock=lambda: 1_700_000_000.0)
    for number in range(3):
        ahead.append_blocking(box.decided(f"a{number}"), TIMEOUT_S)
        behind.append_blocking(box.decided(f"b{number}"), TIMEOUT_S)
    ahead.close()
    behind.close()
    times = [each.fields.time for each in box.reader().entries()]
    assert set(times) == {"2023-11-14T22:15:00.000Z"}
    assert all(step.status == "ok" for step in box.verify("ahead").steps)


def test_an_acknowledgement_comes_after_the_commit_and_after_the_highest_checkpoint(
    box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = box.open()
    calls: list[str] = []
    swap, settle = highest_file.Highest.swap, writer.BlockingTicket.settle

    def noted_swap(self: Any, head: Any) -> None:
        [[size]] = box.run("SELECT size FROM ringfence.head")
        calls.append(f"highest after {size}")
        swap(self, head)

    monkeypatch.setattr(highest_file.Highest, "swap", noted_swap)
    monkeypatch.setattr(
        writer.BlockingTicket, "settle", lambda self, outcome: (calls.append("ack"), settle(self, outcome))
    )
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    assert calls == ["highest after 2", "ack"]
    monkeypatch.setattr(highest_file.Highest, "swap", lambda self, head: (_ for _ in ()).throw(OSError("no disk")))
    with pytest.raises(LedgerUnavailable, match="no disk"):
        ledger.append_blocking(box.ended("r"), TIMEOUT_S)
    monkeypatch.undo()
    ledger.close()
    box.open().close()
    assert box.verify().ok


def test_two_of_one_name_or_of_one_machine_are_refused(box: Any) -> None:
    ledger = box.open()
    with pytest.raises(LedgerLocked, match="'a'"):
        box.open(place=box.place(highest_path=box.root / "another"), lock_wait_s=0.2)
    with pytest.raises(LedgerLocked, match="highest"):
        box.open(place=box.place(instance="b", highest_path=box.root / "a" / "highest"))
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()
    box.open().close()
    assert box.verify().ok


def test_a_command_writes_beside_the_gateway_of_its_machine_and_moves_nothing_there(box: Any) -> None:
    ledger = box.open()
    before = (box.root / "a" / "highest").read_bytes()
    place = box.place(instance="a command-1", highest_path=box.root / "a" / "highest", remembers=False)
    command = box.open(place=place)
    command.append_blocking(Record("", Phase.NOTICE, {"event": "x"}), TIMEOUT_S)
    command.close()
    assert (box.root / "a" / "highest").read_bytes() == before
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()
    assert ("", "notice", {"event": "x"}) in kept(box)
    assert box.verify().ok
    assert [row[0] for row in box.run("SELECT * FROM ringfence.instances")] == ["a"]


async def test_a_closed_ledger_takes_nothing(box: Any) -> None:
    ledger = await asyncio.to_thread(box.open)
    await asyncio.to_thread(ledger.close)
    with pytest.raises(LedgerUnavailable, match="closed"):
        await ledger.append(box.decided("r"), TIMEOUT_S)
    assert ledger.failed is None


def swap_key(box: Any) -> None:
    box.key_path.write_bytes(_other_key(box))


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda box: box.key_path.unlink(), ConfigurationError),
        (lambda box: box.key_path.chmod(0o644), ConfigurationError),
        (lambda box: box.key_path.write_text("x"), ConfigurationError),
        (swap_key, ConfigurationError),
        (lambda box: (box.root / "a/highest").unlink(), LedgerCorrupt),
        (lambda box: (box.root / "a/highest").write_bytes(b""), LedgerCorrupt),
    ],
)
def test_a_machine_that_was_spoilt_is_refused_and_nothing_changes(
    box: Any, spoil: Callable[[Any], None], error: type[Exception]
) -> None:
    ledger = box.open()
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()
    spoil(box)
    files = [path for path in box.root.rglob("*") if path.is_file() and "other" not in path.parts]
    before = {path: path.read_bytes() for path in files}
    with pytest.raises(error) as caught:
        box.open()
    assert caught.value.remedy
    assert {path: path.read_bytes() for path in files} == before
    assert box.run("SELECT size FROM ringfence.head")[0][0] == 3


def test_another_origin_is_refused(box: Any) -> None:
    box.open().close()
    with pytest.raises(ConfigurationError, match="origin"):
        box.open(place=box.place(origin="test.example/other"))


def test_a_second_gateway_needs_the_key_of_the_first(box: Any, tmp_path: Path) -> None:
    box.open().close()
    with pytest.raises(ConfigurationError, match="missing") as caught:
        box.open(place=box.place("b", key_path=tmp_path / "nowhere"))
    assert "Copy the key" in caught.value.remedy
    assert not (tmp_path / "nowhere").exists()


def test_a_gateway_with_a_key_of_its_own_is_refused(box: Any) -> None:
    box.open().close()
    (box.root / "b.key").write_bytes(_other_key(box))
    (box.root / "b.key").chmod(0o600)
    with pytest.raises(ConfigurationError, match="another key or origin"):
        box.open(place=box.place("b", key_path=box.root / "b.key"))


def _other_key(box: Any) -> bytes:
    other = type(box)(box.cluster, box.root / "other")
    other.open().close()
    other.end()
    key: bytes = other.key_path.read_bytes()
    return key


def test_a_start_that_can_not_be_put_on_record_is_refused(box: Any) -> None:
    with pytest.raises(LedgerError, match="over the format"):
        box.open(start_body={"x": "y" * 70_000})
    box.open().close()


def test_nothing_is_left_open_by_a_refused_start(box: Any) -> None:
    box.open().close()
    box.key_path.chmod(0o644)
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with pytest.raises(ConfigurationError):
            box.open()
    assert set(os.listdir("/proc/self/fd")) == before
    box.key_path.chmod(0o600)
    box.open().close()


def test_content_is_compared_and_forgotten(box: Any) -> None:
    ledger = box.open()
    ledger.append_blocking(box.decided("r-1"), TIMEOUT_S)
    reader = box.reader()
    assert check_content(reader, 1, "received", b"r-1") == "same"
    assert check_content(reader, 1, "received", b"r-2") == "different"
    reader.erase([(1, 1)])
    reader.erase([(1, 1)])
    assert check_content(reader, 1, "received", b"r-1") == "erased"
    for wrong in ((-1, -1), (2, 2), (1, 2), (1, 0)):
        with pytest.raises(LedgerError):
            reader.erase([(0, 0), wrong])
    assert entry(reader, 1).fields.request_id == "r-1"
    ledger.close()
    assert (box.verify().ok, box.verify().erased) == (True, 1)


def test_snapshots_are_kept_by_digest_and_shared(box: Any) -> None:
    box.open().close()
    one, two = box.reader().snapshots, box.reader().snapshots
    digest = one.keep("policy", b"{}")
    assert (one.keep("policy", b"{}"), two.keep("policy", b"{}")) == (digest, digest)
    assert two.read("policy", digest) == b"{}"
    assert two.read("register", digest) is None
    box.run("UPDATE ringfence.snapshots SET data = 'x'")
    with pytest.raises(LedgerCorrupt):
        one.read("policy", digest)
    with pytest.raises(LedgerCorrupt):
        one.keep("other", b"")
