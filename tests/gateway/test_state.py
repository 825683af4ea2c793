"""The register and the rules in force, and what a half-saved file does to them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ringfence.gateway import boot
from ringfence.gateway import home as homes
from ringfence.gateway.home import Home
from ringfence.gateway.state import State, Watched, load_policy, schema_text, shipped_rules
from ringfence.vocabulary.errors import ConfigurationError
from support import home as written


@pytest.fixture
def home(tmp_path: Path) -> Home:
    written.write(tmp_path, 1, engine="url", settings='url = "http://127.0.0.1:1/v1"\nmodel = "llama"\nown_host = true')
    for name, text in shipped_rules().items():
        (tmp_path / "policies").mkdir()
        (tmp_path / "policies" / name).write_text(text)
    return homes.find(tmp_path, tmp_path / "ringfence.toml")


@pytest.fixture
def watched(home: Home) -> Watched:
    return Watched(lambda: boot.load_state(home, lambda service: True), [home.register, home.policies])


def _configured(state: State) -> set[str]:
    return {service.id for service in state.register.services.values() if state.configured(service)}


def test_nothing_changed(watched: Watched) -> None:
    before = watched.state
    assert watched.refresh() is False
    assert watched.state is before


@pytest.mark.parametrize(
    "change",
    [
        lambda home: (home.register / "documents/baa.toml").unlink(),
        lambda home: (home.register / "documents/dpa.toml").rename(home.register / "documents/other.toml"),
        lambda home: (home.policies / "more.cedar").write_text(
            '@id("no-sundays")\n@says("x")\nforbid (principal, action, resource) when { false };'
        ),
    ],
    ids=["a document withdrawn", "a file renamed", "a rule added"],
)
def test_change_is_read(change: Callable[[Home], object], home: Home, watched: Watched) -> None:
    change(home)
    assert watched.refresh() is True
    assert watched.state.broken == ""
    assert watched.refresh() is False


def test_withdrawn_document_no_longer_counts(home: Home, watched: Watched) -> None:
    before = watched.state.register.digest
    (home.register / "documents/baa.toml").unlink()
    watched.refresh()
    assert "test-baa" not in watched.state.register.documents
    assert watched.state.register.digest != before


BREAK: dict[str, Callable[[Home], object]] = {
    "a document cut off": lambda home: (home.register / "documents/baa.toml").write_text('kind = "ba'),
    "an unknown file": lambda home: (home.register / "services/new.toml").write_text("x = 1"),
    "a rule cut off": lambda home: (home.policies / "ringfence.cedar").write_text('@id("send")'),
    "a rule not in UTF-8": lambda home: (home.policies / "more.cedar").write_bytes(b"\xff"),
    "no rule left": lambda home: (home.policies / "ringfence.cedar").unlink(),
    "the rules' folder gone": lambda home: shutil.rmtree(home.policies),
    "the register gone": lambda home: shutil.rmtree(home.register),
}


@pytest.mark.parametrize("name", BREAK)
def test_broken_files_close_the_vendors_and_keep_the_private_model(name: str, home: Home, watched: Watched) -> None:
    before = watched.state
    assert written.UNCOVERED in _configured(before)
    BREAK[name](home)
    assert watched.refresh() is True
    assert watched.state.broken
    assert {service.partition("/")[0] for service in _configured(watched.state)} == {"private"}
    assert (watched.state.register, watched.state.policy) == (before.register, before.policy)
    assert watched.refresh() is False


def test_repaired_files_open_them_again(home: Home, watched: Watched, tmp_path: Path) -> None:
    away = tmp_path / "away"
    home.policies.rename(away)
    watched.refresh()
    assert watched.state.broken
    away.rename(home.policies)
    assert watched.refresh() is True
    assert watched.state.broken == ""
    assert written.COVERED in _configured(watched.state)


def test_folder_that_came_later_may_not_vanish_again(home: Home) -> None:
    shutil.rmtree(home.policies)
    watched = Watched(lambda: boot.load_state(home, lambda service: True), [home.register, home.policies])
    assert watched.state.broken == ""
    home.policies.mkdir()
    for name, text in shipped_rules().items():
        (home.policies / name).write_text(text)
    assert watched.refresh()
    shutil.rmtree(home.policies)
    watched.refresh()
    assert "is gone" in watched.state.broken


def test_edit_that_keeps_size_and_time_is_seen(home: Home, watched: Watched) -> None:
    """Editors write a new file and rename it; its time may be set back by a tool."""
    path = home.register / "documents/dpa.toml"
    stat = path.stat()
    other = path.with_suffix(".new")
    other.write_text(path.read_text().replace("Us", "Them", 1)[: stat.st_size])
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(path)
    assert watched.refresh() is True


def test_service_that_can_not_be_reached_is_not_configured(home: Home) -> None:
    state = boot.load_state(home, lambda service: service == "private/url")
    assert _configured(state) == {"private/url"}
    assert [service.id for service in state.private] == ["private/url"]


def test_without_a_folder_the_shipped_rules_hold(tmp_path: Path) -> None:
    assert load_policy(tmp_path / "none").digest == load_policy(_shipped(tmp_path)).digest
    assert "entity" in schema_text()


def _shipped(folder: Path) -> Path:
    (folder / "policies").mkdir()
    for name, text in shipped_rules().items():
        (folder / "policies" / name).write_text(text)
    return folder / "policies"


def test_empty_folder_of_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no rule"):
        load_policy(tmp_path)
