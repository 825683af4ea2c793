"""`ringfence approver`, `approve`, `exception` and `change`, as people use them one after another."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cli.conftest import Cli, Result
from ringfence.approvals import read_proposal
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.changes import user
from ringfence.gateway.state import load_policy

WORDS = "correct horse battery"
PROPOSE = ("--service", "openai/*", "--client", "clinic", "--reason", "a pilot", "--by", "Dan")


@pytest.fixture
def words(cli: Cli) -> str:
    path = cli.home / "words"
    path.write_text(f"{WORDS}\n")
    return str(path)


@pytest.fixture
def enrolled(cli: Cli, words: str) -> Cli:
    for name in ("ann", "ben"):
        who = ("--name", name.title(), "--role", "officer", "--key", _key(cli, name))
        made = cli("approver", "create", name, *who, "--passphrase-file", words)
        assert made.code == 0, made.err
    return cli


def _key(cli: Cli, name: str) -> str:
    return str(cli.home / f"{name}.pem")


def _approve(cli: Cli, who: str, *more: str, stdin: str = "") -> Result:
    file = str(cli.home / "exceptions/pilot.json")
    return cli("approve", file, "--as", who, "--key", _key(cli, who), "--reason", "looked at it", *more, stdin=stdin)


def test_enrolling(enrolled: Cli, words: str) -> None:
    listed = enrolled("approver", "list").out
    assert "ann" in listed
    assert "Ann, officer" in listed
    assert [each["id"] for each in enrolled("approver", "list", "--json").json] == ["ann", "ben"]
    pem = enrolled.home / "ann.pem"
    assert stat.S_IMODE(pem.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in pem.read_bytes()
    again = ("approver", "create", "ann", "--name", "A", "--role", "r", "--passphrase-file", words)
    enrolled(*again, "--key", _key(enrolled, "new")).fails(3, "enrolled already")
    assert not (enrolled.home / "new.pem").exists()
    enrolled("approver", "create", "A b", *again[3:], "--key", _key(enrolled, "new")).fails(3, "id")
    assert not (enrolled.home / "new.pem").exists()


def test_nobody_is_enrolled(cli: Cli) -> None:
    assert "Nobody is enrolled" in cli("approver", "list").out
    assert "There is no exception" in cli("exception", "list").out


@pytest.mark.filterwarnings("ignore::getpass.GetPassWarning")
def test_a_passphrase_is_asked_for_where_no_file_is_named(cli: Cli) -> None:
    create = ("approver", "create", "ann", "--name", "Ann", "--role", "r", "--key", _key(cli, "ann"))
    assert cli(*create, stdin=f"{WORDS}\n{WORDS}\n").code == 0
    short = cli("approver", "create", "ben", *create[3:], stdin="short\nshort\n")
    assert short.code == 3
    assert "fewer than 12" in short.err


def test_two_people_and_then_it_counts(enrolled: Cli, words: str) -> None:
    assert enrolled("exception", "propose", "pilot", "--label", "confidential", *PROPOSE, "--days", "7").code == 0
    file = str(enrolled.home / "exceptions/pilot.json")
    assert enrolled("exception", "check", file).code == 1
    shown = _approve(enrolled, "ann", "--yes", "--passphrase-file", words)
    for line in ("act: exception", "label: confidential", "clients: clinic", "reason: a pilot", "so far by: nobody"):
        assert line in shown.out
    assert "needs 2 people, and ann approved it" in enrolled("exception", "list").out
    _approve(enrolled, "ann", "--yes", "--passphrase-file", words).fails(3, "has approved it already")
    assert "Approved by ann, ben." in _approve(enrolled, "ben", "--yes", "--passphrase-file", words).out
    checked = enrolled("exception", "check", file)
    assert checked.code == 0
    assert "in force" in checked.out
    [entry] = enrolled("exception", "list", "--json").json
    assert (entry["state"], entry["approved_by"]) == ("in force", ["ann", "ben"])
    assert "1 exceptions are in force" in enrolled("doctor").out


@pytest.mark.filterwarnings("ignore::getpass.GetPassWarning")
def test_without_yes_it_asks_and_no_signs_nothing(enrolled: Cli, words: str) -> None:
    enrolled("exception", "propose", "pilot", "--label", "confidential", *PROPOSE)
    file = enrolled.home / "exceptions/pilot.json"
    assert _approve(enrolled, "ann", "--passphrase-file", words, stdin="n\n").code == 130
    assert read_proposal(file).approvals == ()
    assert _approve(enrolled, "ann", stdin=f"y\n{WORDS}\n").code == 0
    assert len(read_proposal(file).approvals) == 1


def test_what_approve_refuses(enrolled: Cli, words: str) -> None:
    enrolled("exception", "propose", "pilot", "--label", "confidential", *PROPOSE)
    file = str(enrolled.home / "exceptions/pilot.json")
    rest = ("--reason", "r", "--yes", "--passphrase-file", words)
    enrolled("approve", file, "--as", "dan", "--key", _key(enrolled, "ann"), *rest).fails(3, "dan is not enrolled")
    enrolled("approve", file, "--as", "ann", "--key", _key(enrolled, "ben"), *rest).fails(3, "not ann's")
    other = enrolled.home / "other"
    other.write_text("another passphrase")
    wrong = ("--reason", "r", "--yes", "--passphrase-file", str(other))
    enrolled("approve", file, "--as", "ann", "--key", _key(enrolled, "ann"), *wrong).fails(3, "can't be opened")
    other.write_bytes(b"\xff")
    enrolled("approve", file, "--as", "ann", "--key", _key(enrolled, "ann"), *wrong).fails(3, "UTF-8")
    assert read_proposal(Path(file)).approvals == ()


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (("--label", "phi"), "no exception can lift"),
        (("--label", "secret"), "no exception can lift"),
        ((), "either one rule or one label"),
        (("--label", "confidential", "--rule", "unknown-field"), "either one rule or one label"),
        (("--label", "confidential", "--days", "91"), "more than 90 days"),
    ],
)
def test_what_would_never_count_is_not_proposed(what: tuple[str, ...], says: str, cli: Cli) -> None:
    cli("exception", "propose", "pilot", *what, *PROPOSE).fails(3, says)
    assert not (cli.home / "exceptions").exists()


def test_the_longest_time_is_a_setting(cli: Cli) -> None:
    with (cli.home / "ringfence.toml").open("a") as file:
        file.write("[exceptions]\nmax_days = 7\n")
    propose = ("exception", "propose", "pilot", "--label", "confidential", *PROPOSE)
    cli(*propose, "--days", "8").fails(3, "more than 7 days")
    assert cli(*propose, "--days", "7").code == 0
    cli(*propose, "--days", "7").fails(3, "there already")


def test_a_later_first_day(cli: Cli) -> None:
    cli("exception", "propose", "pilot", "--rule", "unknown-field", *PROPOSE, "--starts", "2999-01-01", "--days", "2")
    body = read_proposal(cli.home / "exceptions/pilot.json").act.body
    assert (body["starts"], body["expires"]) == ("2999-01-01T00:00:00Z", "2999-01-03T00:00:00Z")


def test_an_exception_that_does_not_count_is_told_by_doctor(cli: Cli) -> None:
    (cli.home / "exceptions").mkdir()
    (cli.home / "exceptions/bad.json").write_text("{")
    assert "bad.json does not count" in cli("doctor").out


def test_a_change_is_proposed_by_its_digest(enrolled: Cli) -> None:
    home = homes.find(enrolled.home, enrolled.home / "ringfence.toml")
    for what in ("register", "policy", "key"):
        assert enrolled("change", "propose", what, "--reason", "r").code == 0
    files = sorted((enrolled.home / "approvers/changes").iterdir())
    assert [path.name.split("-")[0] for path in files] == ["key", "policy", "register"]
    act = read_proposal(files[1]).act
    assert act.kind == "policy_change"
    assert act.body == {"digest": load_policy(home.policies).digest, "reason": "r"}


def test_who_made_a_key_waits_for_the_gateway_where_there_is_no_ledger(cli: Cli) -> None:
    key = cli("keys", "create", "--client", "clinic", "--purpose", "p", "--json").json["id"]
    cli("keys", "disable", key)
    bodies = [json.loads(path.read_text()) for path in sorted((cli.home / "pending").glob("*.json"))]
    assert [(each["event"], each["key"], each["client"]) for each in bodies] == [
        ("key_created", key, "clinic"),
        ("key_disabled", key, "clinic"),
    ]
    assert all(each["actor"].startswith("os:") and each["approvers"] == [] for each in bodies)
    assert not (cli.home / "ledger").exists()


def test_who_disabled_a_key_is_on_record_at_once_where_there_is_a_ledger(cli: Cli) -> None:
    key = cli("keys", "create", "--client", "clinic", "--purpose", "p", "--json").json["id"]
    home = homes.find(cli.home, cli.home / "ringfence.toml")
    boot.open_ledger(home, lambda _: None, {}).close()
    cli("keys", "disable", key)
    bodies = [json.loads(entry.leaf)["body"] for entry in boot.reader(home).entries()]
    [said] = [body for body in bodies if body["event"] == "key_disabled"]
    assert (said["key"], said["actor"]) == (key, user(cli.home.stat().st_uid))


def test_explain_says_that_an_exception_made_the_difference(
    enrolled: Cli, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    ask = ("explain", "Hello.", "--handles", "confidential", "--client", "clinic", "--on-uncovered", "deny")
    assert enrolled(*ask, "--json").json["effect"] == "DENY"
    enrolled("exception", "propose", "pilot", "--label", "confidential", *PROPOSE)
    for who in ("ann", "ben"):
        _approve(enrolled, who, "--yes", "--passphrase-file", words)
    explained = enrolled(*ask, "--json").json
    assert (explained["effect"], explained["exceptions"]) == ("ALLOW", ["pilot"])
    assert "excepted by pilot" in enrolled(*ask).out


def test_enrolling_first_leaves_the_state_folder_to_its_owner(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and the ledger come there later."""
    folder, words = cli.home.parent / "fresh", cli.home / "words"
    words.write_text(f"{WORDS}\n")
    monkeypatch.setenv("RINGFENCE_HOME", str(folder))
    who = ("--name", "Ann", "--role", "officer", "--key", _key(cli, "ann"))
    made = cli("approver", "create", "ann", *who, "--passphrase-file", str(words))
    assert made.code == 0, made.err
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
