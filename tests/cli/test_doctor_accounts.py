"""`ringfence doctor` on accounts: what the last probe left, one line each, and nothing asked of the vendor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Cli
from support import admin_apis as scripted
from support import home as written
from support.admin_apis import AdminApi, Says

SETTINGS = """
[[account]]
vendor = "openai"
base_url = "{url}"
credential = "env:OPENAI_ADMIN_KEY"
keys = ["key_ours"]
"""
RETENTION = "/organization/data_retention"


@pytest.fixture
def api() -> Iterator[AdminApi]:
    with AdminApi(scripted.openai()) as made:
        yield made


@pytest.fixture
def office(cli: Cli, api: AdminApi, monkeypatch: pytest.MonkeyPatch) -> Cli:
    written.write(cli.home, 1, settings=SETTINGS.format(url=api.url))
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-very-secret")
    return cli


def line(cli: Cli) -> dict[str, Any]:
    said = cli("doctor", "--json")
    assert "sk-admin" not in said.out
    [found] = [each for each in said.json if each["where"] == "account openai"]
    return found


def state_file(home: Path) -> Path:
    [path] = home.rglob("posture/accounts/openai.json")
    return path


def test_an_account_that_agrees(office: Cli, api: AdminApi) -> None:
    assert line(office)["severity"] == "warning", "never probed"
    office("probe")
    api.answers = {}  # from here on an answer would be bad news
    found = line(office)
    assert found["severity"] == "ok"
    assert found["says"].startswith("as documents claim; probed 20")


def test_drift_is_an_error_until_set_right_and_acknowledged(office: Cli, api: AdminApi) -> None:
    api.answers = scripted.openai(projects=[("proj_a", "none")])
    drift = json.loads(office("probe", "--json").out)["open"][0]["id"]
    found = line(office)
    assert (found["severity"], "not acknowledged: 1" in found["says"], "incident list" in found["remedy"]) == (
        "error",
        True,
        True,
    )
    office("probe", "acknowledge", drift, "--by", "P. Officer", "--reason", "a ticket")
    assert line(office)["severity"] == "error", "acknowledged is not set right"
    api.answers = scripted.openai()
    office("probe")
    assert line(office)["severity"] == "ok"


@pytest.mark.parametrize("old", [False, True], ids=["never read", "expired"])
def test_what_was_not_read_in_time_does_not_count(office: Cli, api: AdminApi, old: bool) -> None:
    if old:
        office("probe")
        path = state_file(office.home)
        state = json.loads(path.read_text())
        path.write_text(json.dumps(state | {"verified_until": "2020-01-02T03:04:05Z"}))
    else:
        api.answers = scripted.openai() | {RETENTION: Says(403)}
        office("probe")
    found = line(office)
    assert found["severity"] == "warning"
    assert ("expired at 2020-01-02 03:04 UTC" if old else "never read") in found["says"]
    assert "ringfence probe" in found["remedy"]
