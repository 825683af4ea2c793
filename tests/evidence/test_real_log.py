"""Identifiers sent through a real gateway: every decision on record is derived anew, and no export holds any."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from canary import campaign, grammars, judge, paper
from canary.replies import over_http
from evidence.replay.made import ROOT, engine
from ringfence.evidence.bundle.archive import Archive, Writer
from ringfence.evidence.bundle.layout import RECORDS, most_bytes
from ringfence.evidence.exports.formats import FORMATS
from ringfence.evidence.replay.engine import PACKAGE
from ringfence.evidence.replay.replaying import Kept, replay
from ringfence.ledger.reader import SegmentsReader
from support.client import Client
from support.gateway import GatewayProcess
from support.vendor import ScriptedVendor

EACH = 8
"""Requests of each interface."""


class Sent:
    """A home whose gateway got requests with an identifier each; it still runs. `planted`: record -> identifier."""

    def __init__(self, folder: Path, gateway: GatewayProcess, planted: dict[int, str]) -> None:
        self.folder, self.gateway, self.planted = folder, gateway, planted
        self.reader = SegmentsReader(folder / "ledger", folder / "ledger-highest")

    def export(self, *options: str) -> tuple[list[dict[str, Any]], str]:
        """The events, and what was said beside them."""
        command = [sys.executable, "-m", "ringfence", "--home", str(self.folder), "ledger", "export", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, scale: int) -> Iterator[Sent]:
    folder = tmp_path_factory.mktemp("home")
    planted: dict[int, str] = {}
    with ScriptedVendor(over_http) as vendor, ScriptedVendor(over_http) as private:
        paper.write(folder, vendor.port, private.port)
        keys = campaign.make_keys(folder)
        with GatewayProcess(folder) as gateway:
            clients = {name: Client(gateway.port, key) for name, key in keys.items()}
            for grammar in grammars.ALL:
                [(_, path)] = grammar.dialect.routes
                for case in campaign.cases(grammar, EACH * scale, seed=5):
                    for key, body in ((case.key, case.planted), ("general", case.clean)):
                        got = clients[key].post(body, dict(case.headers), path)
                        if index := got.headers.get("x-ringfence-record"):
                            planted[int(index)] = case.identifier.value
            yield Sent(folder, gateway, planted)


def test_every_decision_is_derived_anew(sent: Sent) -> None:
    leaves = [(each.index, each.leaf) for each in sent.reader.entries()]
    effects = Counter(json.loads(leaf)["body"].get("effect") for _, leaf in leaves)
    kept = Kept(*(partial(sent.reader.snapshots.read, kind) for kind in ("policy", "register")))
    done = replay(leaves, kept, engine())
    assert done.ok, done.mismatches[:3]
    assert done.matched == len(sent.planted) >= 5 * EACH
    assert min(effects[each] for each in ("ALLOW", "MASK", "REROUTE", "DENY")) > 0, effects


def _replay(bundle: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command as an auditor runs it: without a home, in a folder with node_modules."""
    engine()
    command = [sys.executable, "-m", "ringfence", "evidence", "replay", str(bundle), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT)


@pytest.fixture(scope="module")
def bundle(sent: Sent, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "bundle.zip"
    command = [sys.executable, "-m", "ringfence", "--home", str(sent.folder), "evidence", "export"]
    period = ["--from", "2000-01-01", "--to", "2999-12-31", "--out", str(path)]
    subprocess.run([*command, *period], check=True, capture_output=True, timeout=60)
    return path


def test_a_bundle_is_replayed_by_the_command(sent: Sent, bundle: Path) -> None:
    done = _replay(bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(sent.planted)
    assert f"REPLAYED: {count} of {count} decisions match, 0 do not, 0 unproven" in done.stdout
    assert "It does not re-derive labels" in done.stdout
    told = json.loads(_replay(bundle, "--json", "--cedar-wasm", str(ROOT / "node_modules" / PACKAGE)).stdout)
    assert told["ok"] is True
    assert told["replay"]["matched"] == count
    assert told["replay"]["bundle_sha256"] == hashlib.sha256(bundle.read_bytes()).hexdigest()


def test_a_fact_changed_in_a_bundle_is_named_by_the_command(bundle: Path, tmp_path: Path) -> None:
    forged, at = tmp_path / "forged.zip", -1
    with Archive(bundle, most_bytes) as archive, Writer(forged) as writer:
        for name in archive.members:
            data = archive.read(name)
            if name == RECORDS:
                lines_ = data.splitlines()
                at, record = next(
                    (n, record)
                    for n, record in enumerate(map(json.loads, lines_))
                    if record["body"].get("effect") == "REROUTE"
                )
                record["body"]["candidates"][0]["facts"]["uncovered"] = []
                lines_[at] = json.dumps(record).encode()
                data = b"\n".join([*lines_, b""])
            writer.add(name, data)
    done = _replay(forged)
    assert done.returncode == 1
    assert f"MISMATCH in record {at}: Candidate 1 of " in done.stdout
    assert "Fires no longer: label-not-covered (reads " in done.stdout
    assert "the fact uncovered is not what the record's coverage leaves open there" in done.stdout
    assert "NOT REPLAYED" in done.stdout


def test_an_auditor_without_the_engine_is_told_what_to_install(bundle: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ringfence", "evidence", "replay", str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 3
    assert "npm install @cedar-policy/cedar-wasm@4.12.0" in done.stderr


@pytest.mark.parametrize("name", FORMATS)
def test_no_export_holds_an_identifier(name: str, sent: Sent) -> None:
    events, said = sent.export("--format", name)
    assert len(events) == len(sent.planted)
    assert f"{len(events)} requests" in said
    whole = json.dumps(events)
    for value in sent.planted.values():
        assert value not in whole
    for event in events:
        held = json.dumps(event).encode()
        assert not judge.holds(held, sent.planted[_index(name, event)])


def _index(name: str, event: dict[str, Any]) -> int:
    if name == "cloudevents":
        return int(event["id"])
    if name == "ocsf":
        return int(event["unmapped"]["decided_index"])
    attributes = event["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"]
    return next(int(each["value"]["intValue"]) for each in attributes if each["key"] == "ringfence.decided_index")


def test_a_file_a_period_and_a_place_to_go_on(sent: Sent, tmp_path: Path) -> None:
    whole, said = sent.export("--format", "cloudevents")
    following = said.split("--since-index ")[1].strip()
    assert sent.export("--format", "cloudevents", "--since-index", following)[0] == []
    half = whole[len(whole) // 2]["data"]["ended_index"]
    rest, _ = sent.export("--format", "cloudevents", "--since-index", str(half + 1))
    assert rest == whole[len(whole) // 2 + 1 :]
    at = whole[3]["time"]
    assert sent.export("--format", "cloudevents", "--from", at, "--to", at)[0] == [
        each for each in whole if each["time"] == at
    ]
    file = tmp_path / "events.ndjson"
    assert sent.export("--format", "cloudevents", "--no-names", "--out", str(file))[0] == []
    written = [json.loads(line) for line in file.read_text().splitlines()]
    assert [each["id"] for each in written] == [each["id"] for each in whole]
    assert {"client", "purpose"}.isdisjoint(written[0]["data"])
    assert file.stat().st_mode & 0o777 == 0o600


def test_following_prints_what_ends_and_stops_at_ctrl_c(sent: Sent) -> None:
    _, said = sent.export("--format", "ocsf")
    following = said.split("--since-index ")[1].strip()
    command = [sys.executable, "-m", "ringfence", "--home", str(sent.folder), "ledger", "export", "--follow"]
    options = ["--format", "cloudevents", "--since-index", following]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        key = campaign.make_keys(sent.folder)["general"]
        deadline = time.monotonic() + 10
        got = None
        body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Name a colour."}]}
        while got is None and time.monotonic() < deadline:
            reply = Client(sent.gateway.port, key).post(body)
            got = reply.headers.get("x-ringfence-record")
            time.sleep(0.2)
        if got is None:
            running.kill()
        assert json.loads(running.stdout.readline())["id"] == got
        running.send_signal(2)
        _, errors = running.communicate(timeout=10)
    assert running.returncode == 0
    assert "Next: --since-index" in errors
    assert "Traceback" not in errors
