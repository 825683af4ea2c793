"""`ringfence evidence facts`: on a log that a gateway made, and with arguments that can't be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ringfence.gateway.keys import KeyStore
from support.client import Client, chat
from support.place import KEYS, Place, place

SECRET = "Call Maria Gonzalez at (415) 555-2671, SSN 536-22-8412."
ASKED = (
    ("general", "gpt-4o-mini", "What is a heap?"),
    ("phi", "gpt-4o-baa", SECRET),
    ("phi", "gpt-4o-baa", SECRET),
    ("phi", "gpt-4o-mini", SECRET),
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A gateway that got a few requests, and still runs."""
    with place(tmp_path_factory.mktemp("home")) as made:
        for key, model, text in ASKED:
            client = Client(made.gateway.port, made.keys[key])
            index = client.post(chat(text, model)).headers["x-ringfence-record"]
            made.wait_ended(index)
            client.close()
        yield made


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ringfence", "evidence", "facts", *arguments]
    environ = {"PATH": os.environ["PATH"], "RINGFENCE_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)


def listed(home: Path, *arguments: str) -> dict[str, Any]:
    done = run(home, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return {each["id"]: each for each in json.loads(done.stdout)["facts"]}


def test_facts_of_a_log_that_a_gateway_made(asked: Place) -> None:
    found = listed(asked.folder)
    records = [each["body"] for each in asked.records() if each["phase"] == "decided"]
    assert found["organisation.requests_decided"]["value"] == len(records) == len(ASKED)
    denied = [each for each in records if each["effect"] == "DENY"]
    assert found["organisation.requests_denied"]["value"] == len(denied) >= 1
    assert found["organisation.uncovered_left"]["value"] == 0
    assert found["organisation.ai_vendors_used"]["value"] == ["openai"]
    covered = found["openai.processed[label=phi,service=openai/covered]"]
    assert covered["value"] == 2
    assert ": 2 under test-baa, test-zdr_approval" in covered["says"]
    assert covered["basis"] == "recorded" and covered["live"] and covered["age_days"] == 0
    assert any("The period is not over" in each for each in covered["limits"])
    address = found["openai.reached_at[service=openai/covered]"]["value"]
    assert address == f"http://127.0.0.1:{asked.vendor.port}/v1"
    assert found["organisation.request_log"]["value"] is True
    assert found["organisation.gateway_keys"]["value"] == len(KEYS) - 1  # one is disabled
    assert found["organisation.oldest_key_days"]["value"] == 0
    assert found["organisation.soc2_report"]["basis"] == "nothing"
    baa = next(each for each in found.values() if each["predicate"] == "baa")
    assert (baa["value"], baa["basis"], baa["age_days"]) == (True, "reviewed", 30)
    assert baa["proofs"][0]["sha256"]
    limits = found["organisation.uncovered_left"]["limits"]
    assert any("Versions of Ringfence that ran in the period: 0.1.0." in each for each in limits)
    assert any("tagger/1 found 0.9981" in each for each in limits)


def test_a_person_reads_value_basis_age_expiry_check_and_limits(asked: Place) -> None:
    done = run(asked.folder, "--subject", "openai")
    assert done.returncode == 0
    block = next(each for each in done.stdout.split("\n\n") if each.startswith("openai.baa["))
    assert " = True\n" in block
    assert "reviewed, 30 days old, may be relied on until " in block
    assert "check: Ask for the document" in block and "limit: " in block
    assert "organisation." not in done.stdout
    assert "facts on " in done.stdout.splitlines()[-1]


def test_a_period_before_the_log_has_nothing(asked: Place) -> None:
    found = listed(asked.folder, "--from", "2020-01-01", "--to", "2020-01-31")
    assert found["organisation.requests_decided"]["basis"] == "nothing"
    assert found["organisation.requests_decided"]["period"] == ["2020-01-01", "2020-01-31"]


def test_it_writes_nothing(asked: Place) -> None:
    before = len(asked.records())
    listed(asked.folder)
    events = [each["body"].get("event") for each in asked.records(before)]
    assert set(events) <= {"heartbeat"}


def test_arguments_that_cannot_be_used(asked: Place, tmp_path: Path) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    for arguments, code, says in (
        (("--to", tomorrow), 2, "that day is still to come"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), 2, "is after the last day"),
        (("--from", "yesterday"), 2, "yesterday"),
        (("--subject", "acme"), 3, "no fact is about 'acme'"),
    ):
        done = run(asked.folder, *arguments)
        assert done.returncode == code, done.stderr
        assert says in done.stderr and "Traceback" not in done.stderr
        assert not done.stdout
    assert "There are facts about openai, organisation" in run(asked.folder, "--subject", "acme").stderr


def test_a_home_that_never_ran_has_facts_too(tmp_path: Path) -> None:
    (tmp_path / "ringfence.toml").write_text("")
    found = listed(tmp_path)
    assert found["organisation.request_log"]["value"] is False
    assert found["organisation.requests_decided"]["basis"] == "nothing"


def test_keys_that_nobody_can_use_and_the_tours_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "ringfence.toml").write_text("")
    now = datetime.now(UTC)
    made: list[datetime] = [now - timedelta(days=days, hours=1) for days in (90, 80, 70, 30, 20)]
    others: list[dict[str, Any]] = [
        {"demonstration": True},
        {"disabled": True},
        {"expires": now - timedelta(hours=1)},
        {"expires": now + timedelta(days=9), "handles": ("phi",)},
        {},
    ]
    for moment, members in zip(made, others, strict=True):
        KeyStore(tmp_path, now=lambda moment=moment: moment).create(client="us", purpose="tests", **members)
    found = listed(tmp_path)
    assert found["organisation.gateway_keys"]["value"] == 2
    assert "1 declare what they handle" in found["organisation.gateway_keys"]["says"]
    assert "1 have a last day" in found["organisation.gateway_keys"]["says"]
    assert found["organisation.oldest_key_days"]["value"] in (30, 31)


def test_a_broken_register_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "ringfence.toml").write_text("")
    (tmp_path / "register/documents").mkdir(parents=True)
    (tmp_path / "register/documents/x.toml").write_text('kind = "baa"')
    done = run(tmp_path)
    assert done.returncode == 3
    assert "x.toml" in done.stderr and "remedy: " in done.stderr
