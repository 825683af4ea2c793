"""`ringfence evidence` on a home whose gateway made the log: from the request to the auditor's report."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.client import Client, chat
from support.needs import need_package
from support.place import Place, place

SECRET = "Call Maria Gonzalez at (415) 555-2671, SSN 536-22-8412."
ASKED = (
    ("general", "gpt-4o-mini", "What is a heap?"),
    ("phi", "gpt-4o-baa", SECRET),
    ("phi", "gpt-4o-mini", SECRET),
    ("deny", "gpt-4o-mini", SECRET),
)


class Asked:
    """A gateway that got a few requests and still runs, and a bundle of the days around now."""

    def __init__(self, made: Place, folder: Path) -> None:
        self.place, self.folder = made, folder
        today = datetime.now(UTC).date()
        self.period = ("--from", str(today - timedelta(days=1)), "--to", str(today + timedelta(days=1)))
        self.bundle = folder / "bundle.zip"
        self.exported = self.run("export", *self.period, "--out", str(self.bundle), home=made.folder)
        self.key_line = (made.folder / "ledger.vkey").read_text().strip()

    def run(self, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Without `home` the command has none, nor anything else."""
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "nobody")}
        environ |= {"RINGFENCE_HOME": str(home)} if home else {}
        command = [sys.executable, "-m", "ringfence", "evidence", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environ, cwd=self.folder, timeout=60)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with place(tmp_path_factory.mktemp("home")) as made:
        for key, model, text in ASKED:
            client = Client(made.gateway.port, made.keys[key])
            client.post(chat(text, model))
            client.close()
        yield Asked(made, tmp_path_factory.mktemp("auditor"))


def test_export_beside_a_running_gateway_is_itself_on_record(asked: Asked) -> None:
    done = asked.exported
    assert done.returncode == 0, done.stderr
    digest = hashlib.sha256(asked.bundle.read_bytes()).hexdigest()
    assert digest in done.stdout
    deadline = time.monotonic() + 10
    while True:
        notices = [each["body"] for each in asked.place.records() if each["phase"] == "notice"]
        told = [body for body in notices if body["event"] == "evidence_exported"]
        if told:
            break
        assert time.monotonic() < deadline, "the export is on record within seconds"
        time.sleep(0.1)
    assert (told[0]["sha256"], told[0]["first"], told[0]["approvers"]) == (digest, 0, [])
    assert told[0]["actor"].startswith("os:")


def test_verify_on_a_machine_that_has_nothing_else(asked: Asked) -> None:
    report = asked.folder / "report.html"
    done = asked.run("verify", str(asked.bundle), "--public-key", asked.key_line, "--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "VERIFIED: " in done.stdout
    assert "Whoever holds the key did not rewrite this history." in done.stdout
    assert "<script" not in report.read_text()
    found = json.loads(asked.run("verify", str(asked.bundle), "--json").stdout)
    assert found["summary"]["records"]["decided"] == len(ASKED)
    assert found["steps"][12]["status"] == "ok", found["steps"]
    assert {claim["id"]: claim["verdict"] for claim in found["claims"]}["agrees"] == "proven"
    assert not (asked.folder / "nobody").exists()


def test_nothing_of_what_was_said_is_in_a_bundle(asked: Asked) -> None:
    import zipfile

    with zipfile.ZipFile(asked.bundle) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            for part in (b"Maria", b"Gonzalez", b"555-2671", b"536-22-8412", b"heap"):
                assert part not in data, name


def test_a_report_in_pdf(asked: Asked) -> None:
    need_package("reportlab")
    report = asked.folder / "report.pdf"
    assert asked.run("verify", str(asked.bundle), "--report", str(report)).returncode == 0
    assert report.read_bytes().startswith(b"%PDF-")
    assert asked.run("verify", str(asked.bundle), "--report", "report.txt").returncode == 2


def test_what_was_changed_fails_and_is_named(asked: Asked) -> None:
    broken = asked.folder / "broken.zip"
    data = bytearray(asked.bundle.read_bytes())
    data[len(data) // 2] ^= 0xFF
    broken.write_bytes(data)
    done = asked.run("verify", str(broken))
    assert done.returncode == 1
    assert "NOT VERIFIED" in done.stdout
    assert "Traceback" not in done.stderr
    assert asked.run("sample", str(broken), "--n", "1", "--seed", "s").returncode in (0, 4)


def test_sample_with_proofs_that_ledger_checks(asked: Asked) -> None:
    proofs = asked.folder / "proofs"
    done = asked.run("sample", str(asked.bundle), "--n", "2", "--seed", "42", "--proofs", str(proofs))
    assert done.returncode == 0, done.stderr
    assert f"2 drawn from a population of {len(ASKED)} decisions" in done.stdout
    assert len(list(proofs.iterdir())) == 2
    assert "Maria" not in done.stdout
    drawn = json.loads(asked.run("sample", str(asked.bundle), "--n", "2", "--seed", "42", "--json").stdout)
    assert {f"{item['index']}.tlog-proof" for item in drawn["items"]} == {each.name for each in proofs.iterdir()}


def test_a_replay_goes_into_the_report(asked: Asked) -> None:
    this = hashlib.sha256(asked.bundle.read_bytes()).hexdigest()
    done = {"engine": "x", "decisions": 4, "matched": 4, "mismatched": 0, "unproven": 0, "bundle_sha256": this}
    replay = {"ok": True, "replay": done}
    (asked.folder / "replay.json").write_text(json.dumps(replay))
    ran = asked.run("verify", str(asked.bundle), "--replay", str(asked.folder / "replay.json"), "--json")
    claims = {claim["id"]: claim["verdict"] for claim in json.loads(ran.stdout)["claims"]}
    assert claims["replayed"] == "proven"
    (asked.folder / "replay.json").write_text("{}")
    assert asked.run("verify", str(asked.bundle), "--replay", str(asked.folder / "replay.json")).returncode == 3


def test_wrong_periods_are_refused(asked: Asked) -> None:
    done = asked.run("export", "--from", "2031-02-30", "--to", "2031-03-01", home=asked.place.folder)
    assert (done.returncode, "no date" in done.stderr) == (3, True)
