from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from ringfence.masking.seal import VaultKeys, scope_of
from ringfence.vocabulary.errors import VaultError

KEY = bytes(range(32))
NONCE = bytes(12)


def expected_subkey(use: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869) by hand: extract with an empty salt, then one block of expand."""
    extracted = hmac.digest(bytes(32), KEY, hashlib.sha256)
    return hmac.digest(extracted, b"ringfence vault 1 " + use + b"\x01", hashlib.sha256)


def test_subkeys_and_digests_are_what_the_page_says() -> None:
    keys = VaultKeys(KEY)
    assert keys.check == expected_subkey(b"check")
    scope = keys.scope("k")
    assert scope == hmac.digest(expected_subkey(b"scope"), b"k", hashlib.sha256)
    assert keys.lookup(scope, "URL", "v") == hmac.digest(expected_subkey(b"lookup"), scope + b"URL\0v", hashlib.sha256)


def test_what_was_sealed_opens_only_in_its_place() -> None:
    keys = VaultKeys(KEY)
    here, there = keys.scope("here"), keys.scope("there")
    sealed = keys.cipher(here).seal(NONCE, "PHONE-K7Q2XD9F", "é😀")
    assert keys.cipher(here).open(NONCE, "PHONE-K7Q2XD9F", sealed) == "é😀"
    altered = bytes([sealed[0] ^ 1]) + sealed[1:]
    for cipher, nonce, surrogate, text in (
        (keys.cipher(there), NONCE, "PHONE-K7Q2XD9F", sealed),
        (keys.cipher(here), b"1" * 12, "PHONE-K7Q2XD9F", sealed),
        (keys.cipher(here), NONCE, "PHONE-K7Q2XD9G", sealed),
        (keys.cipher(here), NONCE, "PHONE-K7Q2XD9F", altered),
        (keys.cipher(here), NONCE, "PHONE-K7Q2XD9F", b"short"),
        (VaultKeys(bytes(32)).cipher(here), NONCE, "PHONE-K7Q2XD9F", sealed),
    ):
        with pytest.raises(VaultError, match="damaged or altered"):
            cipher.open(nonce, surrogate, text)


@pytest.mark.parametrize(
    "row", [(None, "PHONE-K7Q2XD9F", b"x" * 20), (NONCE, None, b"x" * 20), (NONCE, 7, b"x" * 20), (NONCE, "x", 7)]
)
def test_a_column_of_another_type_is_damage(row: tuple[Any, Any, Any]) -> None:
    keys = VaultKeys(KEY)
    with pytest.raises(VaultError, match="damaged or altered"):
        keys.cipher(keys.scope("here")).open(*row)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(VaultError, match=f"{size} bytes") as caught:
        VaultKeys(bytes(size))
    assert "32 random bytes" in caught.value.remedy


def test_scopes_never_run_together() -> None:
    pairs = [("a", ""), ("a", "b"), ("ab", ""), ("", "ab"), ('a", "b', ""), ("a", '", "'), ("a\0b", ""), ("a", "\0b")]
    assert len({scope_of(*pair) for pair in pairs}) == len(pairs)
    assert scope_of("a") == scope_of("a", "")
