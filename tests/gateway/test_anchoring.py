"""A running gateway anchors its ledger; what fails outside hurts neither requests nor the other anchors."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ringfence.gateway import anchoring, boot
from ringfence.gateway import anchors as gateway_anchors
from ringfence.gateway import home as homes
from ringfence.gateway.anchored import age, judge, split_notes
from ringfence.gateway.anchoring import Anchoring
from ringfence.gateway.anchors import Anchorer, Made, anchorers
from ringfence.ledger.anchors.anchor import Anchor, Kind
from ringfence.ledger.tiles.build import alone
from ringfence.vocabulary.errors import (
    AnchorContradicted,
    AnchorError,
    ConfigurationError,
    LedgerError,
    LedgerUnavailable,
)
from ringfence.vocabulary.record import Phase, Receipt, Record
from support import home as support_home
from support.admin_apis import wait
from support.gateway import GatewayProcess
from support.needs import need_package
from support.vendor import ScriptedVendor

need_package("botocore")
from support.outside import Outside  # noqa: E402

WHEN = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    with Outside(tmp_path / "outside") as made:
        yield made


def _home(tmp_path: Path, outside: Outside, more: str = "") -> Path:
    folder = tmp_path / "home"
    support_home.write(folder, 9, settings=more + outside.settings)
    return folder


def _open_once(folder: Path) -> homes.Home:
    home = homes.find(folder, None)
    boot.open_ledger(home, lambda _error: None, {"version": "tests"}).close()
    return home


def test_all_three_anchor_a_real_ledger(tmp_path: Path, outside: Outside) -> None:
    home = _open_once(_home(tmp_path, outside))
    outside.watch(home.ledger / "log.vkey")
    made = [each.make() for each in anchorers(home)]
    assert [each.kind for each in made] == ["timestamp", "witness", "worm"]
    assert {each.size for each in made} == {2}
    judged = judge(home, ask_buckets=True)
    assert (judged.covered, judged.contradictions, judged.elsewhere) == (2, [], 1)
    assert [(str(each.kind), each.holds) for each in judged.anchors] == [
        ("witness", True),
        ("timestamp", True),
        ("worm", False),
    ]


def test_answers_without_end_are_bounded(tmp_path: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _open_once(_home(tmp_path, outside, "[anchors]\ntimeout_s = 0.3\n"))
    outside.hanging.add("tsa")
    begun = time.monotonic()
    with pytest.raises(AnchorError, match=r"within 0\.3 s"):
        anchorers(home)[0].make()
    assert time.monotonic() - begun < 3
    outside.hanging.clear()
    monkeypatch.setattr("ringfence.gateway.anchors._MOST_BYTES", 100)
    with pytest.raises(AnchorError, match="longer than 100"):
        anchorers(home)[0].make()


def test_files_and_keys_of_the_settings_must_be_usable(tmp_path: Path, outside: Outside) -> None:
    folder = _home(tmp_path, outside)
    home = _open_once(folder)
    (outside.folder / "s3.key").write_text("")
    with pytest.raises(ConfigurationError, match="No key"):
        anchorers(home)[2].make()
    (outside.folder / "roots.pem").write_text("no certificate")
    with pytest.raises(ConfigurationError, match=r"roots\.pem"):
        anchorers(home)


def test_gateway_anchors_and_serves_on(tmp_path: Path, outside: Outside) -> None:
    """The witness does not know the log yet and the authority is down: requests are served, the copy is made. Then
    both come back."""
    outside.broken.add("tsa")
    with ScriptedVendor() as vendor:
        folder = tmp_path / "home"
        settings = "[anchors]\ninterval_s = 0.2\ntimeout_s = 2\n" + outside.settings
        support_home.write(folder, vendor.port, settings=settings)
        key = support_home.key(folder, "general")
        with GatewayProcess(folder) as gateway:
            wait(lambda: _events(folder, "anchored") >= {"worm"})
            wait(lambda: _events(folder, "anchor_failed") == {"timestamp", "witness"})
            from support.sdk import Sdk

            said = Sdk(gateway.url, key).sync.chat.completions.create(
                model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello."}]
            )
            assert said.choices
            outside.broken.clear()
            outside.watch(folder / "ledger" / "log.vkey")
            wait(lambda: _events(folder, "anchored") == {"timestamp", "witness", "worm"})
            log = gateway.log.read_text()
    assert log.count("is not anchored by") == 2, "each outage is said once"
    assert log.count("anchored again by") == 2
    failed = [each for each in _bodies(folder) if each["event"] == "anchor_failed"]
    assert len(failed) == 2
    judged = judge(homes.find(folder, None), ask_buckets=True)
    assert judged.sound
    assert judged.covered > 5
    first = next(each for each in _bodies(folder) if each["event"] == "anchored")
    assert set(first) == {"event", "kind", "size", "root", "by", "when"}


def _bodies(folder: Path) -> list[dict[str, Any]]:
    try:
        return [each["body"] for each in support_home.records(folder) if each["phase"] == "notice"]
    except (LedgerError, FileNotFoundError):
        return []


def _events(folder: Path, event: str) -> set[str]:
    return {each["kind"] for each in _bodies(folder) if each["event"] == event}


class _Book:
    """Keeps records instead of a ledger."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.broken = False

    async def append(self, record: Record) -> Receipt:
        if self.broken:
            raise LedgerUnavailable("broken")
        self.bodies.append(record.body)
        return Receipt(len(self.bodies) - 1, len(self.bodies))


def _anchorer(where: str, script: list[BaseException | None], done: threading.Event | None = None) -> Anchorer:
    def make() -> Made:
        if done:
            done.wait(30)
        step = script.pop(0) if script else None
        if step:
            raise step
        return Made(Kind.TIMESTAMP, 7, "00", where, WHEN)

    return Anchorer(Kind.TIMESTAMP, where, make)


async def _run(anchors: list[Anchorer], book: _Book, log: list[str], until: Any, interval_s: float = 0.01) -> None:
    task = asyncio.create_task(Anchoring(anchors, book.append, log.append, interval_s).run())
    async with asyncio.timeout(10):
        while not until():  # noqa: ASYNC110 - what it waits for is anything
            await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_outage_is_one_record_and_a_contradiction_another() -> None:
    book, log = _Book(), list[str]()
    script = [AnchorError("down"), AnchorError("down"), AnchorContradicted("rewritten"), None, AnchorError("down")]
    await _run([_anchorer("a", list(script))], book, log, lambda: len(book.bodies) >= 4)
    assert [(each["event"], each.get("contradicted")) for each in book.bodies[:4]] == [
        ("anchor_failed", False),
        ("anchor_failed", True),
        ("anchored", None),
        ("anchor_failed", False),
    ]
    assert "anchored again by a" in log


async def test_one_that_hangs_or_breaks_holds_up_no_other_and_no_stop() -> None:
    book, log, never = _Book(), list[str](), threading.Event()
    anchors = [
        _anchorer("hangs", [], never),
        _anchorer("breaks", [RuntimeError("secret text")] * 99),
        _anchorer("b", []),
    ]
    begun = time.monotonic()
    await _run(anchors, book, log, lambda: sum(each["by"] == "b" for each in book.bodies) > 3)
    assert time.monotonic() - begun < 5
    never.set()
    assert "secret text" not in str(book.bodies) + str(log)
    assert {each["by"] for each in book.bodies} == {"b", "breaks"}


async def test_broken_ledger_ends_nothing() -> None:
    book, log = _Book(), list[str]()
    book.broken = True
    await _run([_anchorer("a", []), _anchorer("b", [AnchorError("x")] * 99)], book, log, lambda: len(log) >= 3)
    book.broken = False
    await _run([_anchorer("a", [])], book, log, lambda: book.bodies)


async def test_long_interval_is_tried_again_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchoring, "RETRY_S", 0.01)
    book = _Book()
    script: list[BaseException | None] = [AnchorError("down"), AnchorError("down")]
    await _run([_anchorer("a", script)], book, [], lambda: len(book.bodies) == 2, interval_s=3600)
    assert [each["event"] for each in book.bodies] == ["anchor_failed", "anchored"]


def test_notes_in_one_file_are_told_apart() -> None:
    one, two = "a\n1\nx\n\n— a A\n— b B\n".encode(), "b\n2\ny\n\n— b B\n".encode()
    assert split_notes(one + two) == [one, two]
    assert split_notes(one) == [one]
    assert split_notes(b"") == []
    assert split_notes(b"cut\n") == [b"cut\n"]


def test_tiles_that_another_process_makes_accuse_nobody(
    tmp_path: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The witness has seen more than this gateway's tiles cover, and the log itself holds all of it."""
    home = _open_once(_home(tmp_path, outside))
    outside.watch(home.ledger / "log.vkey")
    [mine] = [each for each in anchorers(home) if each.kind is Kind.WITNESS]
    assert mine.make().size == 2
    ledger = boot.open_ledger(home, lambda _error: None, {"version": "tests"})
    for number in range(300):
        ledger.append_blocking(Record("", Phase.NOTICE, {"event": "x", "number": number}), 10)
    ledger.close()
    breaths = list[int]()
    ledger_settings = replace(home.settings.ledger, tiles="t")
    others = replace(home, settings=replace(home.settings, ledger=ledger_settings))
    monkeypatch.setattr(gateway_anchors, "breathe", lambda: breaths.append(1))
    [theirs] = [each for each in anchorers(others) if each.kind is Kind.WITNESS]
    assert theirs.make().size > 300
    assert breaths, "requests get a turn while tiles are made"
    with alone(home.tiles), pytest.raises(AnchorError, match="behind the log") as caught:
        mine.make()
    assert not isinstance(caught.value, AnchorContradicted)
    assert mine.make().size > 300


def test_age_is_told_of_what_the_files_say() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)

    def at(seconds: float) -> str:
        return age([Anchor(Kind.WITNESS, 1, "00", now - timedelta(seconds=seconds), "w", True, "")], now)

    assert at(7200) == "the newest is 2.0 h old"
    assert at(-5) == "the newest is 0 min old"
    assert at(-7200) == "the newest is dated 2.0 h in the future"


def test_hostile_file_of_notes_takes_time_in_proportion() -> None:
    """A million lines without a signature: joined one by one they would be copied a million times."""
    data = b"x\n" * 1_000_000
    begun = time.process_time()
    assert split_notes(data) == [data]
    assert time.process_time() - begun < 10
