"""An approver's private key: Ed25519 in PEM, sealed with a passphrase, kept where the person says."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.vocabulary.errors import ConfigurationError

LEAST_CHARACTERS = 12
"""Of a passphrase. Whoever copies the file may guess for as long as they like."""


def seal_private_key(path: Path, key: Ed25519PrivateKey, passphrase: str) -> None:
    """Keep the key at `path`, mode 0600, sealed. Raises ConfigurationError where something is there already or the
    passphrase is too short."""
    if len(passphrase) < LEAST_CHARACTERS:
        raise ConfigurationError(
            f"the passphrase has fewer than {LEAST_CHARACTERS} characters", remedy="Choose a longer one."
        )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(f"{path} is there already", remedy="Name another file for the private key.") from None
    with os.fdopen(fd, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(fd)


def load_private_key(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Raises ConfigurationError where it can't be read or opened, is no Ed25519 key, or is not sealed: a key that lies
    open signs for whoever finds it."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode())
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}", remedy="Name the file of your private key.") from None
    except TypeError:
        raise ConfigurationError(
            f"{path} is not sealed with a passphrase", remedy="Make a key with `ringfence approver create`."
        ) from None
    except ValueError:
        raise ConfigurationError(
            f"{path} can't be opened: a wrong passphrase, or no private key in PEM", remedy="Try the passphrase again."
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path} holds no Ed25519 key", remedy="Make a key with `ringfence approver create`.")
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """The Base64 of the raw public key, as a `Person` has it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
