"""Notices that a command wants on record: put into the ledger where nobody has it open, else left for the gateway."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from ringfence.approvals import load_people
from ringfence.gateway import boot
from ringfence.gateway.forgetting import carry
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
    if not bodies or _record(home, prober, bodies):
        return True
    for number, body in enumerate(bodies):
        write(home.pending / f"{time.time_ns():020d}-{number:03d}.json", msgspec.json.encode(body))
    return False


def _record(home: Home, prober: Prober, bodies: Iterable[Notice]) -> bool:
    """Whether the ledger was free, and they are durable and applied. Raises LedgerError."""
    try:
        ledger = boot.open_ledger(home, _ignore, {"by": "a command"}, command=True)
    except LedgerLocked:
        return False
    try:
        for body in bodies:
            ledger.append_blocking(Record("", Phase.NOTICE, body), _APPEND_S)
            for more in apply(prober, body):
                ledger.append_blocking(Record("", Phase.NOTICE, more), _APPEND_S)
    finally:
        ledger.close()
    return True


def leave(home: Home, body: Notice) -> Path:
    """Puts a notice into the pending folder, durably, so that a crash can't lose what follows from it."""
    path = home.pending / f"{time.time_ns():020d}-000.json"
    write(path, msgspec.json.encode(body))
    return path


def drain(home: Home, prober: Prober) -> bool:
    """Records and carries out all that is pending, where no gateway runs to do it. Returns and raises as `put`."""
    for path, body in pending(home):
        if body is None:
            raise ConfigurationError(f"{path} can't be carried out", remedy="Remove it, and give the order again.")
        if not _record(home, prober, [body]):
            return False
        path.unlink(missing_ok=True)
    return True


def pending(home: Home) -> Iterator[tuple[Path, Notice | None]]:
    """What commands left, oldest first. None where a file is not what they write."""
    for path in sorted(home.pending.glob("[!.]*.json")):
        try:
            body = msgspec.json.decode(path.read_bytes(), type=Notice)
            _word(body)
            msgspec.convert(body.get("event"), str)
            if body["event"] in carry.EVENTS:
                reader, people = partial(boot.reader, home), load_people(home.approvers)
                body = carry.check(body, home.forgets, reader, people, datetime.now(UTC))
        except (OSError, UnicodeDecodeError, msgspec.MsgspecError, ConfigurationError):
            yield path, None
        else:
            yield path, body


def apply(prober: Prober, body: Notice) -> list[Notice]:
    """What follows from a notice once it is durable, and the notices about that: an acknowledgement, an order to
    forget or the end of a hold change something.

    A crash before this leaves the notice on record and the pending file where it was; it is then put on record again.
    """
    word = _word(body)
    if word is not None:
        with suppress(ConfigurationError):  # a finding that is not there: nothing stands open
            prober.acknowledge(str(body.get("finding")), word)
    if body.get("event") in carry.EVENTS:
        return carry.carry_out(body, boot.reader(prober.home), places(prober.home))
    return []


def places(home: Home) -> carry.Places:
    """Where forgetting finds what it needs."""
    return carry.Places(home.forgets, home.holds, home.content, home.subjects)


def _word(body: Notice) -> Acknowledgement | None:
    """A person's word in an acknowledgement; None in any other notice. Raises msgspec.ValidationError."""
    return msgspec.convert(body.get("word"), Acknowledgement) if body.get("event") == ACKNOWLEDGED_EVENT else None


def _ignore(_: LedgerUnavailable) -> None:
    """A command learns of it by its own append."""
