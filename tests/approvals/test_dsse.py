from __future__ import annotations

import base64

import msgspec
import pytest

from ringfence.approvals import dsse, public_text
from ringfence.vocabulary.approval import Envelope
from support.people import key_of

RAW = base64.b64decode(public_text(key_of("ann")))


def test_the_specifications_example() -> None:
    """https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#test-vectors"""
    assert (
        dsse.pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_lengths_are_of_bytes() -> None:
    assert dsse.pae("é", "ü".encode()) == "DSSEv1 2 é 2 ü".encode()


def test_an_envelope_is_written_with_the_names_of_the_specification() -> None:
    envelope = dsse.sign(b"{}", key_of("ann"), "ann")
    assert set(msgspec.to_builtins(envelope)) == {"payloadType", "payload", "signatures"}
    assert dsse.opened(envelope, "ann", RAW) == b"{}"


@pytest.mark.parametrize("member", ["payload_type", "payload", "keyid", "sig"])
def test_any_changed_part_opens_nothing(member: str) -> None:
    envelope = dsse.sign(b"payload", key_of("ann"), "ann")
    if member in ("keyid", "sig"):
        value = "ben" if member == "keyid" else base64.b64encode(bytes(64)).decode()
        signatures = (msgspec.structs.replace(envelope.signatures[0], **{member: value}),)
        changed = msgspec.structs.replace(envelope, signatures=signatures)
    else:
        value = "application/json" if member == "payload_type" else base64.b64encode(b"pAyload").decode()
        changed = msgspec.structs.replace(envelope, **{member: value})
    assert dsse.opened(changed, "ann", RAW) is None


def test_another_type_signed_by_the_same_key_is_no_approval() -> None:
    """The type is under the signature, so what the key signed elsewhere can't be brought here."""
    other = base64.b64encode(key_of("ann").sign(dsse.pae("text/plain", b"x"))).decode()
    signatures = (msgspec.structs.replace(dsse.sign(b"x", key_of("ann"), "ann").signatures[0], sig=other),)
    for kind in ("text/plain", dsse.PAYLOAD_TYPE):
        assert dsse.opened(Envelope(kind, base64.b64encode(b"x").decode(), signatures), "ann", RAW) is None


@pytest.mark.parametrize("text", ["not base64!", "QQ", "QQ==\n", "é"])
def test_base64_is_strict(text: str) -> None:
    assert dsse.decoded(text) is None
