"""Runs commands in this process, as `ringfence` would, each in a home of its own."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from ringfence.cli import main


@dataclass
class Result:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def fails(self, code: int, says: str = "", remedy: str = "") -> None:
        """It ended with `code` and, for codes of errors, with two lines that say what and what to do."""
        assert self.code == code, self.out + self.err
        assert "Traceback" not in self.err
        if code >= 3:
            what, what_to_do = self.err.strip().split("\n")
            assert what.startswith("error: ")
            assert what_to_do.startswith("remedy: ")
        assert says in self.err
        assert remedy in self.err


class Cli(Protocol):
    """Runs one command."""

    home: Path

    def __call__(self, *arguments: str, stdin: str | bytes = "") -> Result: ...


class _Cli:
    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self._capsys, self._monkeypatch = home, capsys, monkeypatch

    def __call__(self, *arguments: str, stdin: str | bytes = "") -> Result:
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, out, err)


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A home without a private model, so that no model file is needed."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "ringfence.toml").write_text('[organisation]\nname = "Us"\n\n[private]\nengine = "none"\n')
    monkeypatch.setenv("RINGFENCE_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("RINGFENCE_CONFIG", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return _Cli(home, capsys, monkeypatch)
