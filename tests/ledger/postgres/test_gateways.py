"""Real gateways that share one log in PostgreSQL, as an operator starts and looks at them."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ringfence.gateway import boot, onrecord
from ringfence.gateway import home as homes
from ringfence.gateway.prober import Prober
from support import home
from support.client import Client, Got, chat
from support.gateway import GatewayProcess
from support.postgres import Cluster
from support.vendor import ScriptedVendor

EXIT_LEDGER = 4
SETTINGS = """
[gateway]
ledger_timeout_s = {timeout_s}

[ledger]
store = "postgres"
postgres = "env:LEDGER_URL"
instance = "{name}"
"""
NAMES = ("one", "two")


@dataclass
class Pair:
    """Two homes with one key, a vendor, and the database's URL."""

    folders: list[Path]
    keys: list[str]
    vendor: ScriptedVendor
    cluster: Cluster
    url: str

    def gateway(self, number: int) -> GatewayProcess:
        return GatewayProcess(self.folders[number], env={"LEDGER_URL": self.url})

    def ask(self, gateway: GatewayProcess, number: int, said: str) -> Got:
        return Client(gateway.port, self.keys[number], 30).post(chat(said))

    def run(self, number: int, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ringfence", "--home", str(self.folders[number]), *arguments]
        environ = {**os.environ, "LEDGER_URL": self.url}
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ)

    def shown(self) -> list[dict[str, Any]]:
        done = self.run(0, "ledger", "show", "0", "--count", "10000", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


@pytest.fixture
def pair(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    yield from _pair(cluster, tmp_path, monkeypatch)


@pytest.fixture
def own_pair(own_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    yield from _pair(own_cluster, tmp_path, monkeypatch)


def _pair(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    url = cluster.url(cluster.database())
    monkeypatch.setenv("LEDGER_URL", url)
    with ScriptedVendor() as vendor:
        folders, keys = [], []
        for name in NAMES:
            folder = tmp_path / name
            home.write(folder, vendor.port, settings=SETTINGS.format(name=name, timeout_s=1))
            folders.append(folder)
            keys.append(home.key(folder, "general"))
        made = Pair(folders, keys, vendor, cluster, url)
        boot.open_ledger(homes.find(folders[0]), lambda _: None, {}).close()  # makes the tables and the key
        shutil.copy(folders[0] / "ledger.key", folders[1] / "ledger.key")
        yield made


def test_two_gateways_share_one_log_which_the_commands_read(pair: Pair, tmp_path: Path) -> None:
    with ExitStack() as stack:
        gateways = [stack.enter_context(pair.gateway(number)) for number in (0, 1)]
        with ThreadPoolExecutor(8) as pool:
            sent = [(number, f"Gateway {number} says {turn}.") for turn in range(10) for number in (0, 1)]
            replies = list(pool.map(lambda each: pair.ask(gateways[each[0]], *each), sent))
        assert [got.status for got in replies] == [200] * 20
        assert [got.text for got in replies] == [said for _, said in sent]
        indexes = [int(got.headers["x-ringfence-record"]) for got in replies]
        assert len(set(indexes)) == 20
        running = pair.run(0, "ledger", "verify")
        assert running.returncode == 0, running.stdout + running.stderr

        # Beside both: a command appends by itself, and another looks a content up.
        first = homes.find(pair.folders[0])
        assert onrecord.put(first, Prober(first), [{"event": "a_note", "actor": "os:test"}])
        doctor = pair.run(0, "doctor")
        assert "in PostgreSQL, written as 'one'" in doctor.stdout
    records = pair.shown()
    assert [each["index"] for each in records] == list(range(len(records)))
    assert {each["request_id"] for each in records if each["index"] in indexes} == {
        each["request_id"] for each in records if each["phase"] == "decided"
    }
    assert "a_note" in {each["body"].get("event") for each in records}
    starts = [each["body"].get("instance") for each in records if each["body"].get("event") == "start"]
    assert set(starts) >= set(NAMES)

    leaving = next(each.body for each in pair.vendor.received if b"Gateway 1 says 3." in each.body)
    (tmp_path / "leaving").write_bytes(leaving)
    index = str(indexes[sent.index((1, "Gateway 1 says 3."))])
    assert pair.run(0, "ledger", "check", index, "leaving", str(tmp_path / "leaving")).stdout.strip() == "same"
    assert pair.run(1, "ledger", "check", str(indexes[0]), "leaving", str(tmp_path / "leaving")).returncode == 1
    for number in (0, 1):
        key_line = (pair.folders[number] / "ledger.vkey").read_text().strip()
        done = pair.run(number, "ledger", "verify", "--public-key", key_line)
        assert done.returncode == 0, done.stdout
        assert "VERIFIED" in done.stdout
    for number in (0, 1):
        for command in (["prove", str(indexes[0])], ["fsck"]):
            done = pair.run(number, "ledger", *command)
            assert done.returncode == 0, done.stdout + done.stderr
    newest = f"ledger-tiles/tile/0/000.p/{len(records)}"
    one, two = ((folder / newest).read_bytes() for folder in pair.folders)
    assert one == two, "each gateway lays out the same tiles"

    digest = next(each["body"]["policy_digest"] for each in records if "policy_digest" in each["body"])
    snapshots = boot.snapshots(homes.find(pair.folders[1]))
    assert snapshots.read("policy", digest), "whichever gateway kept it, every one finds it"


def test_a_killed_gateway_s_requests_are_ended_by_the_other(pair: Pair) -> None:
    one = pair.gateway(0)
    one.start()
    pair.ask(one, 0, "Before.")
    held = pair.vendor.answer

    async def never(received: Any) -> Any:
        import asyncio

        await asyncio.sleep(60)
        yield b""

    pair.vendor.answer = never
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pair.ask, one, 0, "Under way.")
        deadline = time.monotonic() + 20
        while len(pair.vendor.received) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        one.kill()
        assert waiting.exception() is not None
    pair.vendor.answer = held
    with pair.gateway(1):
        outcomes = [each["body"]["outcome"] for each in pair.shown() if each["phase"] == "ended"]
    assert outcomes == ["completed", "unknown"]


def test_while_the_database_is_away_or_hangs_nothing_leaves(own_pair: Pair) -> None:
    pair = own_pair
    with pair.gateway(0) as gateway:
        assert pair.ask(gateway, 0, "First.").status == 200
        activity = "SELECT pid FROM pg_stat_activity WHERE application_name = 'ringfence one'"
        [[backend]] = pair.cluster.run(pair.url, activity)
        os.kill(pair.cluster.server.pid, signal.SIGSTOP)  # new connections hang
        os.kill(backend, signal.SIGSTOP)
        try:
            began = time.monotonic()
            got = pair.ask(gateway, 0, "Never leaves: the database hangs.")
            assert time.monotonic() - began < 5
            assert (got.status, json.loads(got.body)["error"]["code"]) == (503, "ringfence_ledger_unavailable")
        finally:
            os.kill(backend, signal.SIGCONT)
            os.kill(pair.cluster.server.pid, signal.SIGCONT)
        pair.cluster.stop(signal.SIGQUIT)
        try:
            try:
                got = pair.ask(gateway, 0, "Never leaves: the database is away.")
                assert got.status == 503
            except (OSError, http.client.HTTPException):
                pass  # the process stopped under it
            assert gateway.process.wait(20) == EXIT_LEDGER
            refused = pair.run(0, "up", "--no-demonstration", "--port", "1")
            assert refused.returncode == EXIT_LEDGER, refused.stderr
            assert "can't be reached" in refused.stderr
            assert pair.url not in refused.stderr
        finally:
            pair.cluster.start()
    assert [b"Never leaves" in each.body for each in pair.vendor.received] == [False]
    with pair.gateway(0) as gateway:
        assert pair.ask(gateway, 0, "Again.").status == 200
    assert pair.run(0, "ledger", "verify").returncode == 0
