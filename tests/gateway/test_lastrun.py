from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from ringfence.gateway import lastrun
from ringfence.gateway.lastrun import LastRun, last_run
from ringfence.ledger.read import Entry
from ringfence.ledger.record import Leaf, rfc3339
from ringfence.vocabulary.record import Phase


class Log:
    """A reader of bodies; a str is a request's record."""

    key_line = ""
    snapshots: Any = None

    def __init__(self, *bodies: dict[str, Any] | str) -> None:
        self._bodies = bodies
        self.asked: list[int] = []

    def checkpoint(self) -> bytes:
        return f"log\n{len(self._bodies)}\nroot\n".encode()

    def entries(self, start: int = 0) -> Iterator[Entry]:
        self.asked.append(start)
        for index, body in enumerate(self._bodies[start:], start):
            phase = Phase.DECIDED if isinstance(body, str) else Phase.NOTICE
            raw = msgspec.Raw(msgspec.json.encode({} if isinstance(body, str) else body))
            yield Entry(index, b"", Leaf(1, rfc3339(index), "", phase, raw, {}))

    def checkpoints(self, start: int = 0) -> Iterator[Any]:
        raise NotImplementedError

    def salts(self, first: int, count: int) -> list[bytes]:
        raise NotImplementedError

    def erase(self, ranges: Any) -> None:
        raise NotImplementedError


def _notice(event: str, instance: str = "a", **more: Any) -> dict[str, Any]:
    return {"event": event, "instance": instance, **more}


START = _notice("start", policy_digest="p1", register_digest="r1")


@pytest.mark.parametrize(
    ("log", "stopped", "digests"),
    [
        (Log(START), False, {"policy_digest": "p1", "register_digest": "r1"}),
        (Log(START, _notice("stop")), True, {"policy_digest": "p1", "register_digest": "r1"}),
        (Log(START, _notice("stop"), START), False, {"policy_digest": "p1", "register_digest": "r1"}),
        (
            Log(START, _notice("register_or_policy_read", policy_digest="p2"), "decided"),
            False,
            {"policy_digest": "p2", "register_digest": "r1"},
        ),
        (Log(START, _notice("stop", "b"), _notice("start", "b", policy_digest="b")), False, None),
        (Log(START, {"event": "stop"}, {"event": "start", "by": "a command"}, {"event": "stop"}), False, None),
    ],
)
def test_what_was_said_last(log: Log, stopped: bool, digests: dict[str, str] | None) -> None:
    found = last_run(log, "a")
    assert found is not None
    assert found.stopped is stopped
    assert found.digests == (digests or {"policy_digest": "p1", "register_digest": "r1"})


def test_the_time_is_of_the_last_record_whatever_it_was() -> None:
    assert last_run(Log(START, "decided", "ended"), "a") == LastRun(
        rfc3339(2), False, {"policy_digest": "p1", "register_digest": "r1"}
    )


@pytest.mark.parametrize("log", [None, Log(), Log("decided"), Log(_notice("start", "b")), Log(_notice("keys_changed"))])
def test_no_sign_of_this_gateway(log: Log | None) -> None:
    assert last_run(log, "a") is None


def test_it_gives_up_on_a_gateway_that_was_not_heard_of_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lastrun, "_MOST", 5_000)
    log = Log(START, *["decided"] * 20_000)
    assert last_run(log, "a") is None
    assert log.asked == [20_001 - 4_096, 20_001 - 5_000]


def test_it_reads_back_only_as_far_as_it_must() -> None:
    long = Log(START, *["decided"] * 70_000, _notice("heartbeat", policy_digest="p9"), *["decided"] * 10)
    found = last_run(long, "a")
    assert found is not None
    assert found.digests == {"policy_digest": "p9"}
    assert long.asked == [70_012 - 4_096]
    short = Log(START, *["decided"] * 70_000)
    assert last_run(short, "a") is not None
    assert short.asked == [70_001 - 4_096, 70_001 - 65_536, 0]
