"""What a plan has to wait for, as data: the same plan is made in one go (`explain`) or beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import TimeoutError as Late
from typing import Any, TypeVar, cast

import msgspec

from ringfence.classify import Answers
from ringfence.gateway.files import unread_in_time
from ringfence.gateway.leaving import Leaving
from ringfence.gateway.stations import Stations
from ringfence.vocabulary.chat import FilePart

T = TypeVar("T")


class Work(msgspec.Struct, frozen=True):
    """A search by patterns, which touches nothing but the classifier. Gives what `do` returns."""

    do: Callable[[], Any]


class Ask(msgspec.Struct, frozen=True):
    """A question to the taggers. Gives `Answers`."""

    texts: tuple[str, ...]


class Read(msgspec.Struct, frozen=True):
    """Files to be read. Gives an `Extracted` for each."""

    parts: tuple[FilePart, ...]


Step = Work | Ask | Read
Steps = Generator[Step, Any, T]


def run_now(steps: Steps[T], stations: Stations) -> T:
    """Runs them here, one after the other."""
    try:
        step = next(steps)
        while True:
            step = steps.send(_now(step, stations))
    except StopIteration as done:
        return cast(T, done.value)


async def run_beside(steps: Steps[T], stations: Stations, leaving: Leaving, *, large: bool) -> T:
    """Runs them as they come while others are served; `large`: also searches by patterns, in a reader's thread. Raises
    ClientLeft where nobody waits for the outcome any longer."""
    try:
        step = next(steps)
        while True:
            step = steps.send(await _beside(step, stations, leaving, large))
    except StopIteration as done:
        return cast(T, done.value)


def _now(step: Step, stations: Stations) -> Any:
    if isinstance(step, Work):
        return step.do()
    if isinstance(step, Ask):
        if stations.names is None:
            return Answers()
        job = stations.names.submit(step.texts)
        try:
            job.done.result(stations.names.deadline_s)
        except Late:
            pass
        finally:
            job.end()
        return job.answers()
    assert stations.files is not None  # a step is made only where files can be read
    reading = stations.files.submit(step.parts)
    try:
        return reading.result(stations.files.timeout_s)
    except Late:
        reading.cancel()
        return unread_in_time(step.parts)


async def _beside(step: Step, stations: Stations, leaving: Leaving, large: bool) -> Any:
    if isinstance(step, Work):
        if not large:
            return step.do()
        return await asyncio.get_running_loop().run_in_executor(stations.readers, step.do)
    if isinstance(step, Ask):
        if stations.names is None:
            return Answers()
        job = stations.names.submit(step.texts)
        try:
            await leaving.outlasts(asyncio.wrap_future(job.done), stations.names.deadline_s)
        finally:
            job.end()
        return job.answers()
    assert stations.files is not None
    reading = asyncio.wrap_future(stations.files.submit(step.parts))
    try:
        await leaving.outlasts(reading, stations.files.timeout_s)
        return reading.result() if reading.done() else unread_in_time(step.parts)
    finally:
        reading.cancel()
