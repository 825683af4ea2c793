"""When was anybody looking? What starts, stops and heartbeats say of a period, and what they leave open.

A span without a sign of life is *not observed*: nothing on record there does not mean that nothing happened.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

import msgspec

from ringfence.vocabulary.record import Phase

START_EVENT, STOP_EVENT, HEARTBEAT_EVENT = "start", "stop", "heartbeat"

ALLOWED_PERIODS = 2
ALLOWED_SLACK_S = 1.0
"""A heartbeat may be this much late: one that is lost and a slow disk are no gap yet."""

LONGEST_PERIOD_S = 3600.0
"""A run that announces fewer heartbeats is heard as if it had announced one an hour: else a single sign could be made
to vouch for a year."""

SKEW_S = 1.0
"""Steps back of at most this are the difference between gateways' clocks, and count as no time at all."""


class State(StrEnum):
    OBSERVED = "observed"
    NOT_OBSERVED = "not_observed"


class Why(StrEnum):
    """Why a span is not observed, the strongest last. BEFORE_FIRST: nothing was heard of it yet. STOPPED: it said that
    it stops. CRASHED: it started anew without having said so. SILENT: it gave no sign, and never said that it stops.
    CLOCK: the clock stepped back, so these hours are on record twice."""

    BEFORE_FIRST = "before_first"
    STOPPED = "stopped"
    CRASHED = "crashed"
    SILENT = "silent"
    CLOCK = "clock"


_MOST_STEPS = 1_000
"""Of clocks set back. A log with more is taken to have no sound time from the first to the last of them."""

_GONE = (Why.CRASHED, Why.SILENT)
_MOST_MISSING = 100  # names at one span


class Span(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Half-open, in UTC. `why` is None where observed. `instance` is "" for the whole log, whose spans name in
    `missing` the instances that had not said that they stop, and of which nothing was heard, the first 100."""

    start: datetime
    end: datetime
    state: State
    why: Why | None = None
    instance: str = ""
    missing: tuple[str, ...] = ()


class Observed(msgspec.Struct, frozen=True):
    """`overall`: observed where at least one gateway was. `instances`: each gateway's own spans. Spans follow one
    another without a gap and without two alike in a row."""

    overall: tuple[Span, ...]
    instances: dict[str, tuple[Span, ...]]


def observed(
    records: Iterable[tuple[str, str, Mapping[str, Any]]],
    since: datetime | None = None,
    until: datetime | None = None,
) -> Observed:
    """The spans of the period from `since` to `until`; without them, of all from the first record to the last.

    `records` are (time as in the leaf, phase, body) in the order of their indices; only a NOTICE's body is looked at.
    Records around the period may be handed in, too: they tell what its edges were. What lies after the last sign of
    life is SILENT, because only the next sign would vouch for it. A clock that jumps forward looks like silence.

    INVARIANT: a span is observed only between two signs of one run that are no further apart than ALLOWED_PERIODS of
    the heartbeats that this run announced, or of LONGEST_PERIOD_S. (The first heartbeat of a period may name the sign
    before it in `since`.)
    """
    heard = _Heard()
    for time, phase, body in records:
        heard.record(datetime.fromisoformat(time), body if phase == Phase.NOTICE else None)
    first = since or heard.first
    last = until or heard.last
    if first is None or last is None or last <= first:
        return Observed((), {})
    clock = _united(heard.clock)
    if len(clock) > _MOST_STEPS:
        clock = [_Piece(clock[0].start, clock[-1].end, Why.CLOCK)]
    instances = {
        name: _named(_overlaid(_cut(each.finished(last), first, last), clock), name)
        for name, each in sorted(heard.instances.items())
    }
    return Observed(_overall(instances, first, last), instances)


class _Piece(msgspec.Struct, frozen=True):
    start: datetime
    end: datetime
    why: Why | None


class _Instance:
    """One gateway's pieces so far, in order. `seen_s` is when it last gave a sign, in the log's elapsed seconds: they
    never run backwards, so that a clock that steps back hides no silence."""

    def __init__(self) -> None:
        self.pieces: list[_Piece] = []
        self.seen_at: datetime | None = None
        self._seen_s = 0.0
        self._stopped = False
        self._period_s = 0.0

    def sign(self, at: datetime, elapsed_s: float, event: str, body: Mapping[str, Any]) -> None:
        period_s = body.get("heartbeat_s")
        if isinstance(period_s, int | float):
            self._period_s = min(float(period_s), LONGEST_PERIOD_S)
        if self.seen_at is None:
            self._first(at, event, body)
        else:
            self._add(self.seen_at, at, self._why(elapsed_s, event))
        self.seen_at, self._seen_s = at, elapsed_s
        self._stopped = event == STOP_EVENT

    def finished(self, until: datetime) -> list[_Piece]:
        """All pieces, with what follows the last sign."""
        if self.seen_at is not None and until > self.seen_at:
            self._add(self.seen_at, until, Why.STOPPED if self._stopped else Why.SILENT)
        return self.pieces

    def _first(self, at: datetime, event: str, body: Mapping[str, Any]) -> None:
        """A heartbeat says itself since when it speaks for, so that a period needs no record from before it."""
        since = body.get("since")
        try:
            start = datetime.fromisoformat(since) if event != START_EVENT and isinstance(since, str) else at
        except ValueError:
            start = at
        if start.tzinfo is not None and timedelta() < at - start <= timedelta(seconds=self._allowed_s):
            self._add(start, at, None)

    def _why(self, elapsed_s: float, event: str) -> Why | None:
        if self._stopped:
            return Why.STOPPED
        if event == START_EVENT:
            return Why.CRASHED
        return None if elapsed_s - self._seen_s <= self._allowed_s else Why.SILENT

    @property
    def _allowed_s(self) -> float:
        return ALLOWED_PERIODS * self._period_s + ALLOWED_SLACK_S

    def _add(self, start: datetime, end: datetime, why: Why | None) -> None:
        """Time that was spoken of already, before the clock stepped back, stays as it was: the overlay covers it."""
        if self.pieces:
            start = max(start, self.pieces[-1].end)
        if end > start:
            _append(self.pieces, _Piece(start, end, why))


class _Heard:
    """What the records say, read once from the first to the last."""

    def __init__(self) -> None:
        self.instances: dict[str, _Instance] = {}
        self.clock: list[_Piece] = []
        self.first: datetime | None = None
        self.last: datetime | None = None
        self._now: datetime | None = None
        self._elapsed_s = 0.0
        self._commands = 0

    def record(self, at: datetime, body: Mapping[str, Any] | None) -> None:
        before = self._now or at
        if at < before and (before - at).total_seconds() <= SKEW_S:
            at = before
        elif at < before:
            self.clock.append(_Piece(at, before, Why.CLOCK))
        self._elapsed_s += max((at - before).total_seconds(), 0.0)
        self.first, self.last, self._now = min(self.first or at, at), max(self.last or at, at), at
        if body is not None:
            self._notice(at, body)

    def _notice(self, at: datetime, body: Mapping[str, Any]) -> None:
        """A command that opens the log starts and stops it, too, and is no gateway: it says by whom, and no name."""
        event, name = body.get("event"), body.get("instance")
        if event not in (START_EVENT, STOP_EVENT, HEARTBEAT_EVENT):
            return  # a command may have put it on record
        if name is None and event == START_EVENT and "by" in body:
            self._commands += 1
        elif name is None and event == STOP_EVENT and self._commands:
            self._commands -= 1
        else:
            self.instances.setdefault(str(name or ""), _Instance()).sign(at, self._elapsed_s, event, body)


def _append(pieces: list[_Piece], piece: _Piece) -> None:
    """Adds a piece, or makes the last one longer."""
    if pieces and pieces[-1].why == piece.why and pieces[-1].end == piece.start:
        pieces[-1] = _Piece(pieces[-1].start, piece.end, piece.why)
    else:
        pieces.append(piece)


def _cut(pieces: list[_Piece], first: datetime, last: datetime) -> list[_Piece]:
    """The pieces within the period, from its first moment on. What lies before the first sign has no piece yet."""
    whole: list[_Piece] = []
    begins = pieces[0].start if pieces else last
    if begins > first:
        _append(whole, _Piece(first, min(begins, last), Why.BEFORE_FIRST))
    for each in pieces:
        start, end = max(each.start, first), min(each.end, last)
        if end > start:
            _append(whole, _Piece(start, end, each.why))
    return whole


def _overlaid(pieces: list[_Piece], over: list[_Piece]) -> list[_Piece]:
    """The pieces, with `over` (in order, apart from one another) in the place of what lies under it. Linear, because a
    log can hold very many of both."""
    result: list[_Piece] = []
    at = 0
    for piece in pieces:
        start = piece.start
        while at < len(over) and over[at].end <= start:
            at += 1
        for each in islice(over, at, None):
            if each.start >= piece.end:
                break
            if each.start > start:
                _append(result, _Piece(start, each.start, piece.why))
            begins, start = max(start, each.start), min(piece.end, each.end)
            _append(result, _Piece(begins, start, each.why))
        if piece.end > start:
            _append(result, _Piece(start, piece.end, piece.why))
    return result


def _united(pieces: list[_Piece]) -> list[_Piece]:
    """Pieces of one reason that may overlap, as pieces that follow one another."""
    result: list[_Piece] = []
    for each in sorted(pieces, key=lambda piece: piece.start):
        if result and each.start <= result[-1].end:
            result[-1] = _Piece(result[-1].start, max(result[-1].end, each.end), each.why)
        else:
            result.append(each)
    return result


def _named(pieces: list[_Piece], name: str) -> tuple[Span, ...]:
    return tuple(
        Span(
            start=each.start,
            end=each.end,
            state=State.NOT_OBSERVED if each.why else State.OBSERVED,
            why=each.why,
            instance=name,
        )
        for each in pieces
    )


def _overall(instances: Mapping[str, tuple[Span, ...]], first: datetime, last: datetime) -> tuple[Span, ...]:
    """Observed where one instance was; else for the strongest of the reasons. Looks at each span once."""
    turns = sorted((each for spans in instances.values() for each in spans), key=lambda span: span.start)
    now: dict[str, Why | None] = {}
    held: Counter[Why | None] = Counter()
    missing: list[str] = []  # sorted
    whole: list[Span] = []
    for place, turn in enumerate(turns):
        if turn.instance in now:
            before = now[turn.instance]
            held[before] -= 1
            if before in _GONE:
                missing.pop(bisect_left(missing, turn.instance))
        now[turn.instance] = turn.why
        held[turn.why] += 1
        if turn.why in _GONE:
            insort(missing, turn.instance)
        end = turns[place + 1].start if place + 1 < len(turns) else last
        if end > turn.start:
            _extend(whole, turn.start, end, held, missing)
    if not whole:
        _extend(whole, first, last, held, missing)
    return tuple(whole)


def _extend(whole: list[Span], start: datetime, end: datetime, held: Counter[Why | None], missing: list[str]) -> None:
    why = None if held[None] else max((each for each in held if held[each]), key=_strength, default=Why.BEFORE_FIRST)
    names = tuple(missing[:_MOST_MISSING])
    if whole and (whole[-1].why, whole[-1].missing) == (why, names):
        start = whole.pop().start
    state = State.NOT_OBSERVED if why else State.OBSERVED
    whole.append(Span(start=start, end=end, state=state, why=why, missing=names))


def _strength(why: Why | None) -> int:
    return list(Why).index(why) if why else -1
