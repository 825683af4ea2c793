"""Where state and configuration stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringfence.gateway import home as homes
from ringfence.vocabulary.errors import ConfigurationError


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RINGFENCE_HOME", raising=False)
    monkeypatch.delenv("RINGFENCE_CONFIG", raising=False)


def test_arguments_win_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGFENCE_HOME", str(tmp_path / "env"))
    assert homes.find().folder == tmp_path / "env"
    assert homes.find(tmp_path / "arg").folder == tmp_path / "arg"


def test_home_of_the_user_without_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    home = homes.find()
    assert (home.folder, home.config) == (tmp_path / ".ringfence", tmp_path / ".ringfence" / "ringfence.toml")


def test_settings_elsewhere_bring_their_folders_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "git" / "ringfence.toml"
    config.parent.mkdir()
    config.write_text("[gateway]\nport = 8500\n")
    monkeypatch.setenv("RINGFENCE_CONFIG", str(config))
    home = homes.find(tmp_path / "state")
    assert home.settings.gateway.port == 8500
    assert (home.register, home.policies) == (tmp_path / "git" / "register", tmp_path / "git" / "policies")
    assert {home.ledger, home.ledger_highest, home.ledger_key, home.vault, home.vault_key, home.run} == {
        tmp_path / "state" / name for name in ("ledger", "ledger-highest", "ledger.key", "vault.db", "vault.key", "run")
    }


def test_ledger_may_stand_on_another_disk(tmp_path: Path) -> None:
    (tmp_path / "ringfence.toml").write_text(f'[ledger]\nhighest = "{tmp_path}/other/highest"\n')
    assert homes.find(tmp_path).ledger_highest == tmp_path / "other" / "highest"


def test_named_settings_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such file") as caught:
        homes.find(tmp_path, tmp_path / "none.toml")
    assert "ringfence init" in caught.value.remedy


@pytest.mark.parametrize("name", ["register", "policies"])
def test_named_folder_must_be_there(name: str, tmp_path: Path) -> None:
    """Else a slip of the pen would put the shipped files in the place of the organisation's own."""
    (tmp_path / "ringfence.toml").write_text(f'[folders]\n{name} = "mine"\n')
    with pytest.raises(ConfigurationError, match=f"{name}: .*mine is no folder"):
        homes.find(tmp_path)
    (tmp_path / "mine").mkdir()
    assert getattr(homes.find(tmp_path), name) == tmp_path / "mine"


def test_home_is_for_its_owner(tmp_path: Path) -> None:
    home = homes.find(tmp_path / "a" / "b")
    homes.create(home)
    homes.create(home)
    assert {path.stat().st_mode & 0o777 for path in (home.folder, home.run)} == {0o700}


def test_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigurationError, match="can't be made or used") as caught:
            homes.create(homes.find(folder))
        assert "RINGFENCE_HOME" in caught.value.remedy
