"""The folder of the engine's socket."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ringfence.upstream.runtime_dir import MAX_PATH_BYTES, SOCKET, prepare, short_enough
from ringfence.vocabulary.errors import ConfigurationError


def test_a_short_folder_is_used_as_it_is(tmp_path: Path) -> None:
    assert short_enough(Path("/r")) == Path("/r")


def test_a_long_one_gives_way_to_the_same_short_one_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp")
    long = tmp_path / ("x" * 120)
    short = short_enough(long)
    assert short == short_enough(long) != short_enough(tmp_path / ("y" * 120))
    assert len(os.fsencode(short / SOCKET)) <= MAX_PATH_BYTES


def test_it_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "run"
    prepare(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    prepare(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_link_or_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "file").write_text("")
    for name in ("link", "file"):
        with pytest.raises(ConfigurationError):
            prepare(tmp_path / name)


def test_somebody_elses_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(ConfigurationError, match="somebody else"):
        prepare(tmp_path / "run")
