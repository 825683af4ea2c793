"""One thread for all requests: what waits together is asked together, and nothing that a tagger does reaches others."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from ringfence.classify import Hit
from ringfence.gateway.serving import Job, Serving
from support.names import FakeTagger, Gate, breaks

MARA = "I met Mara Lindqvist."


@contextmanager
def serving(*taggers: Any, **settings: Any) -> Iterator[Serving]:
    made = Serving(taggers, **{"deadline_s": 5.0, **settings})
    try:
        yield made
    finally:
        made.close()


def found(job: Job) -> list[list[tuple[int, int]] | None]:
    job.done.result(5)
    return [hits if hits is None else [(hit.start, hit.end) for _, hit in hits] for hits in job.answers().hits]


def test_answers_come_back_in_order() -> None:
    with serving(FakeTagger()) as made:
        assert found(made.submit(["nothing", MARA, ""])) == [[], [(6, 20)], []]
        assert found(made.submit([])) == []


def test_every_tagger_is_asked() -> None:
    other = FakeTagger()
    other.name, other.find = "other/2", lambda text: [Hit(0, 1, "PERSON", 0.5)]  # type: ignore[method-assign]
    with serving(FakeTagger(), other) as made:
        job = made.submit([MARA])
        job.done.result(5)
        (hits,) = job.answers().hits
        assert hits is not None
        assert [(name, hit.start) for name, hit in hits] == [("fake/1", 6), ("other/2", 0)]


def test_a_request_alone_is_asked_at_once_and_those_that_wait_together() -> None:
    gate = Gate()
    tagger = FakeTagger(gate)
    with serving(tagger) as made:
        first = made.submit(["one"])
        assert gate.reached.wait(5)
        waiting = [made.submit([f"text {number}"]) for number in range(5)]
        gate.open.set()
        for job in (first, *waiting):
            job.done.result(5)
    assert tagger.calls == [["one"], [f"text {number}" for number in range(5)]]


def test_a_long_request_does_not_hold_up_a_short_one() -> None:
    gate = Gate()
    tagger = FakeTagger(gate)
    with serving(tagger, batch_chars=100) as made:
        long = made.submit(["x" * 60] * 20)
        assert gate.reached.wait(5)
        short = made.submit([MARA])
        gate.open.set()
        long.done.result(5)
        assert found(short) == [[(6, 20)]]
    place = next(place for place, call in enumerate(tagger.calls) if MARA in call)
    assert place <= 2
    assert len(tagger.calls) >= 9


def test_a_job_that_was_given_up_costs_no_more_calls() -> None:
    gate = Gate()
    tagger = FakeTagger(gate)
    with serving(tagger, batch_chars=1) as made:
        long = made.submit(["a", "b", "c", "d"])
        assert gate.reached.wait(5)
        long.end()
        gate.open.set()
        made.submit(["last"]).done.result(5)
    assert tagger.calls == [["a"], ["last"]]
    assert long.answers().hits[1:] == (None, None, None)


def test_a_failure_is_that_requests_own() -> None:
    gate = Gate()

    def before(texts: Sequence[str]) -> None:
        gate(texts)
        if "boom" in texts:
            raise RuntimeError("boom")

    with serving(FakeTagger(before)) as made:
        held = made.submit(["hold"])
        assert gate.reached.wait(5)
        good, bad, other = made.submit([MARA]), made.submit(["boom"]), made.submit(["fine"])
        gate.open.set()
        assert found(held) == [[]]
        assert found(good) == [[(6, 20)]]
        assert found(other) == [[]]
        bad.done.result(5)
        assert bad.answers().failed
        assert not good.answers().failed
        assert not other.answers().failed


@pytest.mark.parametrize(
    "hit", [Hit(0, 99, "PERSON", 0.9), Hit(3, 3, "PERSON", 0.9), Hit(-1, 2, "PERSON", 0.9), Hit(0, 2, "DATE", 0.9)]
)
def test_an_answer_that_can_not_be_is_a_failure(hit: Hit) -> None:
    tagger = FakeTagger()
    tagger.find = lambda text: [hit]  # type: ignore[method-assign]
    with serving(tagger) as made:
        job = made.submit(["short"])
        job.done.result(5)
        assert job.answers().failed


def test_the_log_names_the_kind_of_failure_and_no_text(caplog: pytest.LogCaptureFixture) -> None:
    with serving(FakeTagger(breaks)) as made:
        made.submit([MARA]).done.result(5)
    assert "RuntimeError" in caplog.text
    assert "Mara" not in caplog.text


def test_a_thread_that_hangs_is_replaced_and_then_no_answer_is_promised() -> None:
    gates = [Gate(), Gate()]
    left = iter(gates)
    moment = 0.0

    def hang(_texts: Sequence[str]) -> None:
        if (gate := next(left, None)) is not None:
            gate(_texts)

    tagger = FakeTagger(hang)
    with serving(tagger, deadline_s=1.0, clock=lambda: moment) as made:
        first = made.submit(["first"])
        assert gates[0].reached.wait(5)
        moment = 4.0
        second = made.submit([MARA])  # within five deadlines it may still be at work
        assert not gates[1].reached.wait(0.1)
        moment = 6.0
        third = made.submit(["third"])
        assert gates[1].reached.wait(5)  # a fresh thread, which hangs as well
        assert not made.stuck
        moment = 12.0
        none = made.submit(["none"])
        assert made.stuck
        none.done.result(5)  # told at once
        assert none.answers().hits == (None,)
        assert not (first.done.done() and second.done.done() and third.done.done())
        for gate in gates:
            gate.open.set()
        assert found(first) == [[]]  # late, but harmless
        time.sleep(0.05)
        assert len(tagger.calls) == 2  # who came back takes no more work


def test_nothing_is_promised_after_the_end() -> None:
    with serving(FakeTagger()) as made:
        pass
    job = made.submit([MARA])
    job.done.result(5)
    assert job.answers().hits == (None,)


def test_what_an_answer_may_hold() -> None:
    other = FakeTagger()
    other.entities = frozenset({"DATE"})
    with serving(FakeTagger(), other) as made:
        assert made.entities == {"PERSON", "DATE"}
