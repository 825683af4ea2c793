from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringfence.ledger.checkpoint import Checkpoint, Signer, Verifier, open_note
from ringfence.ledger.tree import EMPTY_ROOT
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt

ORIGIN = "log.example/one"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Signer(ORIGIN, KEY)
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))
NOTE = SIGNER.sign(CHECKPOINT)


def test_the_note_is_three_lines_a_blank_one_and_a_signature() -> None:
    raw = KEY.public_key().public_bytes_raw()
    key_id = sha256(ORIGIN.encode() + b"\n\x01" + raw).digest()[:4]
    text = f"{ORIGIN}\n7\n{base64.b64encode(bytes(range(32))).decode()}\n"
    signature = base64.b64encode(key_id + KEY.sign(text.encode())).decode()
    assert NOTE.decode() == f"{text}\n— {ORIGIN} {signature}\n"
    public = base64.b64encode(b"\x01" + raw).decode()
    assert SIGNER.verifier.key_line == f"{ORIGIN}+{key_id.hex()}+{public}"


def test_a_note_of_go_is_accepted() -> None:
    # The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note: another implementation's key, key id, signature.
    verifier = Verifier.from_key_line("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    signature = base64.b64decode(line)
    assert signature[:4] == verifier.key_id
    assert verifier.accepts(text, signature[4:])
    assert not verifier.accepts(text + b" ", signature[4:])


@pytest.mark.parametrize("size", [0, 1, 2**62])
def test_signed_notes_open(size: int) -> None:
    checkpoint = Checkpoint(ORIGIN, size, EMPTY_ROOT)
    assert open_note(SIGNER.sign(checkpoint), Verifier.from_key_line(SIGNER.verifier.key_line)) == checkpoint


def test_every_changed_byte_is_noticed() -> None:
    for at in range(len(NOTE)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(NOTE)
            changed[at] ^= mask
            with pytest.raises(LedgerCorrupt):
                open_note(bytes(changed), SIGNER.verifier)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\n7\n", b"\n07\n"),
        (b"\n7\n", b"\n+7\n"),
        (b"\n7\n", b"\n-7\n"),
        (b"\n7\n", b"\n7.0\n"),
        (b"\n7\n", "\n٧\n".encode()),
        (b"\n\n", b"\nextension\n\n"),
        (b"\n\n", b"\n"),
        ("— ".encode(), b"- "),
        ("— ".encode(), "—  ".encode()),
        (ORIGIN.encode() + b"\n", b"\n"),
        (b"=\n\n", b"\n\n"),
    ],
)
def test_other_spellings_are_refused(old: bytes, new: bytes) -> None:
    assert old in NOTE
    with pytest.raises(LedgerCorrupt, match="not a signed note"):
        open_note(NOTE.replace(old, new, 1), SIGNER.verifier)


def test_a_note_without_its_last_newline_or_with_more_is_refused() -> None:
    for changed in (NOTE[:-1], NOTE + b"\n", NOTE + b"x", b"", b"\n\n"):
        with pytest.raises(LedgerCorrupt):
            open_note(changed, SIGNER.verifier)


def test_unknown_signatures_are_ignored_but_not_enough() -> None:
    other = Signer(ORIGIN, Ed25519PrivateKey.generate())
    witness = other.sign(CHECKPOINT).split(b"\n\n")[1]
    assert open_note(NOTE + witness, SIGNER.verifier) == CHECKPOINT
    with pytest.raises(LedgerCorrupt, match="not signed by"):
        open_note(other.sign(CHECKPOINT), SIGNER.verifier)


def test_a_wrong_line_of_the_known_key_spoils_the_note() -> None:
    wrong = SIGNER.sign(Checkpoint(ORIGIN, 8, EMPTY_ROOT)).split(b"\n\n")[1]
    with pytest.raises(LedgerCorrupt, match="wrong signature"):
        open_note(NOTE + wrong, SIGNER.verifier)


def test_another_logs_checkpoint_is_refused() -> None:
    with pytest.raises(LedgerCorrupt, match="is of the log"):
        open_note(Signer("log.example/two", KEY).sign(Checkpoint("log.example/two", 7, EMPTY_ROOT)), SIGNER.verifier)


@pytest.mark.parametrize(
    "origin", ["", "two words", "a+b", "tab\there", "line\nbreak", "nb\u00a0sp", "x" * 201, "\x00"]
)
def test_an_origin_that_the_format_cannot_hold_is_refused(origin: str) -> None:
    with pytest.raises(ConfigurationError):
        Signer(origin, KEY)


def test_every_changed_character_of_a_key_line_is_noticed() -> None:
    line = SIGNER.verifier.key_line
    for at, character in enumerate(line):
        for mask in (0x01, 0x20):
            changed = line[:at] + chr(ord(character) ^ mask) + line[at + 1 :]
            with pytest.raises(ConfigurationError):
                Verifier.from_key_line(changed)
    for changed in (line + "\n", " " + line, line + "A", line[:-4], ""):
        with pytest.raises(ConfigurationError):
            Verifier.from_key_line(changed)
