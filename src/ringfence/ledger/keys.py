"""The ledger's signing key: an Ed25519 private key in PEM, readable by its owner only, its public line beside it."""

from __future__ import annotations

import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.ledger.files import make_folder, replace_file
from ringfence.vocabulary.errors import ConfigurationError


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read the key at `path`. Raises ConfigurationError where it is absent, readable by others, or no Ed25519 key."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise ConfigurationError(
            f"The ledger's signing key is missing: {path}.",
            where=str(path),
            remedy="Put the key back from your copy. A new key can't continue a signed ledger.",
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigurationError(
            f"Others can read the ledger's signing key {path} (mode {stat.S_IMODE(mode):04o}).",
            where=str(path),
            remedy=f"Run `chmod 600 {path}`, and think about who may have read it.",
        )
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(
            f"{path} holds no unencrypted Ed25519 private key in PEM.",
            where=str(path),
            remedy="Put the key back from your copy.",
        )
    return key


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a key and keep it durably at `path`, mode 0600. A crash leaves no key or all of it."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    make_folder(path.parent)
    replace_file(path, pem, 0o600)
    return key


def publish_key_line(path: Path, key_line: str) -> None:
    """Keep the public line at `path`. Raises ConfigurationError where another key's line stands there: an auditor
    must never be given a second key for one log without being told."""
    line = key_line + "\n"
    if not path.exists():
        replace_file(path, line.encode(), 0o644)
    elif path.read_bytes() != line.encode():
        raise ConfigurationError(
            f"{path} holds another public key or origin than this ledger is opened with ({key_line}).",
            where=str(path),
            remedy="Put back the private key and the origin that belong to it.",
        )
