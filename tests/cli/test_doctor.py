"""`ringfence doctor`: what is misconfigured, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Cli
from ringfence.gateway.state import shipped_rules
from support import home

WHO = ("keys", "create", "--client", "clinic", "--purpose", "letters")


@pytest.fixture
def office(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A home in which everything is in order."""
    home.write(cli.home, 1)
    monkeypatch.setenv("SCRIPTED_VENDOR_KEY", "sk-scripted")
    cli(*WHO, "--handles", "phi")
    return cli


def _settings(cli: Cli, old: str, new: str) -> None:
    path = cli.home / "ringfence.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_sound_home(office: Cli) -> None:
    result = office("doctor")
    assert result.code == 0, result.out
    assert "error" not in {line.split()[0] for line in result.out.splitlines()}
    assert "ok       service openai/covered: chat_completions: can be reached" in result.out
    assert "ok       names: tagger/" in result.out
    advice = office("doctor", "--json")
    assert advice.code == 0
    assert {each["severity"] for each in advice.json} == {"ok", "warning"}
    assert all(each["remedy"] for each in advice.json if each["severity"] != "ok")


def _shared(cli: Cli) -> None:
    cli.home.chmod(0o755)


def _rule(cli: Cli) -> None:
    (cli.home / "policies").mkdir()
    for name, text in shipped_rules().items():
        (cli.home / "policies" / name).write_text(text + "\n// ours\n")


def _document(cli: Cli) -> None:
    (cli.home / "register/documents/new.toml").write_text("x = 1")


def _ledger(cli: Cli) -> None:
    (cli.home / "ledger").mkdir()


def _vault(cli: Cli) -> None:
    (cli.home / "vault.key").write_bytes(bytes(32))
    (cli.home / "vault.key").chmod(0o644)


def _undeclared(cli: Cli) -> None:
    cli(*WHO)


FINDINGS: dict[str, tuple[Callable[[Cli], object], int, str]] = {
    "a home for all": (_shared, 1, "others may enter it"),
    "a changed rule": (_rule, 0, "differs from the shipped rules"),
    "a broken document": (_document, 1, "new.toml"),
    "a missing checkpoint": (_ledger, 1, "ledger-highest is missing"),
    "a key for all": (_vault, 1, "vault.key: others can read it"),
    "a key that declares nothing": (_undeclared, 0, "declares nothing"),
    "broken keys": (lambda cli: (cli.home / "keys.json").write_text("{"), 1, "keys.json"),
    "an unknown setting": (lambda cli: _settings(cli, "name = ", "nmae = "), 1, "unknown field `nmae`"),
    "no name": (lambda cli: _settings(cli, 'name = "Us"', ""), 0, "no name is stated"),
    "no role": (lambda cli: None, 0, "no role and no regime"),
    "names not searched": (
        lambda cli: _settings(cli, "[private]", "[detection]\nnames = false\n\n[private]"),
        0,
        "names in free text are not searched for",
    ),
    "no private model": (lambda cli: None, 0, "there is none"),
    "a missing model file": (
        lambda cli: _settings(cli, 'engine = "none"', 'model_path = "/no/such.gguf"'),
        1,
        "/no/such.gguf",
    ),
    "another company's host": (
        lambda cli: _settings(
            cli,
            'engine = "none"',
            'engine = "url"\nurl = "http://127.0.0.1:1/v1"\nmodel = "m"\nown_host = false\nhost = "gpu.example"',
        ),
        0,
        "a host of gpu.example",
    ),
    "a vendor's address elsewhere": (
        lambda cli: _settings(cli, "http://127.0.0.1:1/v1", "https://evil.example/v1"),
        1,
        "evil.example",
    ),
    "a secret in the file": (
        lambda cli: _settings(cli, "env:SCRIPTED_VENDOR_KEY", "sk-live-1"),
        1,
        "a secret stands in",
    ),
    "a service that nobody has": (lambda cli: _settings(cli, "openai/covered", "openai/nothing"), 1, "no such service"),
    "rules that can't be read": (
        lambda cli: ((cli.home / "policies").mkdir(), (cli.home / "policies/a.cedar").write_text("permit (")),
        1,
        "a.cedar",
    ),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_finding_has_a_remedy(name: str, office: Cli) -> None:
    spoil, code, says = FINDINGS[name]
    spoil(office)
    result = office("doctor", "--json")
    assert result.code == code, result.out
    found = [each for each in result.json if says in each["says"] + each["where"]]
    assert found, result.out
    assert found[0]["severity"] == ("error" if code else "warning")
    assert found[0]["remedy"]
    assert "sk-live-1" not in result.out
    said = office("doctor")
    assert said.code == code
    assert "remedy: " in said.out


def test_unset_variable_is_named(office: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCRIPTED_VENDOR_KEY")
    said = office("doctor")
    assert said.code == 0
    [line] = [line for line in said.out.splitlines() if line.startswith("warning  vendor openai: ")]
    assert "covered" in line
    assert "no key is configured" in line


def test_before_the_first_start(cli: Cli, tmp_path: Path) -> None:
    said = cli("--home", str(tmp_path / "fresh"), "doctor")
    assert "is not there yet" in said.out
    assert not (tmp_path / "fresh").exists()


def test_home_that_is_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch(mode=0o600)
    said = cli("--home", str(tmp_path / "file"), "doctor")
    assert said.code == 1
    assert "Traceback" not in said.err


def test_looking_changes_nothing(cli: Cli) -> None:
    before = sorted(cli.home.rglob("*"))
    cli("doctor")
    assert sorted(cli.home.rglob("*")) == before
