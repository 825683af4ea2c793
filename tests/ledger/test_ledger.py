from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ringfence.ledger import recovery, writer
from ringfence.ledger.read import entries
from ringfence.vocabulary.errors import (
    ConfigurationError,
    LedgerCorrupt,
    LedgerError,
    LedgerLocked,
    LedgerUnavailable,
)
from ringfence.vocabulary.record import Phase, Receipt, Record

TIMEOUT_S = 20.0


def kept(box: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """What the log holds: request, phase, body."""
    found = entries(box.folder)
    return [(each.fields.request_id, each.fields.phase, msgspec.json.decode(each.fields.body)) for each in found]


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """A disk whose fdatasync hangs until the event is set."""
    released = threading.Event()
    released.set()
    real = os.fdatasync

    def fdatasync(fd: int) -> None:
        assert released.wait(TIMEOUT_S)
        real(fd)

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    return released


def stop_the_disk(ledger: Any, stuck: threading.Event, box: Any) -> threading.Thread:
    """Returns once a first record is in a commit that hangs."""
    stuck.clear()
    thread = threading.Thread(target=ledger.append_blocking, args=(box.decided("first"), TIMEOUT_S))
    thread.start()
    while not ledger._writer._queue.empty() or ledger._log._tail.frontier.size < 2:
        pass
    return thread


def test_a_life(box: Any) -> None:
    ledger = box.open(start_body={"settings": "abc"})
    assert ledger.append_blocking(box.decided("r-1"), TIMEOUT_S) == Receipt(1, 2)
    assert ledger.append_blocking(box.ended("r-1"), TIMEOUT_S) == Receipt(2, 3)
    assert ledger.size == 3
    assert ledger.failed is None
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
    assert ledger.verifier_key == (box.folder / "log.vkey").read_text().strip()


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


def test_a_start_reads_only_from_the_oldest_open_request_on(box: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = box.open(roll_bytes=4000)
    for number in range(60):
        ledger.append_blocking(box.decided(f"r-{number}"), TIMEOUT_S)
        ledger.append_blocking(box.ended(f"r-{number}"), TIMEOUT_S)
    ledger.append_blocking(box.decided("left"), TIMEOUT_S)
    for number in range(60, 70):
        ledger.append_blocking(box.decided(f"r-{number}"), TIMEOUT_S)
        ledger.append_blocking(box.ended(f"r-{number}"), TIMEOUT_S)
    ledger.close()
    assert len(box.segments()) > 10

    read: list[str] = []
    real = recovery._follow
    monkeypatch.setattr(recovery, "_follow", lambda commit, *more: (read.append(str(len(read))), real(commit, *more)))
    again = box.open(roll_bytes=4000)
    assert again.recovered.unended == {"left": 121}
    assert len(read) == 1 + 20 + 1
    again.close()
    read.clear()
    box.open(roll_bytes=4000).close()
    assert len(read) == 0


async def test_many_clients_on_a_loop_share_commits(box: Any) -> None:
    ledger = box.open()
    receipts: dict[str, Receipt] = {}

    async def client(name: str) -> None:
        for turn in range(10):
            request_id = f"{name}-{turn}"
            receipts[request_id] = await ledger.append(box.decided(request_id), TIMEOUT_S)
            await ledger.append(box.ended(request_id), TIMEOUT_S)

    await asyncio.gather(*(client(f"c{number}") for number in range(32)))
    ledger.close()
    stored = {each.index: each.fields for each in entries(box.folder)}
    assert len(stored) == 2 + 640
    for request_id, receipt in receipts.items():
        assert stored[receipt.index].request_id == request_id
        assert stored[receipt.index].phase is Phase.DECIDED
        assert receipt.index < receipt.tree_size
    assert box.verify().ok


async def test_a_commit_takes_what_queued_and_wakes_the_loop_once(box: Any, stuck: threading.Event) -> None:
    ledger = box.open()
    loop = asyncio.get_running_loop()
    wakes: list[int] = []
    real = loop.call_soon_threadsafe
    loop.call_soon_threadsafe = lambda *arguments, **more: (wakes.append(1), real(*arguments, **more))[1]  # type: ignore[method-assign]
    stuck.clear()
    waiting = [asyncio.create_task(ledger.append(box.decided(f"r-{number}"), TIMEOUT_S)) for number in range(50)]
    await asyncio.sleep(0.05)
    stuck.set()
    sizes = {(await each).tree_size for each in waiting}
    ledger.close()
    assert len(sizes) <= 2
    assert len(wakes) == len(sizes)


async def test_threads_and_loops_together(box: Any) -> None:
    ledger = box.open()

    def thread(name: str) -> None:
        for turn in range(30):
            ledger.append_blocking(box.decided(f"{name}-{turn}"), TIMEOUT_S)

    def other_loop(name: str) -> None:
        async def run() -> None:
            await asyncio.gather(*(ledger.append(box.decided(f"{name}-{turn}"), TIMEOUT_S) for turn in range(30)))

        asyncio.run(run())

    threads = [threading.Thread(target=thread, args=(f"t{n}",)) for n in range(3)]
    threads += [threading.Thread(target=other_loop, args=(f"l{n}",)) for n in range(3)]
    for each in threads:
        each.start()
    await asyncio.gather(*(ledger.append(box.decided(f"m-{turn}"), TIMEOUT_S) for turn in range(30)))
    for each in threads:
        await asyncio.to_thread(each.join)
    ledger.close()
    assert box.verify().decided == 210


async def test_a_late_record_that_was_not_begun_is_withdrawn(box: Any, stuck: threading.Event) -> None:
    ledger = box.open()
    thread = stop_the_disk(ledger, stuck, box)
    with pytest.raises(LedgerUnavailable, match="withdrawn"):
        await ledger.append(box.decided("late"), 0.02)
    with pytest.raises(LedgerUnavailable, match="withdrawn"):
        ledger.append_blocking(box.decided("late too"), 0.02)
    stuck.set()
    thread.join()
    await ledger.append(box.decided("after"), TIMEOUT_S)
    ledger.close()
    assert [request_id for request_id, phase, _ in kept(box) if phase == "decided"] == ["first", "after"]


async def test_a_late_record_that_was_begun_may_land(box: Any, stuck: threading.Event) -> None:
    ledger = box.open()
    stuck.clear()
    with pytest.raises(LedgerUnavailable, match="may still be written"):
        await ledger.append(box.decided("late"), 0.1)
    stuck.set()
    ledger.close()
    assert [request_id for request_id, phase, _ in kept(box) if phase == "decided"] == ["late"]
    again = box.open()
    assert again.recovered.unended == {"late": 1}
    again.close()


async def test_a_cancelled_waiter_withdraws_its_record(box: Any, stuck: threading.Event) -> None:
    ledger = box.open()
    thread = stop_the_disk(ledger, stuck, box)
    waiter = asyncio.create_task(ledger.append(box.decided("gone"), TIMEOUT_S))
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    stuck.set()
    thread.join()
    ledger.close()
    assert "gone" not in [request_id for request_id, _, _ in kept(box)]


async def test_a_queue_that_is_full_refuses_at_once(
    box: Any, stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MAX_QUEUED", 5)
    ledger = box.open()
    thread = stop_the_disk(ledger, stuck, box)
    waiting = [asyncio.create_task(ledger.append(box.decided(f"r-{number}"), TIMEOUT_S)) for number in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(LedgerUnavailable, match="5 records wait"):
        await ledger.append(box.decided("too many"), TIMEOUT_S)
    stuck.set()
    await asyncio.gather(*waiting)
    thread.join()
    ledger.close()


def test_a_batch_is_bounded(box: Any, stuck: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_BATCH", 4)
    ledger = box.open()
    thread = stop_the_disk(ledger, stuck, box)
    receipts: list[Receipt] = []
    threads = [
        threading.Thread(target=lambda n=n: receipts.append(ledger.append_blocking(box.decided(f"r-{n}"), TIMEOUT_S)))
        for n in range(10)
    ]
    for each in threads:
        each.start()
    while ledger._writer._queue.qsize() < 10:
        pass
    stuck.set()
    for each in [thread, *threads]:
        each.join()
    ledger.close()
    sizes = sorted({receipt.tree_size for receipt in receipts})
    assert len(sizes) == 3
    assert sizes[1] - sizes[0] == 4


@pytest.mark.parametrize(
    "wrong",
    [
        Record("nobody", Phase.ENDED, {}),
        Record("open", Phase.DECIDED, {}),
        Record("", Phase.DECIDED, {}),
        Record("long", Phase.DECIDED, {"x": "y" * 70_000}),
        Record("no json", Phase.DECIDED, {"x": object()}),
    ],
)
async def test_a_refused_record_harms_nobody_else(box: Any, wrong: Record) -> None:
    ledger = box.open()
    await ledger.append(box.decided("open"), TIMEOUT_S)
    good, bad, also_good = await asyncio.gather(
        ledger.append(box.decided("good"), TIMEOUT_S),
        ledger.append(wrong, TIMEOUT_S),
        ledger.append(box.ended("open"), TIMEOUT_S),
        return_exceptions=True,
    )
    assert type(bad) is LedgerError
    assert (good, also_good) == (Receipt(2, 4), Receipt(3, 4))
    assert ledger.failed is None
    with pytest.raises(LedgerError):
        ledger.append_blocking(box.ended("open"), TIMEOUT_S)
    ledger.close()
    assert box.verify().ok
    assert box.verify().size == 5


def test_segments_roll_between_commits(box: Any) -> None:
    ledger = box.open(roll_bytes=3000)
    for number in range(40):
        ledger.append_blocking(box.decided(f"r-{number}"), TIMEOUT_S)
    ledger.close()
    lengths = [path.stat().st_size for path in box.segments()]
    assert len(lengths) > 4
    assert all(3000 <= length < 4000 for length in lengths[:-1])
    report = box.verify()
    assert report.ok
    assert (report.size, report.segments) == (42, len(lengths))
    again = box.open(roll_bytes=3000)
    assert again.recovered.size == 42
    again.close()


def test_a_commit_is_three_writes_each_durable_before_the_next_and_then_the_acknowledgement(
    box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = box.open()
    calls: list[tuple[str, str]] = []
    for name in ("pwrite", "fdatasync", "fsync", "write", "rename"):
        real = getattr(os, name)

        def call(fd: Any, *more: Any, name: str = name, real: Callable[..., Any] = real) -> Any:
            result = real(fd, *more)
            calls.append((name, Path(os.readlink(f"/proc/self/fd/{fd}")).name))
            return result

        monkeypatch.setattr(os, name, call)
    settle = writer.BlockingTicket.settle
    monkeypatch.setattr(
        writer.BlockingTicket, "settle", lambda self, outcome: (calls.append(("ack", "")), settle(self, outcome))
    )
    log = [("pwrite", f"{0:020d}.seg"), ("fdatasync", f"{0:020d}.seg")]
    highest = [("pwrite", "highest"), ("fdatasync", "highest")]
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    assert calls == [("pwrite", "salts"), ("fdatasync", "salts"), *log, *highest, ("ack", "")]
    calls.clear()
    ledger.append_blocking(box.ended("r"), TIMEOUT_S)
    assert calls == [*log, *highest, ("ack", "")], "a record without contents needs no salt"
    monkeypatch.undo()
    ledger.close()


def test_two_ledgers_at_once_are_refused(box: Any) -> None:
    ledger = box.open()
    with pytest.raises(LedgerLocked):
        box.open()
    with pytest.raises(LedgerLocked):
        box.open(highest_path=box.root / "another")
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()
    box.open().close()
    assert box.verify().ok


def test_two_logs_cannot_share_one_highest_file(box: Any, tmp_path: Path) -> None:
    ledger = box.open()
    other = type(box)(tmp_path / "other")
    with pytest.raises(LedgerLocked, match="highest"):
        other.open(highest_path=box.highest_path, key_path=box.key_path)
    ledger.close()
    with pytest.raises(LedgerCorrupt):
        other.open(highest_path=box.highest_path, key_path=box.key_path)


async def test_a_closed_ledger_takes_nothing(box: Any) -> None:
    ledger = box.open()
    ledger.close()
    with pytest.raises(LedgerUnavailable, match="closed"):
        await ledger.append(box.decided("r"), TIMEOUT_S)
    with pytest.raises(LedgerUnavailable, match="closed"):
        ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    assert ledger.failed is None


def damage_key(box: Any) -> None:
    box.key_path.write_text("x")


def swap_key(box: Any) -> None:
    other = type(box)(box.root / "other")
    other.open().close()
    box.key_path.write_bytes(other.key_path.read_bytes())


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda box: box.key_path.unlink(), ConfigurationError),
        (lambda box: box.key_path.chmod(0o644), ConfigurationError),
        (damage_key, ConfigurationError),
        (swap_key, ConfigurationError),
        (lambda box: box.highest_path.unlink(), LedgerCorrupt),
        (lambda box: box.highest_path.write_bytes(b""), LedgerCorrupt),
        (lambda box: (box.folder / "salts").write_bytes(b"x"), LedgerCorrupt),
        (lambda box: (box.folder / "segments" / "more").touch(), LedgerCorrupt),
        (lambda box: [path.unlink() for path in box.segments()], LedgerCorrupt),
    ],
)
def test_a_place_that_was_spoilt_is_refused_and_left_alone(
    box: Any, spoil: Callable[[Any], None], error: type[Exception]
) -> None:
    ledger = box.open()
    ledger.append_blocking(box.decided("r"), TIMEOUT_S)
    ledger.close()
    spoil(box)
    before = {path: path.read_bytes() for path in box.root.rglob("*") if path.is_file()}
    with pytest.raises(error) as caught:
        box.open()
    assert caught.value.remedy
    assert {path: path.read_bytes() for path in box.root.rglob("*") if path.is_file()} == before


def test_another_origin_is_refused(box: Any) -> None:
    box.open().close()
    with pytest.raises(ConfigurationError, match="origin"):
        box.open(origin="test.example/other")
    box.open().close()


def test_a_folder_that_cannot_be_made_is_unavailable(box: Any) -> None:
    box.folder.parent.mkdir(exist_ok=True)
    box.folder.write_text("a file")
    with pytest.raises(LedgerUnavailable, match="can't be opened"):
        box.open()


def test_nothing_is_left_open_by_a_refused_start(box: Any) -> None:
    box.open().close()
    box.key_path.chmod(0o644)
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with pytest.raises(ConfigurationError):
            box.open()
    box.key_path.chmod(0o600)
    box.open().close()
    assert set(os.listdir("/proc/self/fd")) == before
