"""What a verification found, step by step."""

from __future__ import annotations

from enum import StrEnum

import msgspec

MAX_DETAILS = 20
"""Sentences kept per step; a broken log would otherwise fill the memory with them."""


class Status(StrEnum):
    """FINDING is worth a look and breaks nothing; SKIPPED could not be done because an earlier step failed."""

    OK = "ok"
    FINDING = "finding"
    FAILED = "failed"
    SKIPPED = "skipped"


class Step(msgspec.Struct, frozen=True):
    """One numbered step of `verify`, with plain sentences that name file, offset, index or request."""

    number: int
    title: str
    status: Status
    details: tuple[str, ...]


class Seconds(msgspec.Struct):
    """Where the time of a verification went. `reading`: the files and their checksums; `tree`: every hash;
    `signatures`: every checkpoint's; `records`: reading JSON and pairing the records; `salts`: theirs."""

    reading: float = 0.0
    tree: float = 0.0
    signatures: float = 0.0
    records: float = 0.0
    salts: float = 0.0


class Report(msgspec.Struct, frozen=True):
    """The outcome. `ok` means that no step failed or was skipped.

    `size`, `root` (hex) and the counts cover what was verified, up to the last whole commit or the first failure.
    `unended` are the requests without an ENDED record, oldest first: those under way, or interrupted. `erased` counts
    records whose contents were forgotten by erasing their salt.
    """

    ok: bool
    steps: tuple[Step, ...]
    size: int
    root: str
    segments: int
    checkpoints: int
    decided: int
    ended: int
    notices: int
    erased: int
    unended: tuple[str, ...]
    seconds: Seconds


class Notes:
    """Gathers what the steps have to say while they run together over the log."""

    def __init__(self, titles: dict[int, str]) -> None:
        self._titles = titles
        self._status = dict.fromkeys(titles, Status.SKIPPED)
        self._details: dict[int, list[str]] = {number: [] for number in titles}

    def begin(self, *numbers: int) -> None:
        """These steps are being done: they are OK until something is found."""
        for number in numbers:
            self._status[number] = Status.OK

    def fail(self, number: int, detail: str) -> None:
        self._status[number] = Status.FAILED
        self._add(number, detail)

    def find(self, number: int, detail: str) -> None:
        if self._status[number] is not Status.FAILED:
            self._status[number] = Status.FINDING
        self._add(number, detail)

    def steps(self) -> tuple[Step, ...]:
        return tuple(
            Step(number, title, self._status[number], tuple(self._details[number]))
            for number, title in self._titles.items()
        )

    def _add(self, number: int, detail: str) -> None:
        details = self._details[number]
        if len(details) < MAX_DETAILS:
            details.append(detail)
        elif len(details) == MAX_DETAILS:
            details.append("More of the same is not listed.")
