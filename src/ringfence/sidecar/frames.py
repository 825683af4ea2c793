"""Sealed entries one behind the other: each with the index of its record in the clear, and erasable in place.

A frame is index (8 bytes, big-endian), length of the payload (4), CRC-32 of the payload (4), CRC-32 of these 16 bytes
(4), payload. Erasing overwrites the payload with zeros; no sealed text is all zeros.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import msgspec

_HEAD = struct.Struct(">QII")
_CRC = struct.Struct(">I")
HEAD_BYTES = _HEAD.size + _CRC.size


class Frame(msgspec.Struct, frozen=True):
    """One entry as it stands in a file: `payload` begins at `offset`. `problem` says why it can't be used, "" where it
    can: it was changed. `erased`: it was forgotten."""

    index: int
    offset: int
    payload: bytes
    erased: bool = False
    problem: str = ""


class Lost(msgspec.Struct, frozen=True):
    """From `offset` on, a file can't be followed."""

    offset: int
    says: str


def encode(index: int, payload: bytes) -> bytes:
    head = _HEAD.pack(index, len(payload), zlib.crc32(payload))
    return head + _CRC.pack(zlib.crc32(head)) + payload


def scan(data: bytes, start: int) -> Iterator[Frame | Lost]:
    """Every frame from `start` on; at last a Lost where what follows is none, or only part of one."""
    at = start
    while at < len(data):
        head, check = data[at : at + _HEAD.size], data[at + _HEAD.size : at + HEAD_BYTES]
        if len(check) < _CRC.size:
            yield Lost(at, "the file ends within an entry: a crash, or it was cut")
            return
        if _CRC.pack(zlib.crc32(head)) != check:
            yield Lost(at, "the head of an entry was changed, so what follows can't be told apart")
            return
        index, length, crc = _HEAD.unpack(head)
        offset = at + HEAD_BYTES
        payload = data[offset : offset + length]
        if len(payload) < length:
            yield Lost(at, "the file ends within an entry: a crash, or it was cut")
            return
        if not any(payload):
            yield Frame(index, offset, payload, erased=True)
        else:
            yield Frame(index, offset, payload, problem="" if zlib.crc32(payload) == crc else "it was changed")
        at = offset + length
