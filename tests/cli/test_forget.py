"""`ringfence ledger forget` and `ledger hold`, as people use them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.conftest import Cli
from ringfence import approvals
from ringfence.gateway import boot
from ringfence.gateway.home import Home
from ringfence.ledger.verify import verify
from ringfence.sidecar.content import Contents
from ringfence.sidecar.subjects import Subjects
from support import beside
from support.home import records
from support.people import key_of

SEVEN_YEARS_AGO = (datetime.now(UTC) - timedelta(days=2600)).timestamp()


@pytest.fixture
def home(cli: Cli) -> Home:
    """Two old requests, of two keys; and people who may approve."""
    made = beside.made(cli.home)
    rows = [{"key": "k1", "client": "acme", "purpose": "triage"}, {"key": "k2", "client": "acme", "purpose": "refills"}]
    beside.logged(made, lambda: SEVEN_YEARS_AGO, rows)
    beside.enrol(made, "ada", "ben")
    return made


def approve(home: Home, path: Path, *names: str) -> None:
    people, now = approvals.load_people(home.approvers), datetime.now(UTC)
    found = approvals.read_proposal(path)
    for name in names:
        envelope = approvals.approve(found.act, key_of(name), people[name], at=now, reason="seen")
        found = approvals.with_approval(found, envelope, people, now)
    approvals.write_proposal(path, found)


def erased(home: Home) -> int:
    report = verify(home.ledger, highest_path=home.ledger_highest)
    assert report.ok
    return report.erased


def test_old_records_are_forgotten_by_one_person(cli: Cli, home: Home) -> None:
    result = cli("ledger", "forget", "--key", "k1", "--reason", "contract ended", "--yes")
    assert result.code == 0, result.err
    assert "1 requests, 2 records" in result.out
    assert "Forgotten: 2 records" in result.out
    assert erased(home) == 2
    again = cli("ledger", "forget", "--key", "k1", "--reason", "contract ended", "--yes")
    assert (again.code, again.out) == (0, "Nothing is left to forget.\n")
    [done] = [each["body"] for each in records(home.folder) if each["body"].get("event") == "forget_done"]
    assert done["actor"].startswith("os:")


def test_nobody_forgets_without_saying_yes(cli: Cli, home: Home) -> None:
    assert cli("ledger", "forget", "--key", "k1", "--reason", "x", stdin="n\n").code == 130
    assert erased(home) == 0


def test_json_tells_of_the_order(cli: Cli, home: Home) -> None:
    found = cli("ledger", "forget", "--client", "acme", "--reason", "ended", "--yes", "--json").json
    assert (found["order"]["requests"], found["done"]) == (2, True)
    assert erased(home) == 4


@pytest.mark.parametrize(
    "arguments",
    [["--reason", "x"], ["--key", "k1"], ["--key", "k1", "--reason", " "], ["--key", "k1", "--reason", "x" * 501]],
)
def test_what_no_order_is(arguments: list[str], cli: Cli, home: Home) -> None:
    cli("ledger", "forget", *arguments).fails(2)
    assert erased(home) == 0


def test_young_records_need_two_different_people(cli: Cli, home: Home, tmp_path: Path) -> None:
    beside.post(home, [beside.BODY])
    path = tmp_path / "proposal.json"
    result = cli("ledger", "forget", "--client", "test", "--reason", "asked for", "--proposal", str(path), "--yes")
    assert result.code == 1
    assert "younger than 6 years (45 CFR 164.316(b)(2)(i))" in result.err
    cli("ledger", "forget", "--approved", str(path)).fails(3, "needs 2 people, and nobody approved it")
    approve(home, path, "ada")
    cli("ledger", "forget", "--approved", str(path)).fails(3, "needs 2 people", "ben")
    assert erased(home) == 0
    approve(home, path, "ben")
    assert cli("ledger", "forget", "--approved", str(path)).code == 0
    assert erased(home) == 2
    assert (Contents(home.content).indexes(), Subjects(home.subjects).indexes()) == ([], set())


def test_forgetting_a_person_takes_two_custodians(cli: Cli, home: Home, tmp_path: Path) -> None:
    beside.post(home, [beside.BODY, "Another MRN: 5512345 here."])
    path, file = tmp_path / "proposal.json", str(home.folder / "passphrase")
    arguments = ["ledger", "forget", "--subject", "MARIA.keller@Example.com", "--reason", "asked for"]
    cli(*arguments).fails(3, "whose data was in a request is sealed")
    private = home.folder / "keys"
    both = ["--key-a", f"{private}/anna.pem", "--passphrase-file-a", file]
    both += ["--key-b", f"{private}/bert.pem", "--passphrase-file-b", file]
    assert cli(*arguments, *both, "--proposal", str(path)).code == 1
    assert "maria" not in path.read_text().lower()
    assert json.loads(path.read_text())["act"]["body"]["selection"] == {"by_subject": True}
    approve(home, path, "ada", "ben")
    assert cli("ledger", "forget", "--approved", str(path)).code == 0
    assert erased(home) == 2
    [left] = Subjects(home.subjects).indexes()
    assert left == Contents(home.content).indexes()[0]
    assert cli(*arguments, *both).out == "Nothing is left to forget.\n"


def test_a_hold_refuses_until_two_people_release_it(cli: Cli, home: Home, tmp_path: Path) -> None:
    added = cli("ledger", "hold", "add", "--client", "acme", "--reason", "case 12")
    assert added.code == 0
    id_ = added.out.split()[0]
    forget = ("ledger", "forget", "--key", "k1", "--reason", "ended", "--yes")
    cli(*forget).fails(3, "1 requests are under legal hold")
    listed = cli("ledger", "hold", "list", "--json").json
    assert (listed[0]["id"], listed[0]["selection"], listed[0]["reason"]) == (id_, {"client": "acme"}, "case 12")
    path = tmp_path / "release.json"
    cli("ledger", "hold", "release", "hold-9", "--reason", "x").fails(3, "no hold hold-9")
    assert cli("ledger", "hold", "release", id_, "--reason", "settled", "--proposal", str(path)).code == 1
    approve(home, path, "ada")
    cli("ledger", "hold", "release", "--approved", str(path)).fails(3, "needs 2 people")
    cli(*forget).fails(3)
    approve(home, path, "ben")
    assert cli("ledger", "hold", "release", "--approved", str(path)).code == 0
    assert cli("ledger", "hold", "list").out == "There is no hold.\n"
    assert cli(*forget).code == 0
    assert erased(home) == 2
    names = [each["body"].get("event") for each in records(home.folder)]
    assert names.index("hold_added") < names.index("hold_released") < names.index("forget_ordered")


def test_a_hold_on_a_part_leaves_the_rest_to_be_forgotten(cli: Cli, home: Home) -> None:
    cli("ledger", "hold", "add", "--key", "k2", "--reason", "case 12")
    result = cli("ledger", "forget", "--client", "acme", "--reason", "ended", "--yes")
    assert "1 more requests are under legal hold and stay" in result.out
    assert erased(home) == 2


def test_a_hold_added_after_the_approval_refuses(cli: Cli, home: Home, tmp_path: Path) -> None:
    beside.post(home, [beside.BODY])
    path = tmp_path / "proposal.json"
    cli("ledger", "forget", "--client", "test", "--reason", "asked for", "--proposal", str(path))
    approve(home, path, "ada", "ben")
    cli("ledger", "hold", "add", "--reason", "everything")
    cli("ledger", "forget", "--approved", str(path)).fails(3, "under legal hold by now")


def test_a_running_gateway_gets_the_order(cli: Cli, home: Home) -> None:
    ledger = boot.open_ledger(home, lambda _: None, {})
    result = cli("ledger", "forget", "--key", "k1", "--reason", "ended", "--yes")
    assert result.code == 0
    assert "The running gateway carries out order" in result.out
    assert len(list(home.pending.iterdir())) == 1
    ledger.close()
    # The next command goes on with it.
    assert cli("ledger", "forget", "--key", "k1", "--reason", "ended", "--yes").out == "Nothing is left to forget.\n"
    assert erased(home) == 2


def test_dates_bound_a_selection(cli: Cli, home: Home) -> None:
    assert cli("ledger", "forget", "--before", "2001-01-01", "--reason", "x", "--yes").out.startswith("Nothing")
    day = datetime.fromtimestamp(SEVEN_YEARS_AGO + 86_400, UTC).date()
    assert "4 records" in cli("ledger", "forget", "--before", str(day), "--reason", "x", "--yes").out
