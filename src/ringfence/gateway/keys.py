"""API keys: who calls, for which client and purpose, and what the key handles. Only keyed digests are stored."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import msgspec

from ringfence.vocabulary.errors import AuthenticationFailed, ConfigurationError
from ringfence.vocabulary.labels import Label

_SHAPE = re.compile(r"rf_([a-z2-7]{10})_([A-Za-z0-9_-]{43})", re.ASCII)


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One API key as stored. `digest` is HMAC-SHA-256(pepper, secret) in hex; the secret itself is shown once.

    `handles` empty: declares nothing, so its traffic is treated as anything. `models` are globs, empty: all.
    `on_uncovered`: whether a request that its model's service may not get goes to the private model, or is denied.
    """

    id: str
    digest: str
    client: str
    purpose: str
    handles: tuple[Label, ...] = ()
    sources: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    needs_identity: bool = False
    on_uncovered: Literal["reroute", "deny"] = "reroute"
    created: datetime
    expires: datetime | None = None
    disabled: bool = False
    demonstration: bool = False

    def may_use(self, model: str) -> bool:
        """True where the key's globs admit the model name."""
        return not self.models or any(fnmatchcase(model, glob) for glob in self.models)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: int = 1
    keys: list[Key] = []


class KeyStore:
    """`keys.json` and its pepper in a folder. Other processes may write it: `refresh` notices. Reading writes nothing:
    the pepper is made with the first key."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = folder / "keys.json"
        self._pepper_path = folder / "keys.pepper"
        self._now = now
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[str, Key] = {}
        self._pepper = b""
        self.digest = ""
        self.refresh()

    def _load_pepper(self) -> bytes:
        """The pepper, or nothing where there is none yet."""
        if not self._pepper_path.exists():
            return b""
        mode = self._pepper_path.stat().st_mode & 0o077
        if mode:
            raise ConfigurationError(
                f"{self._pepper_path}: others can read it (mode {mode:03o} for group and others)",
                remedy=f"chmod 600 {self._pepper_path}, then make new keys.",
            )
        pepper = self._pepper_path.read_bytes()
        if len(pepper) != 32:
            raise ConfigurationError(
                f"{self._pepper_path}: not 32 bytes", remedy="Restore it from a backup, or remove it and make new keys."
            )
        return pepper

    def refresh(self) -> bool:
        """Reads the file again if it changed; True if it did. Raises ConfigurationError where it can't be read."""
        self._pepper = self._pepper or self._load_pepper()
        try:
            stat = self.path.stat()
            stamp = (stat.st_mtime_ns, stat.st_ino)
            if stat.st_mode & 0o022:
                # Whoever may write it can make a key declare less than it handles.
                raise ConfigurationError(f"{self.path}: others can write it", remedy=f"chmod 600 {self.path}")
        except FileNotFoundError:
            stamp = None
        if stamp == self._stamp and self.digest:
            return False
        try:
            data = self.path.read_bytes() if stamp else b'{"version":1,"keys":[]}'
            keys = msgspec.json.decode(data, type=_File).keys
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{self.path}: {error}", remedy="Restore it from a backup.") from error
        except OSError as error:
            raise ConfigurationError(f"{self.path}: {error.strerror}", remedy="Check its permissions.") from error
        if keys and not self._pepper:
            raise ConfigurationError(
                f"{self._pepper_path} is missing, so no key in {self.path} can be told",
                remedy="Restore it from a backup, or remove both and make new keys.",
            )
        self._keys = {key.id: key for key in keys}
        self._stamp = stamp
        self.digest = hashlib.sha256(data).hexdigest()
        return True

    def all(self) -> list[Key]:
        """Every key, oldest first."""
        return sorted(self._keys.values(), key=lambda key: key.created)

    def create(self, **fields: object) -> tuple[Key, str]:
        """Makes a key from the members of `Key` and stores it; returns it with the one sight of its text."""
        if not self._pepper:
            write_private(self._pepper_path, secrets.token_bytes(32), replace=False)
            self._pepper = self._load_pepper()
        key_id = base64.b32encode(secrets.token_bytes(7))[:10].decode().lower()
        secret = secrets.token_urlsafe(32)
        key = msgspec.convert(
            {"id": key_id, "digest": self._digest(secret), "created": self._now(), **fields}, Key, strict=False
        )
        with self._locked():
            self._save([*self.all(), key])
        return key, f"rf_{key_id}_{secret}"

    def disable(self, key_id: str) -> Key:
        """Disables a key at once. Raises ConfigurationError where there is none of that id."""
        if key_id not in self._keys:
            raise ConfigurationError(f"no key {key_id}", remedy="List them with `ringfence keys list`.")
        with self._locked():
            self._save([_disabled(key) if key.id == key_id else key for key in self.all()])
        return _disabled(self._keys[key_id])

    def drop_demonstration(self) -> None:
        """Removes the keys of earlier tours."""
        if self._keys:
            with self._locked():
                self._save([key for key in self.all() if not key.demonstration])

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, so that two commands at once don't lose one another's key."""
        with self._pepper_path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.refresh()
            yield

    def authenticate(self, presented: str) -> Key:
        """The key behind the text that a client presented.

        Raises AuthenticationFailed, in the same words for every cause but expiry. Looked up by id, compared in constant
        time over the whole digest; an unknown id costs the same work.
        """
        match = _SHAPE.fullmatch(presented)
        key_id, secret = match.groups() if match else ("", "")
        key = self._keys.get(key_id)
        expected = key.digest if key else "0" * 64
        same = hmac.compare_digest(self._digest(secret), expected)
        if key is None or not same or key.disabled:
            raise AuthenticationFailed("The API key is unknown, disabled or wrong.")
        if key.expires and key.expires <= self._now():
            raise AuthenticationFailed("The API key has expired.", remedy="Ask the operator for a new key.")
        return key

    def _digest(self, secret: str) -> str:
        return hmac.new(self._pepper, secret.encode(), hashlib.sha256).hexdigest()

    def _save(self, keys: list[Key]) -> None:
        write_private(self.path, msgspec.json.format(msgspec.json.encode(_File(keys=keys)), indent=1))
        self._stamp = None
        self.refresh()


def _disabled(key: Key) -> Key:
    return msgspec.structs.replace(key, disabled=True)


def write_private(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Writes a file that only its owner can read, whole or not at all. `replace` False: one that is there stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp opens with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            with contextlib.suppress(FileExistsError):  # another process was first
                path.hardlink_to(name)
    finally:
        Path(name).unlink(missing_ok=True)


def public(key: Key) -> dict[str, Any]:
    """A key for printing: everything but its digest."""
    return {name: value for name, value in msgspec.to_builtins(key).items() if name != "digest"}
