"""As much of DER (ITU-T X.690) as it takes to find which certificate a timestamp says that it was signed with.

The client library checks the signature and the chain, but not this attribute, which RFC 3161 section 2.2 asks a
requester to check: it binds the signature to one certificate, where a key has several.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha1, sha256, sha384, sha512

_SEQUENCE, _SET, _OCTETS, _OID, _CONTEXT_0 = 0x30, 0x31, 0x04, 0x06, 0xA0
_SIGNING_CERTIFICATE = bytes.fromhex("2a864886f70d010910020c")  # 1.2.840.113549.1.9.16.2.12, RFC 2634 section 5.4
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")  # 1.2.840.113549.1.9.16.2.47, RFC 5035 section 3
_HASHES = {20: sha1, 32: sha256, 48: sha384, 64: sha512}
"""By their length in bytes. SHA-1 only in the first form of the attribute, where nothing else can stand."""


def names_certificate(token: bytes, certificate: bytes) -> bool:
    """Whether the one signer of `token` (ContentInfo of a SignedData) names `certificate` (DER) as its own.

    Raises ValueError for what is not DER or not of that shape.
    """
    signed = _only(_only(token, _SEQUENCE)[1][1], _SEQUENCE)
    signer = _only(signed[-1][1], _SEQUENCE)
    for tag, value in signer:
        if tag == _CONTEXT_0:  # signedAttrs
            return any(_names(attribute, certificate) for kind, attribute in _read(value) if kind == _SEQUENCE)
    return False


def _names(attribute: bytes, certificate: bytes) -> bool:
    (_, oid), (_, values) = _read(attribute)
    if oid not in (_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2):
        return False
    certificates = _only(values, _SEQUENCE)[0][1]  # SigningCertificate; its first member lists the certificates
    first = next(_read(certificates))[1]  # the signer's own comes first
    named = next(value for tag, value in _read(first) if tag == _OCTETS)
    if (len(named) == 20) != (oid == _SIGNING_CERTIFICATE) or len(named) not in _HASHES:
        return False
    return _HASHES[len(named)](certificate).digest() == named


def _only(data: bytes, tag: int) -> list[tuple[int, bytes]]:
    """The members of the one element in `data`."""
    [(found, value)] = _read(data)
    if found != tag:
        raise ValueError("another DER element than expected")
    return list(_read(value))


def _read(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element. Raises ValueError where one is not whole."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise ValueError("a DER element is cut")
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError("a DER element is cut")
        yield tag, data[at : at + length]
        at += length
