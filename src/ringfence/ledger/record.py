"""A record as leaf bytes: JSON written once with sorted keys, stored and hashed as written, never rebuilt."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from ringfence.vocabulary.errors import LedgerError
from ringfence.vocabulary.record import Phase, Record

VERSION: Final = 1
"""Of the leaf. A reader refuses any other."""

# An entry bundle prefixes each entry with a uint16: https://c2sp.org/tlog-tiles#log-entries
MAX_LEAF_BYTES = 65_535

SALT_BYTES = 32
"""As long as the HMAC's output, so that guessing the salt is no easier than guessing the digest."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)

_encoder = msgspec.json.Encoder(order="sorted")


class Leaf(msgspec.Struct, frozen=True):
    """One leaf. `time` is RFC 3339 in UTC with milliseconds, when its commit began: `2026-01-31T09:30:00.000Z`.

    `commitments` are lower-case hex HMAC-SHA-256(salt, content) by the content's name; the salt is in the sidecar
    (salts.py), so that erasing it forgets the content and leaves every proof valid.
    """

    version: Literal[1]
    time: str
    request_id: str
    phase: Phase
    body: msgspec.Raw
    commitments: dict[str, str]


class Draft(msgspec.Struct, frozen=True):
    """A record made ready by the thread that appends: encoded, and committed to its contents, which it forgets.

    `salt` is empty where the record has no contents. Large contents are digested here rather than on the writer's
    thread, because one slow record there would hold up every other.
    """

    request_id: str
    phase: Phase
    body: msgspec.Raw
    commitments: dict[str, str]
    salt: bytes


def commitment(salt: bytes, content: bytes) -> str:
    """Lower-case hex HMAC-SHA-256 (RFC 2104) of `content` under `salt`."""
    return hmac.digest(salt, content, "sha256").hex()


def draft(record: Record, random_bytes: Callable[[int], bytes]) -> Draft:
    """Snapshot `record`: what the caller does to its body afterwards changes nothing. Raises LedgerError if the body
    is not JSON."""
    try:
        body = msgspec.Raw(_encoder.encode(record.body))
    except (TypeError, ValueError, RecursionError, OverflowError) as error:
        raise LedgerError(
            f"The body of a {record.phase} record can't be written as JSON ({type(error).__name__}).",
            remedy="Nothing was written. Report it: the room that appends made a body that is not plain JSON.",
        ) from None
    salt = random_bytes(SALT_BYTES) if record.contents else b""
    commitments = {name: commitment(salt, content) for name, content in record.contents.items()}
    return Draft(record.request_id, record.phase, body, commitments, salt)


def encode_leaf(draft: Draft, time: str) -> bytes:
    """The exact bytes that are stored and hashed. Raises LedgerError where they are too long for the format."""
    leaf = Leaf(VERSION, time, draft.request_id, draft.phase, draft.body, draft.commitments)
    encoded = _encoder.encode(leaf)
    if len(encoded) > MAX_LEAF_BYTES:
        raise LedgerError(
            f"A {draft.phase} record of {len(encoded)} bytes is over the format's {MAX_LEAF_BYTES}.",
            remedy="Nothing was written. Put less into the record's body.",
        )
    return encoded


def rfc3339(unix_s: float) -> str:
    """RFC 3339 in UTC, 24 characters, cut (not rounded) to milliseconds, so that the order of times is the order of
    the strings."""
    moment = datetime.fromtimestamp(unix_s, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def is_time(text: str) -> bool:
    """Whether `text` is a moment as `rfc3339` writes it."""
    try:
        return _TIME.fullmatch(text) is not None and datetime.fromisoformat(text).tzinfo is UTC
    except ValueError:
        return False
