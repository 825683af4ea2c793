"""Witness cosignatures of both types of https://c2sp.org/tlog-cosignature: Ed25519 (0x04), and ML-DSA-44 (0x06), which
also withstands quantum computers."""

from __future__ import annotations

import base64
import struct
from contextlib import suppress
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from ringfence.ledger.checkpoint import Note, Verifier
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt

PrivateKey = Ed25519PrivateKey | MLDSA44PrivateKey

_ED25519, _ML_DSA_44 = b"\x04", b"\x06"
_SIGNATURE_BYTES = {_ED25519: 64, _ML_DSA_44: 2420}
_TIME_BYTES = 8  # before the signature: seconds, big-endian
_LATEST_S = 2**63 - 1
_ANY_KEY = bytes(32)


class CosignerKey:
    """A witness's public key under its name. `key_line` is its text form, `name+key id+key`; `raw_key` is its type in
    one byte, and the key."""

    def __init__(self, name: str, raw_key: bytes) -> None:
        """Raises ConfigurationError for a name that can't stand in a note, ValueError for what is no key."""
        self.name = Verifier(name, _ANY_KEY).name  # the same rule for names
        self._type, key = raw_key[:1], raw_key[1:]
        if self._type not in _SIGNATURE_BYTES:
            raise ValueError("no type of key for cosignatures")
        self.key_id = sha256(name.encode() + b"\n" + raw_key).digest()[:4]
        self.key_line = f"{name}+{self.key_id.hex()}+{base64.b64encode(raw_key).decode()}"
        self._key = (Ed25519PublicKey if self._type == _ED25519 else MLDSA44PublicKey).from_public_bytes(key)

    @classmethod
    def from_key_line(cls, key_line: str) -> CosignerKey:
        """Read `name+key id+key`. Raises ConfigurationError where it is malformed, of another type, or its id is not
        the key's."""
        name, _, rest = key_line.partition("+")
        with suppress(ValueError, ConfigurationError):
            made = cls(name, base64.b64decode(rest.partition("+")[2], validate=True))
            if made.key_line == key_line:  # one spelling only
                return made
        raise ConfigurationError(
            "This is not the public line of a witness (name+key id+key for cosignatures, of type 4 or 6).",
            remedy="Give the line that `ringfence witness key`, or the witness's operator, prints.",
        )

    def message(self, text: bytes, time_s: int) -> bytes:
        """What is signed of a checkpoint's text: with Ed25519 the text itself, with ML-DSA-44 a structure of its three
        lines that also holds the witness's name."""
        if self._type == _ED25519:
            return b"cosignature/v1\ntime %d\n" % time_s + text
        origin, size, root = text.split(b"\n")[:3]
        name = self.name.encode()
        return (
            b"subtree/v1\n\0"
            + struct.pack(f">B{len(name)}sQ", len(name), name, time_s)
            + struct.pack(f">B{len(origin)}sQQ", len(origin), origin, 0, int(size))
            + base64.b64decode(root)
        )

    def time_of(self, text: bytes, signature: bytes) -> int | None:
        """When this witness cosigned `text` (Unix seconds), or None where `signature` is not its own. One without a
        time says nothing of the log's growth, and is none."""
        time_s = int.from_bytes(signature[:_TIME_BYTES], "big")
        if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES[self._type] or not 0 < time_s <= _LATEST_S:
            return None
        try:
            self._key.verify(signature[_TIME_BYTES:], self.message(text, time_s))
        except (InvalidSignature, struct.error):  # a name or an origin over 255 bytes can't be signed
            return None
        return time_s


class Cosigner:
    """A witness's private key under its name."""

    def __init__(self, name: str, key: PrivateKey) -> None:
        kind = _ED25519 if isinstance(key, Ed25519PrivateKey) else _ML_DSA_44
        self.public = CosignerKey(name, kind + key.public_key().public_bytes_raw())
        self._key = key

    def line(self, text: bytes, time_s: int) -> bytes:
        """The signature line for a checkpoint's text. INVARIANT: the caller has made durable that this tree was seen,
        and it extends every tree of the log that was cosigned before."""
        signature = time_s.to_bytes(_TIME_BYTES, "big") + self._key.sign(self.public.message(text, time_s))
        return signature_line(self.public.name, self.public.key_id, signature)


def signature_line(name: str, key_id: bytes, signature: bytes) -> bytes:
    """One line of a signed note, its newline included. https://c2sp.org/signed-note#signatures"""
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n".encode()


def time_cosigned(note: Note, witness: CosignerKey) -> int | None:
    """When `witness` cosigned this note (Unix seconds), the latest where it did so more than once; None where it did
    not. Raises LedgerCorrupt where a line under its name and key id is not its signature."""
    times = []
    for name, key_id, signature in note.signatures:
        if (name, key_id) == (witness.name, witness.key_id):
            time_s = witness.time_of(note.text, signature)
            if time_s is None:
                raise LedgerCorrupt(f"The line of {name} under size {note.checkpoint.size} is not its cosignature.")
            times.append(time_s)
    return max(times, default=None)
