"""What each format's file exports: one constant of this type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from ringfence.evidence.exports.requests import Request


class Source(msgspec.Struct, frozen=True):
    """Where events come from: the log's name and the version of Ringfence that writes them."""

    origin: str
    version: str


class Format(msgspec.Struct, frozen=True):
    """`event` makes one JSON object of a request. `specification` is the version that it keeps to, with its URL."""

    name: str
    title: str
    specification: str
    event: Callable[[Request, Source], dict[str, Any]]


def unix_ns(time: str) -> int:
    """Nanoseconds since 1970 of a record's time, which has milliseconds."""
    moment = datetime.fromisoformat(time)
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1_000


def given(**members: Any) -> dict[str, Any]:
    """Those members that say something: not None, not "", not empty."""
    return {name: value for name, value in members.items() if value not in (None, "", (), [], {})}
