"""A large body is searched beside the event loop: with the same outcome, and while others are served."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from gateway.scripts import HELLO, Script, caller, stations
from ringfence.vocabulary.errors import LedgerError
from ringfence.vocabulary.record import Outcome, Phase, Receipt, Record
from support.inprocess import InProcess

LARGE = "An ordinary sentence about parcels and their ways. " * 2_000


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    return stations(tmp_path_factory.mktemp("home"))


def asked(text: str) -> dict[str, Any]:
    return {**HELLO, "messages": [{"role": "user", "content": text}]}


@pytest.mark.parametrize("text", ["Write to ann.roe@northwind-mail.com.", "Nothing in it."])
async def test_large_and_small_are_decided_alike(text: str, base: InProcess) -> None:
    small, large = Script(base.stations), Script(base.stations)
    await small.run(asked(text), caller("general"))
    await large.run(asked(f"{LARGE} {text}"), caller("general"))
    assert small.records[0].body["effect"] == large.records[0].body["effect"]
    assert not any(b"northwind-mail" in body for body in large.bodies)


async def test_a_large_body_is_searched_in_another_thread(base: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    begin = base.stations.classifier.begin

    def watched(*given: Any, **more: Any) -> Any:
        seen.append(threading.current_thread() is threading.main_thread())
        return begin(*given, **more)

    monkeypatch.setattr(base.stations.classifier, "begin", watched)
    await Script(base.stations).run(asked(LARGE), caller("general"))
    await Script(base.stations).run(HELLO, caller("general"))
    assert seen == [False, True]


async def test_the_loop_turns_while_a_large_body_is_searched(base: InProcess) -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    turning = asyncio.create_task(turn())
    mails = " ".join(f"u{number}@northwind-mail.com" for number in range(8_000))
    await Script(base.stations).run(asked(mails), caller())
    turning.cancel()
    assert turns > 20


async def test_an_end_that_the_ledger_refuses_is_recorded_bare(base: InProcess) -> None:
    script = Script(base.stations)
    append = script.stations.append
    kept: list[Record] = []

    async def refusing(record: Record) -> Receipt:
        if record.phase is Phase.ENDED and "status" in record.body:
            raise LedgerError("This record is too long.")
        kept.append(record)
        return await append(record)

    object.__setattr__(script.stations, "append", refusing)
    await script.run(HELLO, caller("general"))
    assert [record.phase for record in kept] == [Phase.DECIDED, Phase.ENDED]
    assert kept[1].body == {"decided": 0, "outcome": Outcome.COMPLETED}
