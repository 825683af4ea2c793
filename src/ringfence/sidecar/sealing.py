"""HPKE (RFC 9180) as both stores use it: anybody seals to a public key, only the private key opens.

Base mode, one message for each encapsulated key. `purpose` is the `info` of section 5.1: it says which store and which
record a sealed text belongs to, so that one that was moved to another place does not open there.
"""

from __future__ import annotations

from base64 import b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from ringfence.vocabulary.errors import SidecarError

SUITE = "DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM"
"""RFC 9180 section 7: KEM 0x0020, KDF 0x0001, AEAD 0x0002. Written into every file, so that it can change one day."""

KEY_BYTES = 32
OVERHEAD_BYTES = 48
"""A sealed text is this much longer: the encapsulated key (32) and the tag (16)."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(public_key: bytes, purpose: bytes, data: bytes) -> bytes:
    """`data`, sealed to a raw X25519 public key. Raises ValueError where that is no key."""
    return _SUITE.encrypt(data, X25519PublicKey.from_public_bytes(public_key), purpose)


def unseal(private_key: X25519PrivateKey, purpose: bytes, sealed: bytes, where: str) -> bytes:
    """What was sealed. Raises SidecarError: another key, another purpose, or changed bytes; which can't be known."""
    try:
        return _SUITE.decrypt(sealed, private_key, purpose)
    except (InvalidTag, ValueError) as error:
        raise SidecarError(
            f"{where} can't be opened: it is sealed to another key, or it was changed.",
            where=where,
            remedy="Use the key that it was sealed to; if that is the one, restore the file from a copy.",
        ) from error


def public_of(private_key: X25519PrivateKey) -> bytes:
    """The raw public key."""
    return private_key.public_key().public_bytes_raw()


def text_of(key: bytes) -> str:
    """A key as files write it: RFC 4648 section 4."""
    return b64encode(key).decode()
