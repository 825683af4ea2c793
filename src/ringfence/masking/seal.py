"""The keys of the vault and what they do. No I/O, and no randomness of its own."""

from __future__ import annotations

import hmac
import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ringfence.vocabulary.errors import VaultError

KEY_BYTES = 32
NONCE_BYTES = 12
"""NIST SP 800-38D section 8.2.2: a random nonce of 96 bits, for at most 2**32 messages under one key. Each scope has a
key of its own, so that the bound is per scope."""


class VaultKeys:
    """One subkey per use, by HKDF (RFC 5869) with the use as `info`, so that no use can stand in for another."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise VaultError(
                f"The vault key has {len(key)} bytes instead of {KEY_BYTES}.",
                where="masking/seal",
                remedy="Give the key that `ringfence init` made: 32 random bytes.",
            )
        self._scope = _derived(key, b"scope")
        self._lookup = _derived(key, b"lookup")
        self._entries = _derived(key, b"entries")
        self.check = _derived(key, b"check")
        """Stored in the file to recognise the key; tells nothing about the other subkeys."""

    def scope(self, scope: str) -> bytes:
        """The digest that stands for a scope's name in the file."""
        return hmac.digest(self._scope, scope.encode(), "sha256")

    def lookup(self, scope: bytes, entity: str, value: str) -> bytes:
        """The digest under which a value is found again. `scope` is the scope's digest, so its length is fixed."""
        return hmac.digest(self._lookup, scope + entity.encode() + b"\0" + value.encode(), "sha256")

    def cipher(self, scope: bytes) -> ScopeCipher:
        return ScopeCipher(_derived(self._entries, scope), scope)


class ScopeCipher:
    """AES-256-GCM over the originals of one scope, each bound to the scope and to its surrogate."""

    def __init__(self, key: bytes, scope: bytes) -> None:
        self._aead = AESGCM(key)
        self._scope = scope

    def seal(self, nonce: bytes, surrogate: str, value: str) -> bytes:
        return self._aead.encrypt(nonce, value.encode(), self._scope + surrogate.encode())

    def open(self, nonce: bytes, surrogate: str, sealed: bytes) -> str:
        """Raises VaultError where the entry is not what was sealed."""
        try:
            return self._aead.decrypt(nonce, sealed, self._scope + surrogate.encode()).decode()
        except (InvalidTag, ValueError, TypeError, AttributeError) as error:  # damage may change a column's type too
            raise damaged() from error


def damaged() -> VaultError:
    return VaultError(
        "An entry of the vault is not what was sealed: the file was damaged or altered.",
        where="masking/vault",
        remedy="Move the vault file away and restart the gateway: open conversations then get new surrogates.",
    )


def scope_of(key_id: str, conversation: str = "") -> str:
    """The scope of a request: its API key, and the conversation where the client names one. No two pairs share one."""
    return json.dumps([key_id, conversation])


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"ringfence vault 1 " + use).derive(key)
