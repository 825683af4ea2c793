"""Which records belong to a period."""

from __future__ import annotations

import msgspec

from ringfence.evidence.bundle.observing import SIGNS
from ringfence.evidence.bundle.period import Period
from ringfence.ledger.observed import STOP_EVENT
from ringfence.ledger.read import Entry
from ringfence.ledger.reader import Reader
from ringfence.vocabulary.record import Phase


class Selected(msgspec.Struct, frozen=True):
    """Records `first` to `first + records - 1`, `size` bytes with a newline after each; the records just before and
    after them (None where the log begins or ends there); and the first sign of life after them, with its index, which
    vouches for the period's last moments."""

    first: int
    records: int
    size: int
    before: bytes | None
    after: bytes | None
    sign: tuple[int, bytes] | None


def select(reader: Reader, period: Period, log_size: int) -> Selected:
    """The records from the first that is dated in the period to the last one, of the first `log_size`.

    That is a whole number of commits, because the records of one commit have one time. Where a clock was set back
    there may be others between them: they are in the selection, too. Reads the whole log, because only its records
    tell their times; keeps two of them in memory. Raises LedgerCorrupt.
    """
    run = _Run(period)
    for entry in reader.entries():
        if entry.index >= log_size:
            break
        run.take(entry)
    if run.first < 0:
        return Selected(run.place, 0, 0, run.before_place, run.after, run.sign)
    return Selected(run.first, run.end - run.first, run.size, run.before, run.after, run.sign)


class _Run:
    """`first` is -1 until a record is dated in the period; `end` is the index after the last one that is. `place` is
    the index after the last older record: where a period without records stands."""

    def __init__(self, period: Period) -> None:
        self.first, self.end, self.size, self.place = -1, 0, 0, 0
        self.before: bytes | None = None
        self.before_place: bytes | None = None
        self.after: bytes | None = None
        self.sign: tuple[int, bytes] | None = None
        self._period = period
        self._previous: bytes | None = None
        self._bytes = 0

    def take(self, entry: Entry) -> None:
        time = entry.fields.time
        inside = self._period.first <= time <= self._period.last
        if inside and self.first < 0:
            self.first, self.before = entry.index, self._previous
        if self.first >= 0:
            self._bytes += len(entry.leaf) + 1
        if inside:
            self.end, self.size = entry.index + 1, self._bytes
        elif time < self._period.first and self.first < 0:
            self.place, self.before_place = entry.index + 1, entry.leaf
        if inside or (self.first < 0 and entry.index < self.place):
            self.after = self.sign = None
        else:
            self.after = self.after or entry.leaf
            self.sign = self.sign or _sign(entry)
        self._previous = entry.leaf


class _Event(msgspec.Struct):
    event: str = ""
    instance: str | None = None
    by: str = ""


_event = msgspec.json.Decoder(_Event).decode


def _sign(entry: Entry) -> tuple[int, bytes] | None:
    """A command that opens the log starts and stops it, too, and vouches for no gateway."""
    if entry.fields.phase is not Phase.NOTICE or (said := _event(entry.fields.body)).event not in SIGNS:
        return None
    command = said.instance is None and (said.by or said.event == STOP_EVENT)
    return None if command else (entry.index, entry.leaf)
