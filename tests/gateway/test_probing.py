"""A running gateway reads the account that its settings name: drift closes the vendor, and a person opens it again."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from support import admin_apis as scripted
from support.admin_apis import AdminApi, Says, wait
from support.place import Place, place

HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "Hello."}]}
SETTINGS = """
[posture]
interval_s = 0.4
lifetime_s = {lifetime_s}
timeout_s = 2

[[account]]
vendor = "openai"
base_url = "{url}"
credential = "file:{key}"
scopes = ["proj_a"]
keys = ["key_ours"]
"""
NONE = [("proj_a", "none")]


@pytest.fixture
def api() -> Iterator[AdminApi]:
    with AdminApi(scripted.openai()) as made:
        yield made


@contextlib.contextmanager
def probed(tmp_path: Path, api: AdminApi, lifetime_s: float = 600) -> Iterator[Place]:
    key = tmp_path / "admin.key"
    key.write_text("sk-admin-very-secret")
    with place(tmp_path / "home", settings=SETTINGS.format(lifetime_s=lifetime_s, url=api.url, key=key)) as made:
        wait(lambda: _effect(made) == "ALLOW")
        yield made


def _effect(made: Place, key: str = "phi", model: str = "gpt-4o-baa") -> str:
    sdk = made.sdk(key)
    with contextlib.suppress(openai.PermissionDeniedError):
        sdk.sync.chat.completions.create(model=model, **HELLO)
    return sdk.headers["x-ringfence-effect"]


def _why(made: Place) -> str:
    """What the last answer to the key for PHI said of coverage."""
    denied = made.record(made.sdk("phi").headers["x-ringfence-record"])
    return " ".join(reason for cover in denied["coverage"] for reason in cover["reasons"])


def _run(made: Place, *command: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "ringfence", *command],
        env={**os.environ, "RINGFENCE_HOME": str(made.folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def _incidents(made: Place) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_run(made, "incident", "list", "--json")[1])
    return found


def _notices(made: Place, event: str) -> list[dict[str, Any]]:
    return [each["body"] for each in made.records() if each["body"].get("event") == event]


def test_drift_closes_lists_and_opens_again(tmp_path: Path, api: AdminApi) -> None:
    with probed(tmp_path, api) as made:
        before = [each["index"] for each in made.records() if each["body"].get("effect") == "ALLOW"]
        assert _effect(made, "general", "gpt-4o-mini") == "ALLOW"
        api.answers = scripted.openai(projects=NONE)
        wait(lambda: _effect(made) == "DENY")
        assert _effect(made, "general", "gpt-4o-mini") == "ALLOW", "general needs no document"
        assert "project proj_a: data_retention is none, but test-zdr_approval says zero_data_retention" in _why(made)

        # The incident lists exactly the regulated requests that left since the last good probe.
        wait(lambda: len(_notices(made, "incident")) >= 1)
        [each] = _incidents(made)
        finding, incident = each["finding"], each["incident"]
        since = incident["since"]
        assert since is not None
        allowed = [
            r["index"]
            for r in made.records()
            if r["body"].get("effect") == "ALLOW"
            and "phi" in r["body"].get("labels", ())
            and r["time"][:19] >= since[:19]
        ]
        wait(lambda: [r["index"] for r in _incidents(made)[0]["incident"]["requests"]] == allowed)
        assert {r["service"] for r in _incidents(made)[0]["incident"]["requests"]} <= {"openai/covered"}
        assert before

        # Acknowledged while the account is still set so: closed all the same, and that is said.
        code, said = _run(made, "probe", "acknowledge", finding["id"], "--by", "P. Officer", "--reason", "asked IT")
        assert code == 0 and "still set so" in said
        wait(lambda: _notices(made, "posture_acknowledged"))
        wait(lambda: _incidents(made)[0]["finding"]["acknowledged"])
        assert _effect(made) == "DENY"

        api.answers = scripted.openai()
        wait(lambda: _effect(made) == "ALLOW")
        assert _run(made, "probe")[0] == 0
        assert _notices(made, "posture_acknowledged")[0]["word"]["by"] == "P. Officer"
    everything = b"".join(path.read_bytes() for path in made.folder.rglob("*") if path.is_file())
    assert b"sk-admin-very-secret" not in everything


def test_a_drift_that_went_away_still_waits_for_a_person(tmp_path: Path, api: AdminApi) -> None:
    with probed(tmp_path, api) as made:
        api.answers = scripted.openai(projects=NONE)
        wait(lambda: _effect(made) == "DENY")
        api.answers = scripted.openai()
        wait(lambda: _incidents(made)[0]["finding"]["resolved_at"])
        assert _effect(made) == "DENY"
        finding = _incidents(made)[0]["finding"]["id"]
        assert _run(made, "probe", "acknowledge", finding, "--by", "P. Officer", "--reason", "set right")[0] == 0
        wait(lambda: _effect(made) == "ALLOW")


def test_a_vendor_that_does_not_answer_expires_within_the_day(tmp_path: Path, api: AdminApi) -> None:
    with probed(tmp_path, api, lifetime_s=3) as made:
        good = api.answers
        api.answers = dict.fromkeys(good, Says(500))
        assert _effect(made) == "ALLOW", "the last good probe still counts"
        wait(lambda: _effect(made) == "DENY")
        assert "The last good probe of openai is too old" in _why(made)
        assert _incidents(made) == [], "nobody knows of a drift"
        api.answers = good
        wait(lambda: _effect(made) == "ALLOW")


def test_a_voided_document_opens_an_incident(tmp_path: Path, api: AdminApi) -> None:
    with probed(tmp_path, api) as made:
        assert _effect(made) == "ALLOW"
        baa = made.folder / "register/documents/baa.toml"
        text = baa.read_text()
        today = made.records()[0]["time"][:10]
        assert "[dates]" in text
        baa.write_text(text.replace("[dates]", f"[dates]\nvoided_on = {today}"))
        wait(lambda: _effect(made) == "DENY")
        wait(lambda: _incidents(made))
        [each] = _incidents(made)
        assert each["finding"]["says"] == f"The document test-baa, which was in use, was voided on {today}."
        assert each["incident"]["requests"]
        baa.write_text(text)  # a new one is on file
        wait(lambda: "openai/covered" in _run(made, "register", "coverage", "--label", "phi")[1])
        assert _effect(made) == "DENY", "until a person has acknowledged that it lapsed"
        assert (
            _run(made, "probe", "acknowledge", each["finding"]["id"], "--by", "P.", "--reason", "signed anew")[0] == 0
        )
        wait(lambda: _effect(made) == "ALLOW")


def test_reconcile_finds_what_went_past(tmp_path: Path, api: AdminApi) -> None:
    with probed(tmp_path, api) as made:
        requests = sum(
            1 for each in made.records() if each["phase"] == "ended" and each["body"].get("outcome") == "completed"
        )
        day = made.records()[0]["time"][:10]
        assert _reconcile(made, api, day, requests)[0] == 0
        code, said = _reconcile(made, api, day, requests + 1)
        assert code == 1 and "bypass" in said
        code, said = _reconcile(made, api, day, requests, keys=("key_ours", "key_other"))
        assert code == 1 and "does not hold" in said
        assert [each["all_findings"] for each in _wait_notices(made, "posture_reconciled", 3)] == [0, 1, 1]


def _wait_notices(made: Place, event: str, count: int) -> list[dict[str, Any]]:
    wait(lambda: len(_notices(made, event)) >= count)
    return _notices(made, event)


def _reconcile(
    made: Place, api: AdminApi, day: str, requests: int, keys: tuple[str, ...] = ("key_ours",)
) -> tuple[int, str]:
    from datetime import datetime

    start = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())
    result = {
        "object": "organization.usage.completions.result",
        "num_model_requests": requests,
        "input_tokens": requests * 9,
        "output_tokens": requests * 3,
        "project_id": "proj_a",
        "api_key_id": "key_ours",
    }
    used = [{"object": "bucket", "start_time": start, "end_time": start + 86400, "results": [result]}]
    answers: dict[str, Any] = scripted.openai()
    for kind in ("completions", "embeddings", "moderations", "images", "audio_speeches", "audio_transcriptions"):
        answers[f"/organization/usage/{kind}"] = scripted.buckets(used if kind == "completions" else [])
    answers["/organization/projects/proj_a/api_keys"] = scripted.paged([{"id": each, "name": each} for each in keys], 1)
    api.answers = answers
    return _run(made, "probe", "reconcile", "--since", day)
