"""What the ledger stores."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class Phase(StrEnum):
    """DECIDED is durable before the first byte leaves; ENDED follows; NOTICE is a change of state (start, policy)."""

    DECIDED = "decided"
    ENDED = "ended"
    NOTICE = "notice"


class Outcome(StrEnum):
    """How a request ended. UNKNOWN is appended at a restart for a DECIDED record without an ENDED one."""

    COMPLETED = "completed"
    DENIED = "denied"
    CLIENT_LEFT = "client_left"
    UPSTREAM_FAILED = "upstream_failed"
    UNKNOWN = "unknown"


class Record(msgspec.Struct, frozen=True):
    """One ledger entry before it is stored. Never holds content.

    `body` is JSON-encodable and written by the room that appends (see docs/reference/record.md for its members).
    `contents` are the bytes that this record commits to, by name: the ledger stores only keyed digests of them, under
    a random per-record salt that can be erased.
    """

    request_id: str
    phase: Phase
    body: dict[str, Any]
    contents: dict[str, bytes] = {}


class Receipt(msgspec.Struct, frozen=True):
    """A durable entry: its index in the log and the size of the signed tree that holds it."""

    index: int
    tree_size: int
