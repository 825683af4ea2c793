"""`ringfence probe` and `ringfence incident`, where no gateway runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringfence.cli.app import main
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


@pytest.fixture
def api() -> Iterator[AdminApi]:
    with AdminApi(scripted.openai()) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, api: AdminApi, monkeypatch: pytest.MonkeyPatch) -> Path:
    written.write(tmp_path, 1, settings=SETTINGS.format(url=api.url))
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-very-secret")
    monkeypatch.setenv("RINGFENCE_HOME", str(tmp_path))
    monkeypatch.delenv("RINGFENCE_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capsys.readouterr()
        assert "sk-admin-very-secret" not in said.out + said.err
        return int(ended.value.code or 0), said.out + said.err

    return call


def test_a_clean_account(run: Any, folder: Path) -> None:
    code, said = run("probe")
    assert code == 0
    assert "project proj_a: data_retention is organization_default, zero_data_retention" in " ".join(said.split())
    assert run("incident", "list") == (0, "There is no incident.\n")
    [record] = [each for each in written.records(folder) if each["body"]["event"] == "posture_probed"]
    kinds = {(each["setting"], each["kind"]) for each in record["body"]["findings"]}
    assert ("data_retention", "agrees") in kinds
    assert "sk-admin" not in json.dumps(record)


def test_drift_acknowledged_and_set_right(run: Any, api: AdminApi, folder: Path) -> None:
    api.answers = scripted.openai(projects=[("proj_a", "none")])
    code, said = run("probe", "--json")
    assert code == 1
    [drift] = json.loads(said)["open"]
    assert run("probe")[0] == 1, "it stands open, and is not opened twice"
    [listed] = json.loads(run("incident", "list", "--json")[1])
    assert listed["finding"]["id"] == drift["id"]
    assert "0 regulated requests" in run("incident", "show", listed["incident"]["id"])[1]
    assert drift["says"] in run("incident", "show", drift["id"])[1]
    code, said = run("probe", "acknowledge", drift["id"], "--by", "P. Officer", "--reason", "a ticket")
    assert (code, "still set so" in said) == (0, True)
    assert run("probe")[0] == 1, "acknowledged is not set right"
    [phi] = json.loads(run("register", "coverage", "--service", "openai/covered", "--label", "phi", "--json")[1])
    assert any("test-zdr_approval says zero_data_retention" in reason for reason in phi["reasons"])
    api.answers = scripted.openai()
    assert run("probe")[0] == 0
    assert "acknowledged by P. Officer" in run("incident", "list")[1]
    events = [each["body"]["event"] for each in written.records(folder)]
    assert events.count("posture_acknowledged") == 1
    assert events.count("posture_drift") == 2, "begun and resolved"


@pytest.mark.parametrize("answer", [Says(403), Says(500), Says(raw=b"{")])
def test_what_can_not_be_read_is_bad_news(run: Any, api: AdminApi, answer: Says) -> None:
    api.answers = scripted.openai() | {"/organization/data_retention": answer}
    code, said = run("probe")
    assert code == 1
    assert "could not be read" in " ".join(said.split())


def test_no_account(run: Any, folder: Path) -> None:
    written.write(folder, 1)
    code, said = run("probe")
    assert code == 0
    assert "No account is named" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("probe", "acknowledge", "f-none", "--by", "P.", "--reason", "x"),
        ("incident", "show", "incident-none"),
        ("probe", "acknowledge", "f-none"),
        ("probe", "reconcile", "--days", "0"),
    ],
)
def test_what_is_not_there_is_said(run: Any, arguments: tuple[str, ...]) -> None:
    code, said = run(*arguments)
    assert code in (2, 3)
    assert said


@pytest.mark.parametrize("text", ["", " ", "x" * 2000])
def test_a_word_must_be_one(run: Any, api: AdminApi, text: str) -> None:
    api.answers = scripted.openai(projects=[("proj_a", "none")])
    [drift] = json.loads(run("probe", "--json")[1])["open"]
    assert run("probe", "acknowledge", drift["id"], "--by", "P.", "--reason", text)[0] == 2


def test_reconcile_without_a_whole_day_or_counts(run: Any, api: AdminApi) -> None:
    code, said = run("probe", "reconcile")
    assert code == 1
    assert "of the traffic that the gateway saw" in said
    run("probe")  # makes the ledger
    assert "no whole day yet" in run("probe", "reconcile")[1]
    code, said = run("probe", "reconcile", "--since", "2026-01-01", "--json")
    assert code == 1
    assert "could not be read" in json.loads(said)[0]["why_not"]
