"""The commands as a whole: help, exit codes, and errors in two lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Cli
from ringfence import __version__
from ringfence.cli.app import COMMANDS
from ringfence.cli.output import EXIT_CODES, exit_code, table
from ringfence.vocabulary.errors import (
    AuthenticationFailed,
    ConfigurationError,
    LedgerLocked,
    RingfenceError,
    UpstreamUnavailable,
    VaultError,
)


def test_help_lists_every_command_and_exit_code(cli: Cli) -> None:
    result = cli("--help")
    assert result.code == 0
    words = " ".join(result.out.split())
    assert all(f" {name} " in words for name in COMMANDS)
    assert all(f"{code} {says}" in words for code, says in EXIT_CODES.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, cli: Cli) -> None:
    result = cli(name, "--help")
    assert result.code == 0
    assert result.out.startswith(f"Usage: ringfence {name}") or f" {name} " in result.out.splitlines()[0]


def test_version(cli: Cli) -> None:
    assert __version__ in cli("--version").out


@pytest.mark.parametrize(
    "arguments", [("nope",), ("keys", "nope"), ("up", "--port", "0"), ("up", "--nope"), ("explain",)]
)
def test_wrong_arguments_are_2(arguments: tuple[str, ...], cli: Cli) -> None:
    result = cli(*arguments)
    result.fails(2)
    assert "Usage: ringfence" in result.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("x"), 3),
        (VaultError("x"), 3),
        (LedgerLocked("x"), 4),
        (UpstreamUnavailable("x"), 5),
        (AuthenticationFailed("x"), 5),
        (RingfenceError("x"), 3),
    ],
)
def test_exit_code_of_each_kind_of_error(error: RingfenceError, code: int) -> None:
    assert exit_code(error) == code


@pytest.mark.parametrize("command", [("up",), ("keys", "list"), ("keys", "create", "--client", "a", "--purpose", "b")])
def test_home_that_can_not_be_used_is_two_lines(command: tuple[str, ...], cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for home in (tmp_path / "file", tmp_path / "file" / "below"):
        cli("--home", str(home), *command).fails(3, str(tmp_path / "file"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[gateway]\nprot = 1", "unknown field `prot`"),
        ('[gateway]\nport = "x"', "$.gateway.port"),
        ("nonsense", "not valid TOML"),
        ("[folders]\npolicies = 'mine'", "is no folder"),
    ],
)
@pytest.mark.parametrize(
    "command", [("up",), ("explain", "hi"), ("register", "list"), ("keys", "list"), ("ledger", "show"), ("tour",)]
)
def test_bad_settings_are_two_lines_for_every_command(text: str, says: str, command: tuple[str, ...], cli: Cli) -> None:
    (cli.home / "ringfence.toml").write_text(text)
    cli(*command).fails(3, says, "remedy: ")


def test_named_settings_that_are_not_there(cli: Cli, tmp_path: Path) -> None:
    cli("--config", str(tmp_path / "none.toml"), "register", "list").fails(3, "no such file", "ringfence init")


def test_as_a_module_of_python(tmp_path: Path) -> None:
    """The one test here that starts a process: `python -m ringfence`, and a closed pipe."""
    environ = {**os.environ, "RINGFENCE_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "ringfence", "init", "--print"], env=environ, capture_output=True, timeout=60
    )
    assert ran.returncode == 0
    assert b"[gateway]" in ran.stdout
    piped = subprocess.run(
        f"{sys.executable} -m ringfence init --print | head -c 1",
        shell=True,
        env=environ,
        capture_output=True,
        timeout=60,
    )
    assert b"Traceback" not in piped.stderr


def test_table_wraps_its_last_column(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    table(("A", "SAYS"), [("one", "word " * 20), ("two", "")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["A", "SAYS"]
    assert all(len(line) <= 60 for line in lines)
    assert len(lines) == 4
    assert lines[2].startswith("     word")
