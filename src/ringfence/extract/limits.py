"""The bounds of one file's reading."""

from __future__ import annotations

import msgspec

MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True):
    """What one file may cost. A bound that is met makes the result PARTIAL, with a reason that names it.

    `max_bytes`: size of the file. `max_unpacked_bytes`: sum of all that is unpacked from it (parts of a DOCX, streams,
    attachments). `max_characters`, `max_pieces`: size of the result, in code points and pieces. `max_parts`: files
    inside of files. `max_depth`: how deep files may stand in files. `timeout_s`: wall time of the reading, once a
    worker is free. `memory_bytes`: address space of the worker process.
    """

    max_bytes: int = 64 * MIB
    max_unpacked_bytes: int = 256 * MIB
    max_characters: int = 100_000_000
    max_pieces: int = 2_000_000
    max_parts: int = 10_000
    max_depth: int = 8
    timeout_s: float = 30.0
    memory_bytes: int = 1024 * MIB
