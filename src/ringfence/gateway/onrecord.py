"""Notices that a command wants on record: put into the ledger where nobody has it open, else left for the gateway."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from ringfence.gateway import boot
from ringfence.gateway.home import Home
from ringfence.gateway.prober import ACKNOWLEDGED_EVENT, Notice, Prober
from ringfence.posture.store import write
from ringfence.vocabulary.errors import ConfigurationError, LedgerLocked, LedgerUnavailable
from ringfence.vocabulary.posture import Acknowledgement
from ringfence.vocabulary.record import Phase, Record

_APPEND_S = 30.0


def put(home: Home, prober: Prober, notices: Iterable[Notice]) -> bool:
    """True where all of them are durable and applied; False where a running gateway will do that within seconds.

    Raises LedgerError where neither is possible.
    """
    bodies = list(notices)
    if not bodies:
        return True
    try:
        ledger = boot.open_ledger(home, _ignore, {"by": "a command"})
    except LedgerLocked:
        for number, body in enumerate(bodies):
            write(home.pending / f"{time.time_ns():020d}-{number:03d}.json", msgspec.json.encode(body))
        return False
    try:
        for body in bodies:
            ledger.append_blocking(Record("", Phase.NOTICE, body), _APPEND_S)
            apply(prober, body)
    finally:
        ledger.close()
    return True


def pending(home: Home) -> Iterator[tuple[Path, Notice | None]]:
    """What commands left, oldest first. None where a file is not what they write."""
    for path in sorted(home.pending.glob("[!.]*.json")):
        try:
            body = msgspec.json.decode(path.read_bytes(), type=Notice)
            _word(body)
        except (OSError, UnicodeDecodeError, msgspec.MsgspecError):
            yield path, None
        else:
            yield path, body


def apply(prober: Prober, body: Notice) -> None:
    """What follows from a notice once it is durable: only an acknowledgement changes anything.

    A crash before this leaves the acknowledgement on record and the drift open; it is then put on record again.
    """
    word = _word(body)
    if word is not None:
        try:
            prober.acknowledge(str(body.get("finding")), word)
        except ConfigurationError:
            return  # a finding that is not there: nothing stands open


def _word(body: Notice) -> Acknowledgement | None:
    """A person's word in an acknowledgement; None in any other notice. Raises msgspec.ValidationError."""
    return msgspec.convert(body.get("word"), Acknowledgement) if body.get("event") == ACKNOWLEDGED_EVENT else None


def _ignore(_: LedgerUnavailable) -> None:
    """A command learns of it by its own append."""
