"""When anybody was looking, within a bundle's period (ledger/observed.py says what that means)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ringfence.evidence.bundle.bodies import Body, Line, Notice
from ringfence.ledger.observed import HEARTBEAT_EVENT, START_EVENT, STOP_EVENT, Observed, Span, State, observed

SIGNS = (START_EVENT, STOP_EVENT, HEARTBEAT_EVENT)
_MEMBERS = ("event", "instance", "heartbeat_s", "since", "by")


class Observing:
    """Fed with each record in order. Keeps those that decide: signs of life, the first and the last record, and both
    sides of each step back of the clock; between them time only went on, and what it went on by is their distance."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, str, dict[str, Any]]] = []
        self._last: Line | None = None

    def record(self, line: Line, body: Body | None) -> None:
        last, self._last = self._last, line
        if last is None:
            self._kept.append((line.time, "", {}))
        elif line.time < last.time:
            self._kept += [(last.time, "", {}), (line.time, "", {})]
        if isinstance(body, Notice) and body.event in SIGNS:
            said = {name: getattr(body, name) for name in _MEMBERS}
            told = {name: value for name, value in said.items() if value is not msgspec.UNSET}
            self._kept.append((line.time, line.phase, told))

    def spans(self, since: str, until: str) -> Observed:
        """Of the period, both ends as records write time and inclusive."""
        kept = self._kept + ([(self._last.time, "", {})] if self._last else [])
        last = datetime.fromisoformat(until)
        end = last + min(timedelta(milliseconds=1), datetime.max.replace(tzinfo=UTC) - last)
        return observed(kept, datetime.fromisoformat(since), end)


def not_observed(found: Observed) -> list[Span]:
    """The spans in which no gateway gave a sign of life."""
    return [span for span in found.overall if span.state is State.NOT_OBSERVED]
