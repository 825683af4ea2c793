"""`ringfence ledger`: verify, show and check a real one."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from cli.conftest import Cli
from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.vocabulary.record import Outcome, Phase, Record

REQUESTS = 3


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose ledger holds a start, three requests and a stop."""
    folder = tmp_path_factory.mktemp("filled")
    home = homes.find(folder, None)
    ledger = boot.open_ledger(home, lambda _error: None, {"version": "tests"})

    async def fill() -> None:
        for number in range(REQUESTS):
            body = {"effect": "ALLOW", "service": "openai/x", "labels": ["general"]}
            contents = {"received": b"in %d" % number, "leaving": b"out %d" % number}
            receipt = await ledger.append(Record(f"r{number}", Phase.DECIDED, body, contents), 5)
            ended = {"decided": receipt.index, "outcome": Outcome.COMPLETED}
            await ledger.append(Record(f"r{number}", Phase.ENDED, ended), 5)

    asyncio.run(fill())
    ledger.close()
    return folder


@pytest.fixture
def kept(filled: Path, cli: Cli) -> Cli:
    """A command line on a copy of it."""
    for path in filled.iterdir():
        target = cli.home / path.name
        shutil.copytree(path, target) if path.is_dir() else shutil.copy(path, target)
    return cli


def test_sound_ledger_verifies(kept: Cli) -> None:
    result = kept("ledger", "verify")
    assert result.code == 0
    assert f"VERIFIED: 8 records, {REQUESTS} decided, {REQUESTS} ended, 0 open" in result.out
    assert "could have rewritten all of it" in result.out
    report = kept("ledger", "verify", "--json").json
    assert (report["ok"], report["size"], report["unended"]) == (True, 8, [])
    assert {step["status"] for step in report["steps"]} <= {"ok", "finding"}


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_changed_bit_is_found(kept: Cli) -> None:
    [segment] = (kept.home / "ledger" / "segments").iterdir()
    _flip(segment, segment.stat().st_size // 2)
    result = kept("ledger", "verify")
    assert result.code == 1
    assert "NOT VERIFIED" in result.out
    assert "failed" in result.out
    assert kept("ledger", "verify", "--json").code == 1


def test_ledger_that_was_rolled_back_is_found(kept: Cli) -> None:
    [segment] = (kept.home / "ledger" / "segments").iterdir()
    segment.write_bytes(segment.read_bytes()[: segment.stat().st_size // 2])
    assert kept("ledger", "verify").code == 1


def test_only_the_trusted_key_signs(kept: Cli) -> None:
    line = (kept.home / "ledger.vkey").read_text().strip()
    assert kept("ledger", "verify", "--public-key", line).code == 0
    other = line[:-4] + ("AAAA" if not line.endswith("AAAA") else "BBBB")
    wrong = kept("ledger", "verify", "--public-key", other)
    assert wrong.code in (1, 3, 4)
    assert "Traceback" not in wrong.err
    assert "VERIFIED: " not in wrong.out.replace("NOT VERIFIED", "")


@pytest.mark.parametrize("line", ["", "nonsense", "a+b+c", "é"])
def test_public_key_that_is_none(line: str, kept: Cli) -> None:
    result = kept("ledger", "verify", "--public-key", line)
    assert result.code in (1, 2, 3, 4)
    assert "Traceback" not in result.err


def test_show(kept: Cli) -> None:
    lines = kept("ledger", "show").out.splitlines()
    assert lines[0].split() == ["INDEX", "TIME", "PHASE", "WHAT", "SERVICE", "LABELS"]
    assert [line.split()[3] for line in lines[1:]] == ["start", *["ALLOW", "completed"] * REQUESTS, "stop"]
    assert "of #1" in lines[3]


def test_show_from_and_some(kept: Cli) -> None:
    records = kept("ledger", "show", "3", "--count", "2", "--json").json
    assert [record["index"] for record in records] == [3, 4]
    assert records[0]["body"]["effect"] == "ALLOW"
    assert set(records[0]["commitments"]) == {"received", "leaving"}
    assert kept("ledger", "show", "99", "--json").json == []


@pytest.mark.parametrize(
    ("index", "name", "content", "code", "says"),
    [
        ("1", "received", b"in 0", 0, "same"),
        ("3", "leaving", b"out 1", 0, "same"),
        ("1", "received", b"in 1", 1, "different"),
        ("0", "received", b"x", 1, "not committed"),
    ],
)
def test_check(index: str, name: str, content: bytes, code: int, says: str, kept: Cli, tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(content)
    result = kept("ledger", "check", index, name, str(tmp_path / "body"))
    assert (result.code, result.out.strip()) == (code, says)


def test_check_with_wrong_arguments(kept: Cli, tmp_path: Path) -> None:
    (tmp_path / "body").touch()
    kept("ledger", "check", "99", "received", str(tmp_path / "body")).fails(4, "no record 99")
    kept("ledger", "check", "1", "reply", str(tmp_path / "body")).fails(2)
    kept("ledger", "check", "x", "received", str(tmp_path / "body")).fails(2)
    kept("ledger", "check", "1", "received", str(tmp_path / "none")).fails(2)


@pytest.mark.parametrize("command", [("verify",), ("show",), ("check", "0", "received", "{}")])
def test_no_ledger_yet(command: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "body").touch()
    arguments = [word.replace("{}", str(tmp_path / "body")) for word in command]
    cli("ledger", *arguments).fails(4, "there is no ledger here", "ringfence up")
