"""DSSE 1.0 envelopes with Ed25519: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ringfence.vocabulary.approval import Envelope, Signature

PAYLOAD_TYPE = "application/vnd.ringfence.approval+json"

KEY_BYTES = 32
"""Of a raw Ed25519 public key: https://www.rfc-editor.org/rfc/rfc8032#section-5.1.5"""


def pae(payload_type: str, payload: bytes) -> bytes:
    """What is signed: "DSSEv1", then each part after its length in bytes, so that no two inputs look alike."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, key: Ed25519PrivateKey, keyid: str) -> Envelope:
    """An envelope with one signature."""
    signature = base64.b64encode(key.sign(pae(PAYLOAD_TYPE, payload))).decode()
    return Envelope(PAYLOAD_TYPE, base64.b64encode(payload).decode(), (Signature(keyid, signature),))


def opened(envelope: Envelope, keyid: str, raw_key: bytes) -> bytes | None:
    """The payload, where `raw_key` (32 bytes) signed it under that name; None where it did not, or the envelope is of
    another type. The name chooses the key and proves nothing."""
    if envelope.payload_type != PAYLOAD_TYPE:
        return None
    payload = decoded(envelope.payload)
    if payload is None:
        return None
    for each in envelope.signatures:
        signature = decoded(each.sig)
        if each.keyid == keyid and signature is not None and _accepts(raw_key, signature, payload):
            return payload
    return None


def decoded(text: str) -> bytes | None:
    """Strict standard Base64; None where it is not."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _accepts(raw_key: bytes, signature: bytes, payload: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(raw_key).verify(signature, pae(PAYLOAD_TYPE, payload))
    except InvalidSignature:
        return False
    return True
