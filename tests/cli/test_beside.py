"""`ringfence custodian`, `review` and `incident affected`: the people who open what is sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.conftest import Cli
from ringfence.gateway.home import Home
from ringfence.posture import Store
from ringfence.sidecar import people
from ringfence.sidecar.content import Contents, ContentWriter
from ringfence.sidecar.subjects import Subjects
from ringfence.vocabulary.posture import Affected, Incident
from support import beside
from support.home import records

TWO = "MRN: 4471992 again, SSN 219-09-9999; and somebody else, MRN: 5512345, SSN 457-55-5462."


@pytest.fixture
def filled(cli: Cli) -> Iterator[tuple[Cli, Home]]:
    """Three requests that left masked, one that was denied; and PASSPHRASE in a file."""
    home = beside.made(cli.home)
    beside.post(home, [beside.BODY, TWO, "Nothing to see."])
    beside.post(home, [beside.BODY], model="gpt-4o")
    yield cli, home


def keys(home: Home, one: str, other: str) -> list[str]:
    file = str(home.folder / "passphrase")
    private = home.folder / "keys"
    return [
        *("--key-a", f"{private / one}.pem", "--passphrase-file-a", file),
        *("--key-b", f"{private / other}.pem", "--passphrase-file-b", file),
    ]


def reviewed(cli: Cli, home: Home, *more: str) -> Any:
    file = str(home.folder / "passphrase")
    private = str(home.folder / "keys" / "rev.pem")
    return cli("review", "--key", private, "--passphrase-file", file, "--seed", "1", *more)


def test_custodian_makes_a_pair_that_opens(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(beside.PASSPHRASE + "\n")
    arguments = ("custodian", "create", "dora", "--folder", str(tmp_path), "--passphrase-file")
    result = cli(*arguments, str(tmp_path / "secret"))
    assert result.code == 0
    assert people.load_private(tmp_path / "dora.pem", beside.PASSPHRASE)
    assert people.load_opener(tmp_path / "dora.pub").id == "dora"
    assert cli(*arguments, str(tmp_path / "secret")).code == 3


# --- review


def test_review_agrees_where_the_detectors_are_the_same(filled: tuple[Cli, Home]) -> None:
    cli, home = filled
    result = reviewed(cli, home, "--json")
    assert result.code == 0
    assert result.json["totals"]["verdicts"] == {"agree": 4}
    assert {each["bytes"] for each in result.json["records"]} == {"same"}
    population = result.json["population"]
    assert (population["decided"], population["drawn"], len(population["kept"])) == (4, 4, 4)
    text = reviewed(cli, home)
    assert "4 reviewed: agree 4" in text.out
    assert "4471992" not in text.out + json.dumps(result.json)


def test_review_prints_content_only_when_asked_to(filled: tuple[Cli, Home], tmp_path: Path) -> None:
    cli, home = filled
    result = reviewed(cli, home, "--show", "--n", "2", "--out", str(tmp_path / "out.json"))
    assert result.out.count("--- record") == 2
    assert "needs a refill" in result.out or "somebody else" in result.out or "Nothing to see" in result.out
    written = json.loads((tmp_path / "out.json").read_text())
    assert len(written["records"]) == 2
    assert "refill" not in json.dumps(written)


def test_review_names_what_was_found_then_and_not_now(filled: tuple[Cli, Home]) -> None:
    """A record that says otherwise stands for other detectors at the time."""
    cli, home = filled
    index = Contents(home.content).indexes()[0]
    contents = Contents(home.content)
    kept = contents.open(index, beside.key_of("rev"))
    [path] = [path for path in home.content.rglob("*.sealed") if path.name == f"{index:020d}.sealed"]
    path.unlink()
    other = ContentWriter(home.content, people.load_opener(home.folder / "rev.pub"), now=lambda: datetime.now(UTC))
    other.write(index, msgspec.structs.replace(kept, labels=("part2",)))
    result = reviewed(cli, home, "--json")
    assert result.code == 1
    [changed] = [each for each in result.json["records"] if each["verdict"] != "agree"]
    assert (changed["index"], changed["verdict"], changed["more"]) == (index, "more now", {"label:part2": 1})


def test_review_refuses_bytes_that_are_not_those_on_record(filled: tuple[Cli, Home]) -> None:
    cli, home = filled
    contents = Contents(home.content)
    first, second = contents.indexes()[:2]
    kept = contents.open(first, beside.key_of("rev"))
    for path in home.content.rglob(f"{second:020d}.sealed"):
        path.unlink()
    writer = ContentWriter(home.content, people.load_opener(home.folder / "rev.pub"), now=lambda: datetime.now(UTC))
    writer.write(second, kept)
    for path in home.content.rglob(f"{first:020d}.sealed"):
        path.write_bytes(path.read_bytes()[:-1])
    result = reviewed(cli, home, "--json")
    by_index = {each["index"]: each for each in result.json["records"]}
    assert by_index[second]["bytes"] == "different"
    assert by_index[first]["bytes"] == "not opened"
    assert result.json["totals"]["verdicts"] == {"agree": 2, "not reviewed": 2}
    assert result.code == 1


def test_review_takes_the_reviewers_key_alone(filled: tuple[Cli, Home]) -> None:
    cli, home = filled
    arguments = ["review", "--seed", "1", "--key", str(home.folder / "keys/anna.pem"), "--passphrase-file"]
    result = cli(*arguments, str(home.folder / "passphrase"))
    assert result.code == 1
    assert "not reviewed 4" in result.out
    (home.folder / "wrong").write_text("something else here")
    cli(*arguments, str(home.folder / "wrong")).fails(3, "the passphrase is wrong")


# --- who was affected


def test_affected_with_two_keys_says_who(filled: tuple[Cli, Home]) -> None:
    cli, home = filled
    today = str(datetime.now(UTC).date())
    arguments = ["incident", "affected", "--from", today, "--to", today, "--discovered", "2031-01-10"]
    found = cli(*arguments, "--json", *keys(home, "anna", "carla")).json
    decided = [each["index"] for each in records(home.folder) if each["phase"] == "decided"]
    assert (found["requests"], found["records"]) == (3, decided[:3])
    [subject] = found["subjects"]
    values = {each["value"] for each in subject["identifiers"]}
    assert {"4471992", "5512345", "219-09-9999", "457-55-5462", "maria.keller@example.com"} <= values
    assert (subject["at_least"], found["at_least"], subject["exposed"]) == (2, 2, False)
    assert found["unknown"]["no_identifiers"] == [decided[2]]
    [at] = found["services"]
    masked = [each for each in records(home.folder) if each["body"].get("form") == "masked"]
    assert (at["service"], at["requests"], at["masked"]) == ("openai/covered", 3, len(masked))
    assert {each["id"] for each in at["paper"]["documents"]} >= {"test-baa"}
    assert at["paper"]["retention"]
    assert {each["id"]: each["due_on"] for each in found["deadlines"]}["individuals"] == "2031-03-11"
    assert len(found["assessment"]) == 4
    text = cli(*arguments, *keys(home, "bert", "anna")).out
    assert "at least 2 people" in text
    assert "DRAFT risk assessment" in text
    assert "Not covered: State law" in text


def test_affected_without_keys_says_all_but_who(filled: tuple[Cli, Home]) -> None:
    cli, _ = filled
    result = cli("incident", "affected", "--from", "2020-01-01")
    assert result.code == 0
    assert "Who: sealed." in result.out
    assert "3 requests with regulated data left" in result.out
    assert "4471992" not in result.out


def test_affected_by_an_incident(filled: tuple[Cli, Home]) -> None:
    cli, home = filled
    first = next(each for each in records(home.folder) if each["phase"] == "decided")
    request = Affected(first["index"], first["time"], "openai/covered", ("phi",), "MASK", "masked")
    store = Store(home.posture, home.incidents)
    opened_at = datetime(2031, 1, 1, tzinfo=UTC)
    with store.locked():
        store.keep(
            Incident(
                id="incident-1",
                drift="f-1",
                says="Zero data retention was off.",
                opened_at=opened_at,
                since=None,
                services=("openai/covered",),
                requests=(request,),
            )
        )
    found = cli("incident", "affected", "incident-1", "--json").json
    assert found["records"] == [first["index"]]
    assert "Zero data retention was off." in found["about"]
    cli("incident", "affected", "incident-9").fails(3, "no incident incident-9")


@pytest.mark.parametrize("arguments", [[], ["i-1", "--from", "2020-01-01"]])
def test_affected_wants_an_incident_or_a_period(arguments: list[str], cli: Cli) -> None:
    cli("incident", "affected", *arguments).fails(2)


def test_affected_names_lost_entries_and_one_custodian_opens_nothing(filled: tuple[Cli, Home]) -> None:
    cli, home = filled
    decided = [each["index"] for each in records(home.folder) if each["phase"] == "decided"]
    Subjects(home.subjects).erase({decided[0]})
    arguments = ("incident", "affected", "--from", "2020-01-01", "--json")
    assert cli(*arguments, *keys(home, "anna", "bert")).json["unknown"]["no_entry"] == [decided[0]]
    assert cli(*arguments).json["unknown"]["no_entry"] == [decided[0]]
    cli(*arguments, *keys(home, "anna", "anna")).fails(3, "does not open with these two keys")
    cli(*arguments, *keys(home, "anna", "bert")[:4]).fails(3, "one custodian opens nothing")
    [path] = [path for path in home.subjects.iterdir() if path.stat().st_size]
    path.write_bytes(path.read_bytes()[:-3])
    found = cli(*arguments, *keys(home, "anna", "bert")).json
    assert found["problems"] == [f"{path.name}@{found['problems'][0].split('@')[1]}"]
    assert decided[2] not in found["unknown"]["no_entry"]  # it named nobody, and its record says so
    assert date.fromisoformat(found["discovered"])
