from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ringfence.ledger.keys import create_key, load_key, publish_key_line
from ringfence.vocabulary.errors import ConfigurationError


def test_a_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ledger.pem"
    key = create_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_key(path).private_bytes_raw() == key.private_bytes_raw()
    assert [each.name for each in path.parent.iterdir()] == ["ledger.pem"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644])
def test_a_key_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "ledger.pem"
    create_key(path)
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match=f"{mode:04o}") as caught:
        load_key(path)
    assert "chmod 600" in caught.value.remedy


def test_a_missing_key_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="missing"):
        load_key(tmp_path / "ledger.pem")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["", "garbage", "encrypted", "other kind"])
def test_what_is_no_ed25519_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ledger.pem"
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    if content == "encrypted":
        raw = create_key(path).private_bytes(pem, pkcs8, serialization.BestAvailableEncryption(b"x"))
    elif content == "other kind":
        raw = ec.generate_private_key(ec.SECP256R1()).private_bytes(pem, pkcs8, serialization.NoEncryption())
    else:
        raw = content.encode()
    path.write_bytes(raw)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="no unencrypted Ed25519"):
        load_key(path)


def test_a_published_key_line_is_never_changed(tmp_path: Path) -> None:
    path = tmp_path / "log.vkey"
    publish_key_line(path, "one")
    publish_key_line(path, "one")
    with pytest.raises(ConfigurationError, match="another public key"):
        publish_key_line(path, "two")
    assert path.read_text() == "one\n"
