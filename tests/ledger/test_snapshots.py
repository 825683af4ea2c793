"""What digests stand for, kept under them."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from ringfence.ledger.snapshots import FolderSnapshots
from ringfence.vocabulary.errors import LedgerCorrupt


def test_what_is_kept_is_read_back_under_its_sha256(tmp_path: Path) -> None:
    kept = FolderSnapshots(tmp_path / "snapshots")
    digest = kept.keep("policy", b'{"cedar":"4"}')
    assert digest == hashlib.sha256(b'{"cedar":"4"}').hexdigest()
    assert kept.read("policy", digest) == b'{"cedar":"4"}'
    assert kept.read("register", digest) is None


def test_what_is_there_is_not_written_again(tmp_path: Path) -> None:
    kept = FolderSnapshots(tmp_path)
    digest = kept.keep("register", b"{}")
    path = tmp_path / "register" / f"{digest}.json"
    before = path.stat().st_mtime_ns, path.stat().st_ino
    kept.keep("register", b"{}")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_a_name_that_could_not_be_made_durable_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file was renamed into its place, and then the folder could not be synchronised."""
    kept = FolderSnapshots(tmp_path)
    synced: list[int] = []
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda fd: _fail() if stat.S_ISDIR(os.fstat(fd).st_mode) else None)
        with pytest.raises(OSError, match="power"):
            kept.keep("policy", b"{}")
    monkeypatch.setattr(os, "fsync", synced.append)
    kept.keep("policy", b"{}")
    assert synced


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    kept = FolderSnapshots(tmp_path)
    digest = kept.keep("register", b"{}")
    path = tmp_path / "register" / f"{digest}.json"
    path.write_bytes(b"{ }")
    with pytest.raises(LedgerCorrupt, match=str(path)):
        kept.read("register", digest)


@pytest.mark.parametrize(("kind", "digest"), [("policy", "../key"), ("policy", "A" * 64), ("other", "a" * 64)])
def test_nothing_else_can_be_named(tmp_path: Path, kind: str, digest: str) -> None:
    with pytest.raises(LedgerCorrupt, match="is no digest of"):
        FolderSnapshots(tmp_path).read(kind, digest)


def test_a_crash_before_the_rename_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = FolderSnapshots(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(os, "rename", _fail)
        with pytest.raises(OSError, match="power"):
            kept.keep("policy", b"{}")
    digest = hashlib.sha256(b"{}").hexdigest()
    assert kept.read("policy", digest) is None
    assert kept.keep("policy", b"{}") == digest
    assert kept.read("policy", digest) == b"{}"


def _fail(*_: object, **__: object) -> None:
    raise OSError("no power")
