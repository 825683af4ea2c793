"""The disk under the ledger fails, fills up or hangs: the request in flight is denied, and nothing of it leaves."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from ringfence.ledger.verify import verify
from support import home, strace
from support.client import Client, Got, chat
from support.evidence import Commitments
from support.gateway import GatewayProcess
from support.needs import need
from support.vendor import ScriptedVendor

SEGMENT = "ledger/segments/00000000000000000000.seg"
EXIT_LEDGER = 4
"""The exit code for a ledger that can't be used (`ringfence --help`)."""
TIMEOUT_S = 0.5
HANG_S = 3


@dataclass
class Home:
    """A home that was started once, so that its ledger exists; `vendor` is behind it."""

    folder: Path
    key: str
    vendor: ScriptedVendor

    def failing(self, *options: str) -> GatewayProcess:
        """The gateway with system calls on the ledger's segment tampered with. `when=N` counts each thread's own: the
        N-th commit of the ledger's writer, because the start's own commit is another thread's."""
        need(strace.works(), "strace is not installed, or may not trace")
        trace = self.folder / "trace"
        calls = ("fdatasync", "pwrite64")
        return GatewayProcess(
            self.folder, wrap=strace.command(trace, calls, "-P", str(self.folder / SEGMENT), *options)
        )

    def records(self) -> list[str]:
        return [record["phase"] for record in home.records(self.folder)]


@pytest.fixture
def once(tmp_path: Path) -> Home:
    service = ScriptedVendor()
    with service:
        home.write(tmp_path, service.port, settings=f"[gateway]\nledger_timeout_s = {TIMEOUT_S}\n")
        key = home.key(tmp_path, "general")
        with GatewayProcess(tmp_path):
            pass
        yield Home(tmp_path, key, service)


def ask(gateway: GatewayProcess, key: str, said: str = "Hello.") -> Got | None:
    """The reply, or None where the connection ended without one: the process stopped under it."""
    try:
        return Client(gateway.port, key, 30).post(chat(said))
    except (OSError, http.client.HTTPException):
        return None


def ended(gateway: GatewayProcess) -> int:
    try:
        return gateway.process.wait(20)
    except subprocess.TimeoutExpired:
        gateway.kill()
        raise


def denied(got: Got | None) -> bool:
    """503 with the ledger's code, and no advice to try again at once; or no answer at all."""
    if got is None:
        return True
    error = json.loads(got.body)["error"]
    retry = got.headers.get("x-should-retry")
    return got.status == 503 and error["code"].startswith("ringfence_ledger") and retry == "false"


FAULTS = {
    "fdatasync fails": "inject=fdatasync:error=EIO:when={when}",
    "no space for a write": "inject=pwrite64:error=ENOSPC:when={when}",
    "quota reached": "inject=pwrite64:error=EDQUOT:when={when}",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_record_that_can_not_be_made_durable_stops_the_request_and_the_gateway(fault: str, once: Home) -> None:
    # Two requests pass (DECIDED and ENDED each); the record of the third fails.
    gateway = once.failing("-e", fault.format(when=5))
    gateway.start()
    assert [got.status for _ in range(2) if (got := ask(gateway, once.key))] == [200, 200]
    assert denied(ask(gateway, once.key, "This one never leaves."))
    assert ended(gateway) == EXIT_LEDGER
    assert len(once.vendor.received) == 2
    assert not any(b"never leaves" in received.body for received in once.vendor.received)
    check_after_restart(once)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_end_that_can_not_be_recorded_is_no_success(fault: str, once: Home) -> None:
    gateway = once.failing("-e", fault.format(when=2))
    gateway.start()
    assert denied(ask(gateway, once.key))
    assert ended(gateway) == EXIT_LEDGER
    assert len(once.vendor.received) == 1, "its DECIDED record was durable, so it left"
    check_after_restart(once)
    outcomes = [record["body"]["outcome"] for record in home.records(once.folder) if record["phase"] == "ended"]
    # A sync that failed leaves a record that may be whole on the disk all the same; then the next start keeps it.
    assert outcomes[0] == "unknown" or ("fdatasync" in fault and outcomes[0] == "completed")


def check_after_restart(once: Home) -> None:
    """It serves again, every DECIDED record has ended, and what the vendor saw is on record."""
    with GatewayProcess(once.folder) as gateway:
        got = ask(gateway, once.key)
        assert got is not None
        assert got.status == 200
    assert once.records().count("decided") == once.records().count("ended")
    assert verify(once.folder / "ledger", highest_path=once.folder / "ledger-highest").ok
    commitments = Commitments(once.folder / "ledger", "leaving")
    assert all(commitments.find(received.body) is not None for received in once.vendor.received)


def test_a_file_that_may_not_grow_stops_the_gateway(once: Home) -> None:
    """RLIMIT_FSIZE: a real error of the kernel, without a tracer."""
    need(shutil.which("bash"), "bash is not installed")
    size_kib = 320
    limited = ["bash", "-c", f'ulimit -f {size_kib}; exec "$@"', "bash"]
    gateway = GatewayProcess(once.folder, wrap=limited)
    gateway.start()
    answered = 0
    for number in range(10_000):
        got = ask(gateway, once.key, f"number {number}")
        if got is None or got.status != 200:
            break
        answered += 1
    assert denied(got)
    assert ended(gateway) == EXIT_LEDGER
    assert answered > 10
    # The last one left only if its DECIDED record was durable; the check after the restart says so.
    assert len(once.vendor.received) in (answered, answered + 1)
    check_after_restart(once)


def test_a_disk_that_hangs_denies_within_its_bound(once: Home) -> None:
    gateway = once.failing("-e", f"inject=fdatasync:delay_enter={HANG_S}s:when=1")
    with gateway:
        began_s = time.monotonic()
        got = ask(gateway, once.key, "This one never leaves.")
        took_s = time.monotonic() - began_s
        assert got is not None
        assert denied(got)
        assert TIMEOUT_S <= took_s < TIMEOUT_S + 1.5
        began_s = time.monotonic()
        health = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=5)
        health.request("GET", "/health")
        assert health.getresponse().status == 200
        assert time.monotonic() - began_s < 1, "the gateway itself does not hang"
        assert once.vendor.received == []
        time.sleep(HANG_S)
        after = ask(gateway, once.key, "The disk is back.")
        assert after is not None
        assert after.status == 200
    assert [b"The disk is back." in received.body for received in once.vendor.received] == [True]
    check_after_restart(once)
    outcomes = [record["body"]["outcome"] for record in home.records(once.folder) if record["phase"] == "ended"]
    assert sorted(outcomes) == ["completed", "completed", "unknown"]


def test_a_disk_that_hangs_at_the_end_gives_no_success_and_says_that_it_was_sent(once: Home) -> None:
    gateway = once.failing("-e", f"inject=fdatasync:delay_enter={HANG_S}s:when=2")
    with gateway:
        got = ask(gateway, once.key)
        assert got is not None
        assert denied(got)
        said = json.loads(got.body)["error"]
        assert "had been sent already" in said["message"]
        assert "Nothing was sent" not in got.body.decode()
        time.sleep(HANG_S)
    assert len(once.vendor.received) == 1
