"""Checkpoints: the tree's size and root as a signed note, readable by anybody's tools.

https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note; Ed25519 (RFC 8032), signature type 0x01.
"""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt

_ED25519 = b"\x01"
_MAX_NAME_CHARS = 200
_KEY_LINE = re.compile(r"([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """A log's name, the number of its leaves and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes


class Verifier:
    """A public key under a name. `key_line` is its text form, `name+key id+key`, for any tool that reads notes."""

    def __init__(self, name: str, raw_key: bytes) -> None:
        if not name or len(name) > _MAX_NAME_CHARS or "+" in name or name.split() != [name] or not name.isprintable():
            raise ConfigurationError(
                "A ledger's origin must be one word of 1 to 200 characters without spaces or '+'.",
                remedy="Give it a name such as example.com/ringfence.",
            )
        self.name = name
        self.raw_key = raw_key
        self.key_id = sha256(name.encode() + b"\n" + _ED25519 + raw_key).digest()[:4]
        self.key_line = f"{name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + raw_key).decode()}"
        self._key = Ed25519PublicKey.from_public_bytes(raw_key)

    @classmethod
    def from_key_line(cls, key_line: str) -> Verifier:
        """Read `name+key id+key`. Raises ConfigurationError where it is malformed or its key id is not the key's."""
        match = _KEY_LINE.fullmatch(key_line)
        if match:
            with suppress(ValueError):
                verifier = cls(match[1], _decode(match[3]).removeprefix(_ED25519))
                if verifier.key_line == key_line:
                    return verifier
        raise ConfigurationError(
            "This is not the public key of a ledger (name+key id+Ed25519 key).",
            remedy="Give the line of the .vkey file that stands beside the ledger's private key.",
        )

    def accepts(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes) over `text` is this key's."""
        try:
            self._key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


class Signer:
    """The private key under the log's name."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self.verifier = Verifier(name, key.public_key().public_bytes_raw())
        self._key = key

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """The signed note. INVARIANT: a log never signs two trees that do not extend one another, so nothing is
        signed but what follows from the highest signed checkpoint."""
        text = checkpoint_text(checkpoint)
        signature = base64.b64encode(self.verifier.key_id + self._key.sign(text))
        return text + "\n— ".encode() + self.verifier.name.encode() + b" " + signature + b"\n"


def checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """The three lines that are signed, their last newline included."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n".encode()


class Note(msgspec.Struct, frozen=True):
    """A signed note, read but not believed: its checkpoint, the bytes that were signed, and each signature with the
    name and id of the key that it is said to be of."""

    checkpoint: Checkpoint
    text: bytes
    signatures: list[tuple[str, bytes, bytes]]


def open_note(note: bytes, verifier: Verifier) -> Checkpoint:
    """The checkpoint of a note that `verifier` signed. Raises LedgerCorrupt as `read_note` and `check_note` do."""
    read = read_note(note)
    check_note(read, verifier)
    return read.checkpoint


def read_note(note: bytes) -> Note:
    """Take a note apart. Raises LedgerCorrupt where it is not a checkpoint of three lines in its one spelling."""
    try:
        head, blank, tail = note.decode().rpartition("\n\n")
        origin, size, root = head.split("\n")
        signatures = []
        for line in tail.removesuffix("\n").split("\n"):
            dash, name, encoded = line.split(" ")
            signature = _decode(encoded)
            if dash != "—" or not name or len(signature) < 5:
                raise ValueError
            signatures.append((name, signature[:4], signature[4:]))
        checkpoint = Checkpoint(origin, int(size), _decode(root))
        if not (blank and tail.endswith("\n") and origin and _SIZE.fullmatch(size) and len(checkpoint.root) == 32):
            raise ValueError
    except ValueError:
        raise LedgerCorrupt("A checkpoint is not a signed note of three lines.") from None
    return Note(checkpoint, checkpoint_text(checkpoint), signatures)


def check_note(note: Note, verifier: Verifier) -> None:
    """Raises LedgerCorrupt unless the note is of the verifier's log and signed by its key. Lines of unknown keys are
    ignored, as the format asks; a wrong line of the known key spoils the note."""
    size, origin = note.checkpoint.size, note.checkpoint.origin
    if origin != verifier.name:
        raise LedgerCorrupt(f"A checkpoint of size {size} is of the log {origin!r}, not of {verifier.name!r}.")
    ours = [rest for name, key_id, rest in note.signatures if (name, key_id) == (verifier.name, verifier.key_id)]
    if not ours:
        raise LedgerCorrupt(f"A checkpoint of size {size} is not signed by {verifier.key_line}.")
    if not all(verifier.accepts(note.text, signature) for signature in ours):
        raise LedgerCorrupt(f"A checkpoint of size {size} has a wrong signature.")


def _decode(text: str) -> bytes:
    """Base64 (RFC 4648 section 4), only in its one canonical spelling. Raises ValueError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError from None
    if base64.b64encode(raw).decode() != text:
        raise ValueError
    return raw
