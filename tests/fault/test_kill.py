"""SIGKILL at random moments under load: nothing that the vendor saw is missing from the ledger afterwards."""

from __future__ import annotations

import http.client
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ringfence.ledger.read import entries
from ringfence.ledger.verify import verify
from support import home, vendor
from support.client import Client, chat
from support.evidence import Commitments
from support.gateway import GatewayProcess
from support.vendor import ScriptedVendor

CLIENTS = 8
KILLS = 12
IN_FULL = 60
"""Under `make soak`; the bar of the issue is 50."""


class Load:
    """Clients that send without a pause until told to stop. Every body is like no other."""

    def __init__(self, port: int, keys: list[str], name: str) -> None:
        self.answered = 0
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(port, key, f"{name}, client {number}"))
            for number, key in enumerate(keys)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a client hangs"

    def _run(self, port: int, key: str, name: str) -> None:
        client = Client(port, key, 30)
        turn = 0
        while not self._stop.is_set():
            turn += 1
            said = f"{name}, turn {turn}" + (": 536-22-8412" if turn % 3 == 0 else "")
            try:
                got = client.post(chat(said, stream=turn % 2 == 0))
                self.answered += got.status == 200
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)  # killed: refused or cut off, until the test says stop


def check(folder: Path, bodies: list[bytes], first: int) -> None:
    """After a restart: the ledger is sound, and these bodies have each a DECIDED record from index `first` on."""
    report = verify(folder / "ledger", highest_path=folder / "ledger-highest")
    assert report.ok, [step for step in report.steps if step.status != "ok"]
    commitments = Commitments(folder / "ledger", "leaving", first)
    missing = [body for body in bodies if commitments.find(body) is None]
    assert not missing, f"{len(missing)} of {len(bodies)} requests left without a record"


def test_a_killed_gateway_loses_no_record_of_what_the_vendor_saw(
    tmp_path: Path, scale: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(9)
    kills = KILLS if scale == 1 else IN_FULL
    answered = 0
    with ScriptedVendor() as service:
        home.write(tmp_path, service.port)
        keys = [home.key(tmp_path, "general") for _ in range(CLIENTS)]
        gateway = GatewayProcess(tmp_path)
        gateway.start()
        for kill in range(kills):
            first = sum(1 for _ in entries(tmp_path / "ledger"))
            seen = len(service.received)
            load = Load(gateway.port, keys, f"run {kill}")
            time.sleep(rng.random() ** 2 * 0.6 + 0.02)
            gateway.kill()
            load.stop()
            answered += load.answered
            gateway.start()
            check(tmp_path, [received.body for received in service.received[seen:]], first)
        assert gateway.stop() == 0
        received = len(service.received)
    check_whole(tmp_path, kills)
    with capsys.disabled():
        print(f"\n{kills} kills: the vendor saw {received} requests, clients had {answered} replies, no record lost")
    assert received > 10 * kills


def check_whole(folder: Path, kills: int) -> None:
    """Every DECIDED record has ended, the interrupted ones as unknown; the command says so too."""
    records = home.records(folder)
    decided = {record["request_id"] for record in records if record["phase"] == "decided"}
    ended = [record["request_id"] for record in records if record["phase"] == "ended"]
    unknown = [record for record in records if record["phase"] == "ended" and record["body"]["outcome"] == "unknown"]
    assert len(ended) == len(set(ended)), "a request ended twice"
    assert set(ended) == decided
    assert len(unknown) >= kills / 2, "the kills interrupted requests"
    starts = [record for record in records if record["body"].get("event") == "start"]
    assert len(starts) == kills + 1
    command = [sys.executable, "-m", "ringfence", "--home", str(folder), "ledger", "verify"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_interrupted_stream_is_ended_as_unknown(tmp_path: Path) -> None:
    with ScriptedVendor(vendor.stream([vendor.event({"content": "a"})] * 200, pause_s=0.05)) as service:
        home.write(tmp_path, service.port)
        key = home.key(tmp_path, "general")
        gateway = GatewayProcess(tmp_path)
        gateway.start()
        load = Load(gateway.port, [key], "stream")
        while not service.received:
            time.sleep(0.01)
        time.sleep(0.3)
        gateway.kill()
        load.stop()
        gateway.start()
        gateway.stop()
    last = [record["body"] for record in home.records(tmp_path) if record["phase"] == "ended"]
    assert [body["outcome"] for body in last] == ["unknown"]
