"""No forward without a durable record, as the system calls show it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from fault import order
from support import home, strace
from support.client import Client, chat
from support.gateway import GatewayProcess
from support.needs import need
from support.vendor import ScriptedVendor

ONE_BY_ONE = 20
AT_ONCE = 8
ROUNDS = 5


@dataclass
class Traced:
    """A gateway's whole life under strace. `received` are the bodies that the vendor got."""

    lines: list[str]
    port: int
    ledger: Path
    received: list[bytes]

    def violations(self, lines: list[str]) -> list[str]:
        return order.violations(strace.read(lines), self.port, self.ledger)


def load(gateway: GatewayProcess, key: str, scale: int) -> None:
    """Requests one after the other, then from several clients at once. Each body is like no other."""
    client = Client(gateway.port, key)
    for number in range(ONE_BY_ONE * scale):
        assert client.post(chat(f"sequential {number}", stream=number % 3 == 0)).status == 200
        assert client.post(chat(f"masked {number}: 536-22-8412")).effect == "MASK"

    def many(name: int) -> None:
        own = Client(gateway.port, key)
        for number in range(ROUNDS * scale):
            assert own.post(chat(f"client {name}, request {number}")).status == 200

    threads = [threading.Thread(target=many, args=(name,)) for name in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory, scale: int) -> Traced:
    need(strace.works(), "strace is not installed, or may not trace")
    folder = tmp_path_factory.mktemp("order")
    scale = min(scale, 10)
    with ScriptedVendor() as vendor:
        home.write(folder, vendor.port)
        key = home.key(folder, "general")
        with GatewayProcess(folder, wrap=strace.command(folder / "trace", order.CALLS)) as gateway:
            load(gateway, key, scale)
        assert gateway.process.returncode == 0
    lines = (folder / "trace").read_text(encoding="ascii", errors="replace").splitlines()
    received = [each.body for each in vendor.received]
    assert len(received) == 2 * ONE_BY_ONE * scale + AT_ONCE * ROUNDS * scale
    return Traced(lines, vendor.port, folder / "ledger", received)


def test_each_record_is_durable_before_its_request_leaves(traced: Traced) -> None:
    left = order.sends(strace.read(traced.lines), traced.port)
    # All that the vendor received is in the trace: nothing left by a call that was not watched.
    assert sorted(send.body for send in left) == sorted(traced.received)
    assert traced.violations(traced.lines) == []


def one_send(traced: Traced) -> tuple[int, int]:
    """The line of one send, and that of the fdatasync which made its record durable, both whole."""
    lines = traced.lines
    for sent, line in enumerate(lines):
        if f"->127.0.0.1:{traced.port}]" in line and "POST /v1" in line:
            synced = max(at for at in range(sent) if "fdatasync(" in lines[at] and "/segments/" in lines[at])
            if not (line + lines[synced]).count("<unfinished"):
                return sent, synced
    raise AssertionError("strace cut every call in two")


def test_a_request_that_leaves_too_early_would_be_seen(traced: Traced) -> None:
    lines = list(traced.lines)
    sent, synced = one_send(traced)
    lines.insert(synced, lines.pop(sent))
    assert any("before record" in violation for violation in traced.violations(lines))


def test_a_sync_that_failed_would_be_seen(traced: Traced) -> None:
    lines = list(traced.lines)
    _, synced = one_send(traced)
    lines[synced] = lines[synced].replace(") = 0", ") = -1 EIO (Input/output error)")
    assert any("before record" in violation for violation in traced.violations(lines))


def test_a_request_without_a_record_would_be_seen(traced: Traced) -> None:
    lines = [line.replace("sequential 7", "sequential ?") if "POST /v1" in line else line for line in traced.lines]
    assert any("without a record" in violation for violation in traced.violations(lines))
