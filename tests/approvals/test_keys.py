from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.approvals import load_private_key, public_text, seal_private_key
from ringfence.vocabulary.errors import ConfigurationError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WORDS = "correct horse battery"


def _pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey, words: str) -> bytes:
    sealing: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(words.encode()) if words else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealing)


def test_a_key_is_kept_sealed_and_private(tmp_path: Path) -> None:
    path = tmp_path / "ann.pem"
    before = os.umask(0)
    try:
        seal_private_key(path, KEY, WORDS)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in path.read_bytes()
    assert public_text(load_private_key(path, WORDS)) == public_text(KEY)


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "ann.pem").write_text("precious")
    with pytest.raises(ConfigurationError, match="there already"):
        seal_private_key(tmp_path / "ann.pem", KEY, WORDS)
    assert (tmp_path / "ann.pem").read_text() == "precious"


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="fewer than 12"):
        seal_private_key(tmp_path / "ann.pem", KEY, "elevenchars")
    assert not (tmp_path / "ann.pem").exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (_pem(Ed25519PrivateKey.from_private_bytes(bytes(32)), ""), "not sealed"),
        (_pem(Ed25519PrivateKey.from_private_bytes(bytes(32)), "another passphrase"), "can't be opened"),
        (_pem(ec.derive_private_key(7, ec.SECP256R1()), WORDS), "no Ed25519"),
        (b"nothing", "can't be opened"),
        (None, "No such file"),
    ],
)
def test_a_key_that_can_not_be_used_is_refused(tmp_path: Path, data: bytes | None, says: str) -> None:
    if data is not None:
        (tmp_path / "k.pem").write_bytes(data)
    with pytest.raises(ConfigurationError, match=says):
        load_private_key(tmp_path / "k.pem", WORDS)
