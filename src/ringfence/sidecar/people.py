"""The keys of those who open sealed entries: custodians and the reviewer. They keep the private file to themselves."""

from __future__ import annotations

import os
import re
import tomllib
from base64 import b64decode
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ringfence.sidecar.sealing import KEY_BYTES, SUITE, public_of, text_of
from ringfence.vocabulary.errors import ConfigurationError

LEAST_PASSPHRASE = 12
"""Characters. The file's own key derivation (PBES2, RFC 8018) slows guessing only so much."""

_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_REMEDY = "Make the pair with `ringfence custodian create ID`, and name the file that ends in .pub."


class Opener(msgspec.Struct, frozen=True):
    """Somebody who can open what is sealed to `public_key` (raw X25519)."""

    id: str
    public_key: bytes


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    suite: str
    public_key: str


def create(folder: Path, id_: str, passphrase: str, new_key: Callable[[], X25519PrivateKey]) -> tuple[Path, Path]:
    """Makes `ID.pem` (private, encrypted, mode 0600) and `ID.pub`, and returns both paths.

    Raises ConfigurationError: not a plain id, a short passphrase, or a file that is there already.
    """
    if not _ID.fullmatch(id_):
        raise ConfigurationError(f"{id_!r} is no id", remedy="Use lower-case letters, digits, `.` and `-`.")
    if len(passphrase) < LEAST_PASSPHRASE:
        raise ConfigurationError(
            f"the passphrase has fewer than {LEAST_PASSPHRASE} characters", remedy="Take a longer one."
        )
    private, public = folder / f"{id_}.pem", folder / f"{id_}.pub"
    for path in (private, public):
        if path.exists():
            raise ConfigurationError(f"{path} is there already", remedy="Take another id or folder.")
    key = new_key()
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    folder.mkdir(parents=True, exist_ok=True)
    _write(private, sealed, 0o600)
    text = f'id = "{id_}"\nsuite = "{SUITE}"\npublic_key = "{text_of(public_of(key))}"\n'
    _write(public, text.encode(), 0o644)
    return private, public


def load_private(path: Path, passphrase: str) -> X25519PrivateKey:
    """The key in a private file. Raises ConfigurationError."""
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode())
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}", remedy="Check the path.") from error
    except (ValueError, TypeError) as error:
        raise ConfigurationError(
            f"{path} is no private key, or the passphrase is wrong", remedy="Try again with the right passphrase."
        ) from error
    if not isinstance(key, X25519PrivateKey):
        raise ConfigurationError(f"{path} holds a key of another kind", remedy=_REMEDY)
    return key


def load_opener(path: Path) -> Opener:
    """Somebody's public file. Raises ConfigurationError."""
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        key = b64decode(file.public_key, validate=True)
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}", remedy=_REMEDY) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, ValueError) as error:
        raise ConfigurationError(f"{path} is no public key file", remedy=_REMEDY) from error
    if len(key) != KEY_BYTES or file.suite != SUITE or not _ID.fullmatch(file.id):
        raise ConfigurationError(f"{path} holds no key of {SUITE}", remedy=_REMEDY)
    return Opener(file.id, key)


def load_custodians(paths: Sequence[Path]) -> tuple[Opener, ...]:
    """At least two people with a key each. Raises ConfigurationError."""
    found = tuple(load_opener(path) for path in paths)
    if len({each.id for each in found}) != len(found) or len({each.public_key for each in found}) != len(found):
        raise ConfigurationError("two custodians have the same id or key", remedy="Name different people's files.")
    if len(found) < 2:
        raise ConfigurationError("fewer than two custodians are named", remedy="Name at least two, or none.")
    return found


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
