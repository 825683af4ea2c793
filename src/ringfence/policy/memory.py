"""Verdicts remembered by the exact facts, so that Cedar is not asked the same question again."""

from __future__ import annotations

from datetime import date, datetime

from ringfence.policy.engine import Policy
from ringfence.policy.request import minute
from ringfence.vocabulary.decision import Facts, Verdict

_Key = tuple[str, Facts, datetime | None]


class Memory:
    """At most `capacity` verdicts; the oldest goes first. For one thread.

    INVARIANT: the key holds all that a verdict depends on: the policies' digest, every fact, and the minute where a
    rule reads the time. A verdict with errors is never kept. The day handed in with each verdict is a second bolt:
    past it the question is asked anew even if no fact changed.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: dict[_Key, tuple[Verdict, date | None]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def recall(self, policy: Policy, facts: Facts, now: datetime) -> Verdict | None:
        """What `policy` said of these facts, or None where that is not known for `now`."""
        entry = self._kept.get(_key(policy, facts, now))
        if entry is None:
            return None
        verdict, until = entry
        return verdict if until is None or now.date() <= until else None

    def keep(self, policy: Policy, verdict: Verdict, now: datetime, until: date | None) -> None:
        """Remember `verdict` up to and including the day `until`, in the zone of `now`; None: no date limits it."""
        if verdict.errors or (until is not None and now.date() > until):
            return
        key = _key(policy, verdict.facts, now)
        self._kept.pop(key, None)  # a verdict that outlived its day: the new one is the youngest again
        self._kept[key] = (verdict, until)
        if len(self._kept) > self._capacity:
            del self._kept[next(iter(self._kept))]


def _key(policy: Policy, facts: Facts, now: datetime) -> _Key:
    at = minute(now)
    return policy.digest, facts, at if policy.reads_time else None
