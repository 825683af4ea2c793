"""A witness's private key: PEM, readable by its owner only, of either type that can cosign."""

from __future__ import annotations

import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ringfence.ledger.anchors.cosignature import PrivateKey
from ringfence.ledger.files import make_folder, replace_file
from ringfence.vocabulary.errors import ConfigurationError


def load(path: Path) -> PrivateKey:
    """Raises ConfigurationError where it is readable by others, or no key that can cosign; OSError."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(
            f"Others can read the witness's key {path}.",
            where=str(path),
            remedy=f"Run `chmod 600 {path}`, and think about who may have read it.",
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey | MLDSA44PrivateKey):
        raise ConfigurationError(
            f"{path} holds no unencrypted Ed25519 or ML-DSA-44 private key in PEM.",
            where=str(path),
            remedy="Make one with `ringfence witness key`, in a file of its own.",
        )
    return key


def create(path: Path, *, ml_dsa: bool) -> PrivateKey:
    """Make a key and keep it durably at `path`, mode 0600. A crash leaves no key or all of it."""
    key = MLDSA44PrivateKey.generate() if ml_dsa else Ed25519PrivateKey.generate()
    make_folder(path.absolute().parent)
    replace_file(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    return key
