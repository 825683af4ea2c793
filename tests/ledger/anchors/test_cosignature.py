"""Cosignatures, compared with the specification's own example and with a reading of it that shares no code."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from ringfence.ledger.anchors.cosignature import Cosigner, CosignerKey, PrivateKey, time_cosigned
from ringfence.ledger.checkpoint import Verifier, read_note
from ringfence.vocabulary.errors import ConfigurationError, LedgerCorrupt

# https://c2sp.org/tlog-cosignature: the example there.
TEXT = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
LOG_LINE = (
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
WITNESS_LINE = (
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
ML_DSA = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
PQ = Cosigner("witness.example.com/w1", ML_DSA)
COSIGNER = Cosigner("witness.example.com/w1", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def _note(*lines: bytes) -> bytes:
    return TEXT + b"\n" + LOG_LINE.encode() + b"".join(lines)


def test_example_of_the_specification_is_read() -> None:
    note = read_note(_note(WITNESS_LINE.encode()))
    name, key_id, signature = note.signatures[1]
    assert (name, key_id.hex(), len(signature)) == ("witness.example.com/w1", "8d66cf3f", 72)
    time_s = int.from_bytes(signature[:8], "big")
    assert COSIGNER.public.message(note.text, time_s) == b"cosignature/v1\ntime 1679315147\n" + TEXT


def test_line_is_what_the_specification_says() -> None:
    raw = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    key_id = hashlib.sha256(b"witness.example.com/w1\n\x04" + raw).digest()[:4]
    dash, name, encoded = COSIGNER.line(TEXT, 1679315147).decode().removesuffix("\n").split(" ")
    blob = base64.b64decode(encoded)
    assert (dash, name, blob[:4]) == ("—", "witness.example.com/w1", key_id)
    assert blob[4:12] == (1679315147).to_bytes(8, "big")
    signed = b"cosignature/v1\ntime 1679315147\n" + TEXT
    Ed25519PublicKey.from_public_bytes(raw).verify(blob[12:], signed)
    assert (
        COSIGNER.public.key_line
        == f"witness.example.com/w1+{key_id.hex()}+{base64.b64encode(bytes([4]) + raw).decode()}"
    )


def test_own_line_is_known_among_others() -> None:
    note = read_note(_note(WITNESS_LINE.encode(), COSIGNER.line(TEXT, 11), COSIGNER.line(TEXT, 12)))
    assert time_cosigned(note, COSIGNER.public) == 12
    assert time_cosigned(read_note(_note(WITNESS_LINE.encode())), COSIGNER.public) is None


@pytest.mark.parametrize("at", [0, 7, 8, 71])
def test_flipped_bit_spoils_the_note(at: int) -> None:
    line = COSIGNER.line(TEXT, 11).decode().split(" ")
    blob = bytearray(base64.b64decode(line[2]))
    blob[4 + at] ^= 1
    line[2] = base64.b64encode(blob).decode() + "\n"
    with pytest.raises(LedgerCorrupt):
        time_cosigned(read_note(_note(" ".join(line).encode())), COSIGNER.public)


def test_signature_of_another_length_is_none() -> None:
    assert COSIGNER.public.time_of(TEXT, b"short") is None


def test_key_line_has_one_spelling() -> None:
    line = COSIGNER.public.key_line
    assert CosignerKey.from_key_line(line).key_line == line
    raw = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    as_log = Verifier("witness.example.com/w1", raw).key_line
    for wrong in ("", "name", "name+00000000+AA==", line + "\n", line[:-1], line.replace("w1", "w2"), as_log):
        with pytest.raises(ConfigurationError):
            CosignerKey.from_key_line(wrong)
    with pytest.raises(ConfigurationError):
        CosignerKey("two words", bytes([4]) + bytes(32))


def test_ml_dsa_line_is_what_the_specification_says() -> None:
    """The structure put together once more, by hand."""
    raw = ML_DSA.public_key().public_bytes_raw()
    key_id = hashlib.sha256(b"witness.example.com/w1\n\x06" + raw).digest()[:4]
    blob = base64.b64decode(PQ.line(TEXT, 1679315147).decode().split(" ")[2])
    assert (blob[:4], len(raw), len(blob)) == (key_id, 1312, 4 + 8 + 2420)
    assert blob[4:12] == (1679315147).to_bytes(8, "big")
    signed = bytes.fromhex("737562747265652f76310a00") + b"\x16witness.example.com/w1" + blob[4:12]
    signed += b"\x1bexample.com/behind-the-sofa" + bytes(8) + (20852163).to_bytes(8, "big")
    signed += base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    public = MLDSA44PublicKey.from_public_bytes(raw)
    public.verify(blob[12:], signed)
    with pytest.raises(InvalidSignature):
        public.verify(blob[12:], signed[:-1] + b"x")
    assert PQ.public.key_line.startswith(f"witness.example.com/w1+{key_id.hex()}+B")


@pytest.mark.parametrize("key", [Ed25519PrivateKey.from_private_bytes(bytes(32)), ML_DSA])
def test_both_types_stand_side_by_side_and_bind_all_they_say(key: PrivateKey) -> None:
    signer = Cosigner("w.example/1", key)
    both = read_note(_note(COSIGNER.line(TEXT, 5), signer.line(TEXT, 7), PQ.line(TEXT, 6)))
    assert time_cosigned(both, CosignerKey.from_key_line(signer.public.key_line)) == 7
    signature = next(found for name, _, found in both.signatures if name == "w.example/1")
    assert signer.public.time_of(TEXT, signature) == 7
    assert signer.public.time_of(TEXT.replace(b"20852163", b"20852164"), signature) is None
    assert signer.public.time_of(TEXT, (8).to_bytes(8, "big") + signature[8:]) is None
    for time_s in (0, 2**63):
        line = signer.line(TEXT, time_s)
        with pytest.raises(LedgerCorrupt):
            time_cosigned(read_note(_note(line)), signer.public)


def test_only_ml_dsa_binds_the_name() -> None:
    renamed = Cosigner("w.example/2", ML_DSA)
    signature = base64.b64decode(renamed.line(TEXT, 7).decode().split(" ")[2])[4:]
    assert PQ.public.time_of(TEXT, signature) is None
