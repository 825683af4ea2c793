"""Faults that no tracer can make, under a real gateway: the disk does what it is asked and then says that it failed,
or says nothing at all from some moment on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from fault.test_disk import EXIT_LEDGER, TIMEOUT_S, Home, ask, check_after_restart, denied, ended, once
from support import shim
from support.client import Client, chat
from support.gateway import GatewayProcess

__all__ = ["once"]
POINTS = [
    (call, path, when)
    for call, path in (
        ("fdatasync", "/segments/"),
        ("fdatasync", "ledger-highest"),
        ("fdatasync", "/salts"),
        ("pwrite", "/segments/"),
    )
    for when in (3, 4, 5, 6, 7, 8)
]
"""Calls of the start come first, then those of DECIDED and ENDED in turn."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shim.build(tmp_path_factory.mktemp("shim"))


def faulty(once: Home, made: Path, call: str, path: str, when: int, fault: str, seconds: int = 0) -> GatewayProcess:
    return GatewayProcess(once.folder, env=shim.environment(made, call, when, fault, path, seconds))


@pytest.mark.parametrize("fault", ["kept-eio", "lost-enospc"])
def test_a_call_that_says_it_failed_denies_and_stops(fault: str, once: Home, made: Path, scale: int) -> None:
    for number, (call, path, when) in enumerate(POINTS):
        if scale < 5 and number % 5:
            continue
        before = len(once.vendor.received)
        gateway = faulty(once, made, call, path, when, fault)
        gateway.start()
        answered = 0
        while (got := ask(gateway, once.key, f"{call} {path} {when}, request {answered}")) and got.status == 200:
            answered += 1
            assert answered < 10, f"{call} {path} {when} was never reached"
        assert denied(got)
        assert ended(gateway) == EXIT_LEDGER
        # The one that was denied left only if its DECIDED record was durable; the check says so.
        assert len(once.vendor.received) - before in (answered, answered + 1)
        check_after_restart(once)


BODIES = {
    "/v1/chat/completions": chat("This never leaves."),
    "/v1/responses": {"model": "gpt-4o-mini", "input": "This never leaves."},
}


def test_a_disk_that_never_answers_denies_within_its_bound(once: Home, made: Path) -> None:
    """From the second commit of the run on, no fdatasync of a segment returns."""
    gateway = faulty(once, made, "fdatasync", "/segments/", 2, "hang", seconds=300)
    gateway.start()
    try:
        for path, body in BODIES.items():
            began_s = time.monotonic()
            got = Client(gateway.port, once.key, 30).post(body, path=path)
            took_s = time.monotonic() - began_s
            assert denied(got), (path, got)
            assert TIMEOUT_S <= took_s < TIMEOUT_S + 1.5, path
        assert once.vendor.received == []
    finally:
        gateway.kill()
    check_after_restart(once)
