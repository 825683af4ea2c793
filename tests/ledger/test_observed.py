from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from ringfence.ledger.observed import Observed, Span, Why, observed

ZERO = datetime(2031, 5, 20, tzinfo=UTC)
PERIOD_S = 10
ALLOWED_S = 21  # two periods and the slack
Heard = tuple[float, str, dict[str, Any]]


def _time(at_s: float) -> datetime:
    return ZERO + timedelta(seconds=at_s)


def _spans(heard: list[Heard], since_s: float | None = None, until_s: float | None = None) -> Observed:
    records = [
        (_time(at_s).isoformat(timespec="milliseconds").replace("+00:00", "Z"), phase, body)
        for at_s, phase, body in heard
    ]
    since, until = (None if each is None else _time(each) for each in (since_s, until_s))
    return observed(records, since, until)


def _sign(at_s: float, event: str, instance: str | None = "a", **more: Any) -> Heard:
    name = {} if instance is None else {"instance": instance}
    return at_s, "notice", {"event": event, "heartbeat_s": PERIOD_S, **name, **more}


def _said(spans: tuple[Span, ...]) -> list[tuple[int, int, str]]:
    return [
        (round((each.start - ZERO).total_seconds()), round((each.end - ZERO).total_seconds()), each.why or each.state)
        for each in spans
    ]


def test_a_run_that_starts_beats_and_stops_is_observed() -> None:
    found = _spans([_sign(0, "start"), _sign(10, "heartbeat"), _sign(20, "heartbeat"), _sign(25, "stop")], -5, 40)
    assert _said(found.instances["a"]) == [(-5, 0, "before_first"), (0, 25, "observed"), (25, 40, "stopped")]
    assert _said(found.overall) == _said(found.instances["a"])
    assert [each.state for each in found.overall] == ["not_observed", "observed", "not_observed"]
    assert {each.instance for each in found.overall} == {""}


@pytest.mark.parametrize(("gap_s", "state"), [(ALLOWED_S, "observed"), (ALLOWED_S + 0.001, "silent")])
def test_a_heartbeat_may_be_late_by_one(gap_s: float, state: str) -> None:
    assert _said(_spans([_sign(0, "start"), _sign(gap_s, "heartbeat")]).overall) == [(0, 21, state)]


def test_a_start_without_a_stop_before_it_is_a_crash_since_the_last_sign() -> None:
    found = _spans([_sign(0, "start"), _sign(10, "heartbeat"), _sign(12, "start"), _sign(22, "heartbeat")])
    assert _said(found.overall) == [(0, 10, "observed"), (10, 12, "crashed"), (12, 22, "observed")]
    assert found.overall[1].missing == ("a",)


def test_what_follows_the_last_sign_is_not_vouched_for() -> None:
    found = _spans([_sign(0, "start"), _sign(10, "heartbeat"), (13, "decided", {})])
    assert _said(found.overall) == [(0, 10, "observed"), (10, 13, "silent")]


def test_requests_and_notices_of_commands_are_no_sign_of_life() -> None:
    more: list[Heard] = [(at_s, "decided", {"instance": "a", "event": "heartbeat"}) for at_s in range(1, 40)]
    more += [_sign(at_s, "keys_changed") for at_s in range(41, 60)]
    assert _said(_spans([_sign(0, "start"), *more]).overall) == [(0, 59, "silent")]


def test_a_command_that_opens_the_log_is_no_gateway() -> None:
    command = [_sign(30, "start", None, by="a command"), _sign(31, "stop", None)]
    found = _spans([_sign(0, "start"), _sign(5, "stop"), *command, _sign(40, "start"), _sign(50, "stop")])
    assert _said(found.overall) == [(0, 5, "observed"), (5, 40, "stopped"), (40, 50, "observed")]
    assert list(found.instances) == ["a"]


def test_records_from_before_instances_had_names_are_read() -> None:
    found = _spans([(0, "notice", {"event": "start"}), (1, "notice", {"event": "stop"}), (9, "ended", {})])
    assert _said(found.overall) == [(0, 1, "observed"), (1, 9, "stopped")]


def test_one_that_looks_is_enough_and_the_one_not_heard_of_is_named() -> None:
    found = _spans(
        [
            _sign(0, "start"),
            _sign(0, "start", "b"),
            _sign(10, "heartbeat"),
            _sign(10, "heartbeat", "b"),
            _sign(20, "heartbeat"),
            _sign(30, "heartbeat"),
            _sign(40, "stop"),
        ]
    )
    assert _said(found.overall) == [(0, 10, "observed"), (10, 40, "observed")]
    assert [each.missing for each in found.overall] == [(), ("b",)]
    assert _said(found.instances["b"]) == [(0, 10, "observed"), (10, 40, "silent")]


def test_one_that_stopped_in_order_is_not_missing() -> None:
    found = _spans([_sign(0, "start"), _sign(0, "start", "b"), _sign(1, "stop", "b"), _sign(9, "stop")])
    assert [(each.why, each.missing) for each in found.overall] == [(None, ())]


def test_of_two_that_were_not_there_the_stronger_reason_is_given() -> None:
    found = _spans([_sign(0, "start"), _sign(1, "stop"), _sign(2, "start", "b"), (90, "ended", {})])
    assert _said(found.overall) == [(0, 1, "observed"), (1, 2, "stopped"), (2, 90, "silent")]


def test_a_first_heartbeat_speaks_since_the_sign_before_it() -> None:
    def since(at_s: float) -> str:
        return _time(at_s).isoformat()

    assert _said(_spans([_sign(10, "heartbeat", since=since(0))], 3, 10).overall) == [(3, 10, "observed")]
    assert _said(_spans([_sign(30, "heartbeat", since=since(0))], 3, 30).overall) == [(3, 30, "before_first")]
    assert _said(_spans([_sign(10, "start", since=since(0))], 3, 10).overall) == [(3, 10, "before_first")]
    for odd in ("yesterday", "2031-05-20T00:00:05", 7, since(11)):
        assert _said(_spans([_sign(10, "heartbeat", since=odd)], 3, 10).overall) == [(3, 10, "before_first")]


def test_a_clock_that_steps_back_makes_its_hours_not_observed() -> None:
    found = _spans([_sign(90, "start"), _sign(100, "heartbeat"), _sign(60, "heartbeat"), *_beats(70, 131)], 0)
    assert _said(found.overall) == [(0, 60, "before_first"), (60, 100, "clock"), (100, 130, "observed")]


@pytest.mark.parametrize(("steps", "spans"), [(1_000, 2_001), (1_001, 3)])
def test_a_log_with_very_many_steps_back_has_no_sound_time_between_them(steps: int, spans: int) -> None:
    """Else gateways times steps could be made to take minutes."""
    signs = [_sign(0, "start")]
    for number in range(1, steps + 1):
        signs += [_sign(20 * number, "heartbeat"), _sign(20 * number - 5, "heartbeat")]
    found = _spans([*signs, _sign(20 * steps + 15, "heartbeat")])
    assert len(found.overall) == spans
    assert _said(found.overall)[-2:] == [
        (20 * steps - 5 if spans > 3 else 15, 20 * steps, "clock"),
        (20 * steps, 20 * steps + 15, "observed"),
    ]


def test_a_step_back_hides_no_silence() -> None:
    """b is silent while a goes on to 100 and the clock steps back to 50: 60 is not 20 seconds after 40 then."""
    others = [_sign(at_s, "heartbeat", "a") for at_s in (*range(50, 101, 10), 50)]
    found = _spans([_sign(40, "start", "b"), *others, _sign(60, "heartbeat", "b"), (120, "ended", {})])
    assert _said(found.instances["b"])[0] == (40, 50, "silent")


def test_clocks_of_two_gateways_may_differ_a_little() -> None:
    found = _spans([_sign(0, "start"), _sign(5, "start", "b"), _sign(4, "heartbeat"), _sign(9, "heartbeat")], None, 9)
    assert _said(found.instances["a"]) == [(0, 9, "observed")]
    assert _said(_spans([_sign(0, "start"), _sign(5, "heartbeat"), _sign(3.9, "heartbeat")]).overall) == [
        (0, 4, "observed"),
        (4, 5, "clock"),
    ]


@pytest.mark.parametrize("heard", [[], [_sign(0, "start")], [(0, "decided", {})]])
def test_nothing_to_speak_of(heard: list[Heard]) -> None:
    assert _spans(heard) == Observed((), {})


def test_no_gateway_at_all() -> None:
    found = _spans([(0, "ended", {}), (9, "ended", {})])
    assert _said(found.overall) == [(0, 9, "before_first")]
    assert found.instances == {}


def test_written_as_json_a_span_has_plain_names() -> None:
    import msgspec

    found = msgspec.to_builtins(_spans([_sign(0, "start"), _sign(5, "stop")]).overall[0])
    assert set(found) == {"from", "to", "state", "why", "instance", "missing"}


def _beats(first_s: int, last_s: int) -> Iterator[Heard]:
    return (_sign(at_s, "heartbeat") for at_s in range(first_s, last_s, PERIOD_S))


def _schedule(chance: random.Random) -> list[Heard]:
    """Gateways that start, beat, fall silent, crash and stop, on whole seconds, and a clock that may step back."""
    heard: list[Heard] = []
    at_s = chance.randrange(5)
    for _ in range(chance.randrange(2, 25)):
        back_s = chance.choice([2, 7, 25, 60])
        if chance.random() < 0.12 and at_s >= back_s:
            at_s -= back_s
        else:
            at_s += chance.choice([0, 1, 3, 8, 10, 10, 10, 20, 22, 40])
        name = chance.choice("aab")
        kind = chance.choices(["heartbeat", "start", "stop", "decided"], [8, 2, 2, 2])[0]
        heard.append((at_s, "decided", {}) if kind == "decided" else _sign(at_s, kind, name))
    return heard


def _twin(heard: list[Heard], name: str, second: int) -> str:
    """The state of the second from `second` on, the slow way."""
    for (before_s, *_), (at_s, *_) in pairwise(heard):
        if at_s <= second < before_s:
            return "clock"
    # Outside of what is on record twice, the log's time goes over this second once.
    over = next(
        (place for place in range(1, len(heard)) if heard[place - 1][0] <= second < heard[place][0]), len(heard)
    )
    earlier = [place for place in range(over) if heard[place][2].get("instance") == name]
    later = [place for place in range(over, len(heard)) if heard[place][2].get("instance") == name]
    if second < heard[0][0] or not earlier:
        return "before_first"
    if heard[earlier[-1]][2]["event"] == "stop":
        return "stopped"
    if not later:
        return "silent"
    if heard[later[0]][2]["event"] == "start":
        return "crashed"
    passed_s = sum(max(0, heard[n][0] - heard[n - 1][0]) for n in range(earlier[-1] + 1, later[0] + 1))
    return "observed" if passed_s <= ALLOWED_S else "silent"


@pytest.mark.parametrize("seed", range(8))
def test_the_spans_say_what_a_slow_reader_says(seed: int, scale: int) -> None:
    chance = random.Random(seed)
    for _ in range(60 * scale):
        heard = _schedule(chance)
        last_s = int(max(each[0] for each in heard)) + chance.randrange(1, 30)
        found = _spans(heard, 0, last_s)
        for name in found.instances:
            by_span = [why for start, end, why in _said(found.instances[name]) for _ in range(start, end)]
            assert by_span == [_twin(heard, name, second) for second in range(last_s)], (heard, name)
        for second in range(last_s if found.instances else 0):
            states = {name: _twin(heard, name, second) for name in found.instances}
            here = next(each for each in found.overall if each.start <= _time(second) < each.end)
            assert (here.why is None) == ("observed" in states.values())
            if here.why:
                assert here.why == max((Why(each) for each in states.values()), key=list(Why).index)
            assert here.missing == tuple(name for name in states if states[name] in ("silent", "crashed"))
        for spans in (found.overall, *found.instances.values()):
            assert (spans[0].start, spans[-1].end) == (_time(0), _time(last_s))
            for one, other in pairwise(spans):
                assert one.end == other.start
                assert (one.why, one.missing) != (other.why, other.missing)
