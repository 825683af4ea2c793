"""`ringfence register`: services and documents, and what they cover."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.conftest import Cli, Result
from support import home

TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=100)
PARTIES = ("--party", "Us=covered_entity", "--party", "OpenAI=business_associate")


@pytest.fixture
def office(cli: Cli) -> Cli:
    """A home with a BAA, a ZDR approval and a DPA for one service of OpenAI."""
    home.write(cli.home, 1)
    return cli


def _add(cli: Cli, *more: str, kind: str = "baa") -> Result:
    return cli("register", "add", kind, "--id", "baa-1", "--subject", "openai", *PARTIES, *more)


def test_list_of_an_empty_register(cli: Cli) -> None:
    result = cli("register", "list")
    assert "openai/chat-completions" in result.out
    assert "No document is on file, so vendors cover `general` only." in result.out
    listed = cli("register", "list", "--json").json
    assert listed["documents"] == []
    assert "openai/chat-completions" in {service["id"] for service in listed["services"]}


def test_list_says_which_documents_count(office: Cli) -> None:
    documents = {each["id"]: each for each in office("register", "list", "--json").json["documents"]}
    assert set(documents) == {"test-baa", "test-dpa", "test-zdr_approval"}
    assert all(each["counts"] for each in documents.values())
    assert "test-baa" in office("register", "list").out
    assert "until " in office("register", "list").out


def test_coverage_by_service_label_and_day(office: Cli) -> None:
    def covered(*options: str) -> dict[tuple[str, str], bool]:
        rows = office("register", "coverage", "--json", *options).json
        return {(row["service"], row["label"]): row["covered"] for row in rows}

    both = ("--service", home.COVERED, "--service", home.UNCOVERED, "--label", "phi", "--label", "general")
    assert covered(*both) == {
        (home.COVERED, "phi"): True,
        (home.COVERED, "general"): True,
        (home.UNCOVERED, "phi"): False,
        (home.UNCOVERED, "general"): True,
    }
    then = str(TODAY + timedelta(days=400))
    assert covered("--service", home.COVERED, "--label", "phi", "--on", then) == {(home.COVERED, "phi"): False}
    said = office("register", "coverage", "--service", home.COVERED, "--label", "phi").out
    assert "test-baa, test-zdr_approval" in said
    why = office("register", "coverage", "--service", home.UNCOVERED, "--label", "phi").out
    assert "does not name openai/chat-completions" in why


def test_add_writes_a_file_that_says_what_is_missing(cli: Cli, tmp_path: Path) -> None:
    paper = tmp_path / "baa.pdf"
    paper.write_bytes(b"%PDF")
    result = _add(cli, "--file", str(paper), "--title", "BAA 2026")
    assert result.code == 0
    path = cli.home / "register/documents/baa-1.toml"
    assert f"wrote {path}" in result.out
    assert "It does not count yet: " in result.out
    tree = tomllib.loads(path.read_text())
    assert tree["file"]["sha256"] == hashlib.sha256(b"%PDF").hexdigest()
    assert tree["parties"][0] == {"name": "Us", "role": "covered_entity"}


def test_add_whole_document_counts_at_once(cli: Cli, tmp_path: Path) -> None:
    paper = tmp_path / "baa.pdf"
    paper.write_bytes(b"%PDF")
    sets = {
        "dates.effective_on": TODAY,
        "dates.ends_on": LATER,
        "scope.services": '["openai/chat-completions"]',
        "scope.labels": '["phi"]',
        "review.reviewed_by": "A. Reviewer",
        "review.reviewed_on": TODAY,
        "review.expires_on": LATER,
        "limits.ai": "permitted",
        "limits.subcontractors": "permitted",
    }
    options = [word for name, value in sets.items() for word in ("--set", f"{name}={value}")]
    result = _add(cli, "--file", str(paper), *options)
    assert f"It counts today, until {LATER}." in result.out, result.out
    assert cli("register", "check").code == 0


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (("--set", "dates.ends_on"), 2, "TABLE.FIELD=VALUE"),
        (("--set", "ends_on=2030-01-01"), 2, "TABLE.FIELD=VALUE"),
        (("--party", "Us"), 2, "NAME=ROLE"),
        (("--file", "/no/such/paper.pdf"), 2, "does not exist"),
        (("--set", "dates.sometime=2030-01-01"), 3, "sometime"),
        (("--set", "nothing.field=1"), 2, "no table 'nothing'"),
    ],
)
def test_add_with_wrong_arguments_writes_nothing(more: tuple[str, ...], code: int, says: str, cli: Cli) -> None:
    _add(cli, *more).fails(code, says)
    assert not list(cli.home.rglob("register/documents/*.toml"))


@pytest.mark.parametrize("name", ["../../keys", "a/b", "", ".hidden", "a b", "x" * 300])
def test_add_under_a_name_that_is_no_name(name: str, cli: Cli) -> None:
    before = sorted(cli.home.rglob("*.toml"))
    result = cli("register", "add", "baa", "--id", name, "--subject", "openai", *PARTIES)
    result.fails(3)
    assert sorted(cli.home.rglob("*.toml")) == before


def test_add_keeps_what_is_there(cli: Cli) -> None:
    _add(cli)
    path = cli.home / "register/documents/baa-1.toml"
    before = path.read_text()
    _add(cli, "--title", "another").fails(3, "is there already", "another --id")
    assert path.read_text() == before


def test_check_of_a_sound_register(office: Cli) -> None:
    problems = office("register", "check", "--json")
    assert problems.code == 0
    # The home's own terms replace the shipped ones, which is worth a word; those expire, in some year.
    assert {problem["severity"] for problem in problems.json} == {"warning"}
    assert not [problem for problem in problems.json if "/documents/" in problem["where"]]
    assert office("register", "check").out.count("remedy: ") == len(problems.json)


def test_check_names_every_broken_file(office: Cli) -> None:
    (office.home / "register/documents/new.toml").write_text('kind = "ba')
    (office.home / "register/services/new.toml").write_text("x = 1\n")
    result = office("register", "check")
    assert result.code == 1
    assert "documents/new.toml" in result.out
    assert "services/new.toml" in result.out
    assert result.out.count("remedy: ") == 2
    problems = office("register", "check", "--json")
    assert problems.code == 1
    assert [problem["severity"] for problem in problems.json].count("error") == 2
    office("register", "list").fails(3, "new.toml", "")
    office("register", "coverage").fails(3, "1 more")


def test_check_warns_of_what_has_ended_and_still_is_0(office: Cli) -> None:
    path = office.home / "register/documents/dpa.toml"
    path.write_text(home.document("dpa", TODAY - timedelta(days=800)))
    result = office("register", "check")
    assert result.code == 0
    assert "warning" in result.out
    assert "test-dpa" in result.out


def test_needs_tell_law_from_house_policy(office: Cli) -> None:
    printed = office("register", "needs").out
    assert "phi-zdr" in printed
    assert "house policy" in printed
    rows = {row["need"]: row for row in office("register", "needs", "--json").json}
    assert (rows["phi-baa"]["basis"], rows["phi-baa"]["relaxable"]) == ("law", False)
    assert (rows["phi-zdr"]["basis"], rows["phi-zdr"]["relaxable"]) == ("house policy", True)
    relax = (
        '[[relax]]\nneed = "phi-zdr"\nbecause = "decided"\napproved_by = "Q. Boss"\n'
        f"approved_on = {TODAY}\nexpires_on = {LATER}\n"
    )
    (office.home / "register" / "requirements.toml").write_text(relax)
    assert {r["need"]: r for r in office("register", "needs", "--json").json}["phi-zdr"]["relaxed_until"] == str(LATER)
    assert f"until {LATER}" in office("register", "needs").out
