"""Sigstore's verifier for JavaScript checks our checkpoints and inclusion proofs."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.foreign import forging
from ledger.foreign.conftest import Log
from ringfence.ledger.checkpoint import Signer


def test_our_proofs_hold(log: Log, sigstore: Any) -> None:
    proofs = [forging.proof_job(forging.inclusion(log, index)) for index in range(len(log.leaves))]
    assert sigstore({"key": log.key, "proofs": proofs}) == [""] * len(proofs)


def test_forged_proofs_do_not(log: Log, sigstore: Any) -> None:
    stranger = Signer(log.verifier.name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    forged = [each for index in (1, 256, 600) for each in forging.forged_proofs(log, index, stranger)]
    found = sigstore({"key": log.key, "proofs": [job for _, job in forged]})
    assert [what for (what, _), why in zip(forged, found, strict=True) if not why] == []


def test_another_key(log: Log, sigstore: Any) -> None:
    stranger = Signer(log.verifier.name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    proofs = [forging.proof_job(forging.inclusion(log, 3))]
    assert sigstore({"key": stranger.verifier.key_line, "proofs": proofs}) != [""]
