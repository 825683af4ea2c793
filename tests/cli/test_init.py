"""`ringfence init`: the files for a customer's git."""

from __future__ import annotations

from pathlib import Path

from cli.conftest import Cli
from ringfence import register
from ringfence.gateway.state import load_policy, shipped_rules
from ringfence.settings import Settings, load


def test_writes_files_that_load_and_change_nothing(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "git"
    result = cli("init", str(folder))
    assert result.code == 0
    written = {line.split()[1] for line in result.out.splitlines() if line.startswith("wrote")}
    assert {str(path) for path in folder.rglob("*") if path.is_file()} == written
    assert load(folder / "ringfence.toml") == Settings()
    assert load_policy(folder / "policies").digest == load_policy(tmp_path / "none").digest
    assert register.load(folder / "register").documents == {}
    assert f"RINGFENCE_CONFIG={folder}/ringfence.toml ringfence up" in result.out


def test_keeps_what_is_there(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "git"
    cli("init", str(folder))
    (folder / "ringfence.toml").write_text("# mine\n")
    (folder / "register" / "requirements.toml").unlink()
    result = cli("init", str(folder))
    assert f"kept  {folder}/ringfence.toml" in result.out
    assert f"wrote {folder}/register/requirements.toml" in result.out
    assert (folder / "ringfence.toml").read_text() == "# mine\n"


def test_prints_every_setting_and_writes_nothing(cli: Cli, tmp_path: Path) -> None:
    result = cli("init", str(tmp_path / "git"), "--print")
    assert "# port = 8400" in result.out
    assert not (tmp_path / "git").exists()


def test_folder_that_is_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cli("init", str(tmp_path / "file")).fails(2, "is a file")
    cli("init", str(tmp_path / "file" / "below")).fails(3, "Not a directory")


def test_rules_are_the_shipped_ones(cli: Cli, tmp_path: Path) -> None:
    cli("init", str(tmp_path))
    for name, text in shipped_rules().items():
        assert (tmp_path / "policies" / name).read_text() == text
