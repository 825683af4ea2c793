"""`ringfence keys`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.conftest import Cli
from ringfence.gateway.keys import KeyStore
from support.needs import need_package

WHO = ("--client", "clinic", "--purpose", "letters")


def test_key_is_printed_once_and_works(cli: Cli) -> None:
    result = cli("keys", "create", *WHO, "--handles", "phi", "--handles", "personal", "--source", "ehr")
    assert result.code == 0
    text = re.fullmatch(r"export RINGFENCE_KEY=(rf_\w{10}_[\w-]{43})\n", result.out)
    assert text
    key = KeyStore(cli.home).authenticate(text[1])
    assert (key.client, key.purpose, key.handles, key.sources) == ("clinic", "letters", ("phi", "personal"), ("ehr",))
    assert "Shown once" in result.err
    listed = cli("keys", "list")
    assert text[1] not in listed.out
    assert all(word in listed.out for word in (key.id, "in use", "clinic", "phi, personal", "reroute", "letters"))


def test_key_as_json(cli: Cli) -> None:
    made = cli("keys", "create", *WHO, "--json").json
    assert KeyStore(cli.home).authenticate(made["key"]).id == made["id"]
    [listed] = cli("keys", "list", "--json").json
    assert listed == {name: value for name, value in made.items() if name != "key"}
    assert "digest" not in listed
    assert listed["handles"] == []


def test_declares_nothing_in_words(cli: Cli) -> None:
    assert "handles anything (declares nothing)" in cli("keys", "create", *WHO).err
    assert "anything (declares nothing)" in cli("keys", "list").out


def test_other_members(cli: Cli) -> None:
    options = ("--model", "gpt-*", "--needs-identity", "--on-uncovered", "deny", "--expires", "2999-12-31")
    made = cli("keys", "create", *WHO, *options, "--json").json
    assert (made["models"], made["needs_identity"], made["on_uncovered"]) == (["gpt-*"], True, "deny")
    assert made["expires"].startswith("2999-12-31T23:59:59")


def test_disable(cli: Cli) -> None:
    made = cli("keys", "create", *WHO, "--json").json
    assert cli("keys", "disable", made["id"]).out == f"Key {made['id']} is disabled.\n"
    assert cli("keys", "list", "--json").json[0]["disabled"] is True
    assert "disabled" in cli("keys", "list").out


def test_expired_key_is_listed_as_such(cli: Cli) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date()
    cli("keys", "create", *WHO, "--expires", str(yesterday))
    assert "expired" in cli("keys", "list").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--client", "a"),
        ("--purpose", "b"),
        ("--client", "", "--purpose", "b"),
        ("--client", "a", "--purpose", "  "),
        (*WHO, "--handles", "everything"),
        (*WHO, "--on-uncovered", "allow"),
        (*WHO, "--expires", "tomorrow"),
    ],
)
def test_wrong_arguments(arguments: tuple[str, ...], cli: Cli) -> None:
    cli("keys", "create", *arguments).fails(2, "Error: ")
    assert cli("keys", "list", "--json").json == []


def test_key_that_is_not_there(cli: Cli) -> None:
    cli("keys", "disable", "nobody").fails(3, "no key nobody", "ringfence keys list")


def test_broken_file(cli: Cli) -> None:
    (cli.home / "keys.json").write_text("{")
    cli("keys", "list").fails(3, "keys.json", "backup")


def test_pepper_that_others_can_read(cli: Cli) -> None:
    cli("keys", "create", *WHO)
    (cli.home / "keys.pepper").chmod(0o644)
    cli("keys", "list").fails(3, "others can read it", "chmod 600")


def test_fresh_home_is_for_its_owner(cli: Cli, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    assert cli("--home", str(fresh), "keys", "create", *WHO).code == 0
    assert fresh.stat().st_mode & 0o777 == 0o700


def test_listing_a_home_that_is_not_there_yet(cli: Cli, tmp_path: Path) -> None:
    assert cli("--home", str(tmp_path / "fresh"), "keys", "list", "--json").json == []
    assert not (tmp_path / "fresh").exists() or (tmp_path / "fresh").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("url", ["", "postgresql://nobody@127.0.0.1:1/nothing"])
def test_a_key_is_made_where_the_shared_ledger_is_away(cli: Cli, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    need_package("asyncpg")
    monkeypatch.setenv("LEDGER_URL", url)
    with (cli.home / "ringfence.toml").open("a") as settings:
        settings.write('\n[ledger]\nstore = "postgres"\npostgres = "env:LEDGER_URL"\n')
    made = cli("keys", "create", "--client", "acme", "--purpose", "triage", "--json")
    assert (made.code, made.json["client"]) == (0, "acme")
    assert "not on record yet" in made.err
    assert len(list((cli.home / "pending").iterdir())) == 1
