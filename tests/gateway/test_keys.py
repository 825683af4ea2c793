"""API keys at rest, at the door, and when several processes write them."""

from __future__ import annotations

import hmac
import json
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ringfence.gateway import keys as module
from ringfence.gateway.keys import Key, KeyStore, public, write_private
from ringfence.vocabulary.errors import AuthenticationFailed, ConfigurationError
from ringfence.vocabulary.labels import Label

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path, now=lambda: NOW)


def _make(store: KeyStore, **fields: Any) -> tuple[Key, str]:
    return store.create(**{"client": "clinic", "purpose": "tests", **fields})


def test_key_is_shown_once_and_kept_as_a_digest(store: KeyStore) -> None:
    key, text = _make(store, handles=("phi", "personal"))
    assert store.authenticate(text) == key
    assert key.handles == (Label.PHI, Label.PERSONAL)
    assert key.created == NOW
    secret = text.split("_", 2)[2]
    assert len(secret) == 43
    for path in store.path.parent.iterdir():
        assert secret.encode() not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key.digest not in json.dumps(public(key), default=str)


def test_two_keys_are_never_alike(store: KeyStore) -> None:
    assert len({_make(store)[1] for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        str.upper,
        lambda t: t + "=",
        lambda t: " " + t,
        lambda t: t.replace("rf_", "rf-"),
        lambda t: "",
        lambda t: t[:-1],
    ],
)
def test_key_that_is_almost_right(change: Any, store: KeyStore) -> None:
    with pytest.raises(AuthenticationFailed, match="unknown, disabled or wrong"):
        store.authenticate(change(_make(store)[1]))


def test_secret_of_another_key_does_not_do(store: KeyStore) -> None:
    one, two = _make(store)[1].split("_", 2), _make(store)[1].split("_", 2)
    with pytest.raises(AuthenticationFailed):
        store.authenticate("_".join((*one[:2], two[2])))


def test_unknown_id_costs_the_same_comparison(store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def spy(one: str, two: str) -> bool:
        compared.append((len(one), len(two)))
        return real(one, two)

    monkeypatch.setattr(module.hmac, "compare_digest", spy)
    _, text = _make(store)
    store.authenticate(text)
    for wrong in ("", "rf_aaaaaaaaaa_" + "A" * 43, text[:-2] + "AA"):
        with pytest.raises(AuthenticationFailed):
            store.authenticate(wrong)
    assert compared == [(64, 64)] * 4


def test_disabled_key_says_no_more_than_an_unknown_one(store: KeyStore) -> None:
    key, text = _make(store)
    assert store.disable(key.id).disabled
    with pytest.raises(AuthenticationFailed) as disabled:
        store.authenticate(text)
    with pytest.raises(AuthenticationFailed) as unknown:
        store.authenticate("nothing")
    assert disabled.value.message == unknown.value.message


@pytest.mark.parametrize(
    ("left", "works"), [(timedelta(seconds=1), True), (timedelta(0), False), (-timedelta(1), False)]
)
def test_key_expires_at_its_moment(left: timedelta, works: bool, store: KeyStore) -> None:
    _, text = _make(store, expires=NOW + left)
    if works:
        assert store.authenticate(text)
        return
    with pytest.raises(AuthenticationFailed, match="expired"):
        store.authenticate(text)


def test_another_process_is_noticed(store: KeyStore) -> None:
    other = KeyStore(store.path.parent)
    key, text = _make(other)
    with pytest.raises(AuthenticationFailed):
        store.authenticate(text)
    before = store.digest
    assert store.refresh() is True
    assert store.refresh() is False
    assert store.digest != before
    assert store.authenticate(text).id == key.id
    store.path.unlink()
    assert store.refresh() is True
    assert store.all() == []


@pytest.mark.parametrize(
    "data", [b"{", b"\xff", b"[]", b'{"version":1,"keys":[{"id":"a"}]}', b'{"version":1,"more":[]}']
)
def test_broken_file_leaves_the_keys_of_before(data: bytes, store: KeyStore) -> None:
    key, text = _make(store)
    store.path.write_bytes(data)
    with pytest.raises(ConfigurationError, match=r"keys\.json"):
        store.refresh()
    assert store.authenticate(text) == key
    with pytest.raises(ConfigurationError):
        KeyStore(store.path.parent)


def test_file_that_can_not_be_opened(store: KeyStore) -> None:
    store.path.unlink(missing_ok=True)
    store.path.mkdir()
    with pytest.raises(ConfigurationError, match="directory"):
        store.refresh()


def test_pepper_that_others_may_read_is_refused(store: KeyStore) -> None:
    _make(store)
    pepper = store.path.parent / "keys.pepper"
    pepper.chmod(0o640)
    with pytest.raises(ConfigurationError, match="mode 040") as caught:
        KeyStore(store.path.parent)
    assert "chmod 600" in caught.value.remedy


def test_pepper_of_another_size_is_refused(store: KeyStore) -> None:
    _make(store)
    (store.path.parent / "keys.pepper").write_bytes(b"short")
    with pytest.raises(ConfigurationError, match="not 32 bytes"):
        KeyStore(store.path.parent)


def test_keys_without_their_pepper_are_no_keys(store: KeyStore) -> None:
    _make(store)
    (store.path.parent / "keys.pepper").unlink()
    with pytest.raises(ConfigurationError, match=r"keys\.pepper is missing"):
        KeyStore(store.path.parent)


def test_reading_writes_nothing(store: KeyStore) -> None:
    """Else a look as another user would leave files that the gateway can't read."""
    assert store.all() == []
    with pytest.raises(AuthenticationFailed):
        store.authenticate("rf_aaaaaaaaaa_" + "A" * 43)
    with pytest.raises(ConfigurationError):
        store.disable("aaaaaaaaaa")
    store.drop_demonstration()
    assert list(store.path.parent.iterdir()) == []


def test_first_key_of_another_process_is_understood(store: KeyStore) -> None:
    _, text = _make(KeyStore(store.path.parent))
    assert store.refresh() is True
    assert store.authenticate(text)


def test_two_first_keys_share_one_pepper(tmp_path: Path) -> None:
    one, two = KeyStore(tmp_path), KeyStore(tmp_path)
    texts = [_make(one)[1], _make(two)[1]]
    fresh = KeyStore(tmp_path)
    assert [fresh.authenticate(text).client for text in texts] == ["clinic", "clinic"]


def test_digest_needs_the_pepper(store: KeyStore) -> None:
    """Without it a stolen keys.json does not even tell a guessed key."""
    _, text = _make(store)
    (store.path.parent / "keys.pepper").write_bytes(os.urandom(32))
    with pytest.raises(AuthenticationFailed):
        KeyStore(store.path.parent).authenticate(text)


def test_disabling_what_is_not_there(store: KeyStore) -> None:
    with pytest.raises(ConfigurationError, match="no key"):
        store.disable("aaaaaaaaaa")


def test_only_demonstration_keys_are_dropped(store: KeyStore) -> None:
    kept, _ = _make(store)
    _make(store, demonstration=True)
    store.drop_demonstration()
    assert [key.id for key in store.all()] == [kept.id]


def test_two_writers_lose_no_key(store: KeyStore) -> None:
    def create(own: KeyStore) -> None:
        for _ in range(10):
            _make(own)

    threads = [threading.Thread(target=create, args=(KeyStore(store.path.parent),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.refresh()
    assert len(store.all()) == 40


@pytest.mark.parametrize(
    ("globs", "model", "may"),
    [
        ((), "anything", True),
        (("gpt-4o",), "gpt-4o", True),
        (("gpt-4o",), "gpt-4o-mini", False),
        (("gpt-*", "o3"), "gpt-4o-mini", True),
        (("gpt-*", "o3"), "o3", True),
        (("GPT-*",), "gpt-4o", False),
    ],
)
def test_models_that_a_key_may_use(globs: tuple[str, ...], model: str, may: bool, store: KeyStore) -> None:
    assert _make(store, models=globs)[0].may_use(model) is may


def test_private_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "file"
    write_private(path, b"before")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def fails(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", fails)
    with pytest.raises(OSError, match="No space"):
        write_private(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(path.parent.iterdir()) == [path]
