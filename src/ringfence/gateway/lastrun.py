"""What the log last said of a gateway, before it starts anew: read backwards from its end."""

from __future__ import annotations

from typing import Any

import msgspec

from ringfence.ledger.observed import HEARTBEAT_EVENT, START_EVENT, STOP_EVENT
from ringfence.ledger.reader import Reader
from ringfence.vocabulary.record import Phase

_FIRST_WINDOW = 4_096  # records
_WIDER = 16
_MOST = 1_048_576
"""No gateway decides so many requests between two heartbeats; reading so far back takes seconds."""


class LastRun(msgspec.Struct, frozen=True):
    """`time` is the last record's, whatever it was. `stopped`: it said that it stops. `digests` are those last known to
    be in force, by member."""

    time: str
    stopped: bool
    digests: dict[str, str]


def last_run(log: Reader | None, instance: str) -> LastRun | None:
    """None where this instance left no sign, or none among the last _MOST records. Raises LedgerCorrupt.

    Reads as far back as the instance's last start, stop or heartbeat: what came in within one heartbeat.
    """
    if log is None:
        return None
    size = int(log.checkpoint().split(b"\n", 2)[1])
    window = _FIRST_WINDOW
    while True:
        start = max(size - window, 0)
        found = _read(log, start, instance)
        if found is not None or start == 0 or window == _MOST:
            return found
        window = min(window * _WIDER, _MOST)


def _read(log: Reader, start: int, instance: str) -> LastRun | None:
    time, stopped = "", None
    digests: dict[str, str] = {}
    for entry in log.entries(start):
        time = entry.fields.time
        if entry.fields.phase is not Phase.NOTICE:
            continue
        body: dict[str, Any] = msgspec.json.decode(entry.fields.body)
        if body.get("instance") != instance:
            continue
        digests |= {name: text for name, text in body.items() if name.endswith("_digest") and isinstance(text, str)}
        if body.get("event") in (START_EVENT, STOP_EVENT, HEARTBEAT_EVENT):
            stopped = body["event"] == STOP_EVENT
    return None if stopped is None else LastRun(time, stopped, digests)
