"""What parent and worker say to one another: msgpack frames behind a length of four bytes.

The parent says one `Job`; the worker answers `Kind`, any number of `Batch`, `Rows` and `Reason`, then `Done`. Its very
first frame, once it has shut itself in, is `Ready`.
"""

from __future__ import annotations

import struct
from typing import Final

import msgspec

# INVARIANT: no frame of the worker is longer, or the parent takes the worker for broken: the worker is not trusted,
# for it has read a stranger's file. (The worker flushes at a fraction of it.)
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024

LENGTH: Final = struct.Struct(">I")


class Job(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """One file, as bytes. The worker opens no path."""

    data: bytes
    name: str
    media_type: str
    timeout_s: float


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The worker has shut itself in. `guards` are plain phrases, one for each protection that holds."""

    no_network: bool
    guards: list[str]


class Kind(msgspec.Struct, frozen=True, array_like=True, tag=True):
    kind: str


class Batch(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Pieces, as columns of equal length: fast to decode."""

    wheres: list[str]
    texts: list[str]
    contexts: list[str]
    lines: list[int]


class Rows(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Cells of a plain table. Row i is on line `lines[i]`; its j-th cell is at `wheres[j]` with context `contexts[j]`.

    No row is longer than `wheres`. Empty cells are no pieces.
    """

    wheres: list[str]
    contexts: list[str]
    lines: list[int]
    rows: list[list[str]]


class Reason(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Something was not read, and why. Makes the result PARTIAL."""

    reason: str


class Done(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The file is finished. `worn`: the worker should be replaced before the next one."""

    worn: bool


Answer = Ready | Kind | Batch | Rows | Reason | Done

_encoder = msgspec.msgpack.Encoder()
jobs: Final = msgspec.msgpack.Decoder(Job)
answers: Final = msgspec.msgpack.Decoder(Answer)


def encode(message: Job | Answer) -> bytes:
    """The message with its length before it."""
    frame = bytearray(LENGTH.size)
    _encoder.encode_into(message, frame, LENGTH.size)
    LENGTH.pack_into(frame, 0, len(frame) - LENGTH.size)
    return bytes(frame)
