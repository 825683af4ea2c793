"""One epoch of the subject sidecar: a key pair that only two custodians together can use.

The gateway makes the pair, seals the private key for every two custodians (first to the one, then to the other), writes
that into the epoch's file, and forgets it before the first entry. From then on it can add entries and open none.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode
from collections.abc import Callable, Sequence
from itertools import combinations

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ringfence.sidecar.people import Opener
from ringfence.sidecar.sealing import SUITE, public_of, seal, text_of, unseal
from ringfence.vocabulary.errors import SidecarError

_START = struct.Struct(">8sII")
_MAGIC, _VERSION = b"RNGFSUBJ", 1
_CRC_BYTES = 4


class Share(msgspec.Struct, frozen=True):
    """The epoch's private key for two custodians: sealed to `inner`, and that to `outer` (ids)."""

    inner: str
    outer: str
    sealed: str


class Epoch(msgspec.Struct, frozen=True):
    """What an epoch's file says at its beginning. `began` is RFC 3339 in UTC, `public_key` Base64."""

    id: str
    began: str
    suite: str
    public_key: str
    shares: tuple[Share, ...]


def begin(
    id_: str, began: str, custodians: Sequence[Opener], new_key: Callable[[], X25519PrivateKey]
) -> tuple[Epoch, bytes]:
    """A new epoch and its raw public key.

    INVARIANT: the private key is nowhere but in the shares once this returns.
    """
    key = new_key()
    raw, public = key.private_bytes_raw(), public_of(key)
    shares = []
    for inner, outer in combinations(sorted(custodians, key=lambda each: each.id), 2):
        purpose = _share_purpose(id_, inner.id, outer.id)
        shares.append(
            Share(
                inner.id,
                outer.id,
                text_of(seal(outer.public_key, purpose, seal(inner.public_key, purpose, raw))),
            )
        )
    return Epoch(id_, began, SUITE, text_of(public), tuple(shares)), public


def open_epoch(epoch: Epoch, first: X25519PrivateKey, second: X25519PrivateKey, where: str) -> X25519PrivateKey:
    """The epoch's private key, from the keys of two custodians in either order.

    Raises SidecarError where they are not two of its custodians, or the file was changed.
    """
    for share in epoch.shares:
        purpose = _share_purpose(epoch.id, share.inner, share.outer)
        for inner, outer in ((first, second), (second, first)):
            try:
                sealed = unseal(outer, purpose, b64decode(share.sealed), where)
                raw = unseal(inner, purpose, sealed, where)
            except (SidecarError, ValueError):
                continue
            key = X25519PrivateKey.from_private_bytes(raw)
            if text_of(public_of(key)) == epoch.public_key:
                return key
    raise SidecarError(
        f"{where} does not open with these two keys.",
        where=where,
        remedy="Two different custodians of that time are needed, each with their own key file.",
    )


def entry_purpose(epoch_id: str, index: int) -> bytes:
    """What an entry is bound to: its epoch and its record."""
    return f"ringfence subject 1 {epoch_id} {index}".encode()


def encode_head(epoch: Epoch) -> bytes:
    """The beginning of a file: `RNGFSUBJ`, version (4), length (4), JSON, CRC-32 of all before (4)."""
    body = msgspec.json.encode(epoch)
    head = _START.pack(_MAGIC, _VERSION, len(body)) + body
    return head + zlib.crc32(head).to_bytes(_CRC_BYTES, "big")


def decode_head(data: bytes, where: str) -> tuple[Epoch, int]:
    """The epoch, and where its entries begin. Raises SidecarError."""
    try:
        magic, version, length = _START.unpack_from(data)
        end = _START.size + length
        whole = data[: end + _CRC_BYTES]
        if (magic, version) != (_MAGIC, _VERSION) or len(whole) < end + _CRC_BYTES:
            raise ValueError
        if zlib.crc32(whole[:end]).to_bytes(_CRC_BYTES, "big") != whole[end:]:
            raise ValueError
        return msgspec.json.decode(whole[_START.size : end], type=Epoch), end + _CRC_BYTES
    except (struct.error, ValueError) as error:
        raise SidecarError(
            f"{where} does not begin as a file of sealed subjects: it was cut or changed.",
            where=where,
            remedy="Restore it from a copy; without it, whose data was in its records can't be known.",
        ) from error


def _share_purpose(epoch_id: str, inner: str, outer: str) -> bytes:
    return f"ringfence epoch 1 {epoch_id} {inner} {outer}".encode()
