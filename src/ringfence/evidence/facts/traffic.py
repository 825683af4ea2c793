"""What the ledger says of a period."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import msgspec

from ringfence.ledger.observed import Span
from ringfence.posture import SEEN_ONLY, reach


class Labelled(msgspec.Struct):
    """Requests with one label that left for one service: how many, of them covered by documents, and masked.
    `documents` are those that covered some of them."""

    requests: int = 0
    covered: int = 0
    masked: int = 0
    documents: set[str] = set()


class Sent(msgspec.Struct):
    """What left for one service. `asked` counts, by endpoint, requests that no translation changed; `store_set` those
    of them whose `store` the gateway set."""

    requests: int = 0
    labels: dict[str, Labelled] = {}
    models: Counter[str] = msgspec.field(default_factory=Counter)
    asked: Counter[str] = msgspec.field(default_factory=Counter)
    store_set: Counter[str] = msgspec.field(default_factory=Counter)
    last_day: date | None = None


class Run(msgspec.Struct, frozen=True):
    """One comparison with a vendor's own counts. Both days are inclusive and over when it was made."""

    vendor: str
    first: date
    last: date
    clean: bool


class Traffic(msgspec.Struct, kw_only=True):
    """`period` is inclusive, in UTC; `now` is when it was read. Requests of the tour are in `demonstration` only.

    `uncovered` counts requests with a regulated label that left for a service without a document that covered that
    label, or whose records do not say; `uncovered_masked` those of them that left masked and are not in `uncovered`.
    `unsearched` and `partial` count requests in which names were not searched for, and that could not be read whole.
    `denials` (by rule), `effects` and `excepted` (by exception) count requests. `incomplete` are records of
    older versions, which lack members. `versions` are Ringfence's own that were running. `runs` are comparisons with
    vendors' counts about days of the period, whenever they were made. `probes` count readings of accounts, `changes`
    those of rules, register, keys, people and exceptions, `approved` such with an approval that holds. `spans` say when
    any gateway was observed, `instances` how many seconds of the period each was. `indexes` are the first and last
    record of the period.
    """

    period: tuple[date, date]
    now: datetime
    decided: int = 0
    demonstration: int = 0
    sent: dict[str, Sent] = {}
    effects: Counter[str] = msgspec.field(default_factory=Counter)
    denials: Counter[str] = msgspec.field(default_factory=Counter)
    excepted: Counter[str] = msgspec.field(default_factory=Counter)
    with_exception: int = 0
    uncovered: int = 0
    uncovered_masked: int = 0
    unsearched: int = 0
    partial: int = 0
    incomplete: int = 0
    versions: set[str] = set()
    runs: list[Run] = []
    probes: int = 0
    incidents: int = 0
    drifts: set[str] = set()
    changes: int = 0
    approved: int = 0
    forgets_ordered: int = 0
    forgets_done: int = 0
    spans: tuple[Span, ...] = ()
    instances: dict[str, float] = {}
    indexes: tuple[int, int] | None = None

    @property
    def last_day(self) -> date:
        """The last day of the period of which anything can be known."""
        return min(self.period[1], self.now.date())

    @property
    def over(self) -> bool:
        """Whether all of the period lies in the past."""
        return self.period[1] < self.now.date()

    def reconciliation(self, vendor: str) -> str:
        """`findings` where a comparison found something, else `complete`, `part` or `none` of the period's days."""
        first, last = self.period
        runs = [each for each in self.runs if each.vendor == vendor]
        if not all(each.clean for each in runs):
            return "findings"
        days = {day for each in runs for day in range(each.first.toordinal(), each.last.toordinal() + 1)}
        missing = any(day not in days for day in range(first.toordinal(), last.toordinal() + 1))
        return ("part" if missing else "complete") if days else "none"

    def reach(self, vendor: str) -> str:
        """How far a statement on a vendor's traffic in the period may reach."""
        state = self.reconciliation(vendor)
        if state == "complete":
            return reach((vendor, self.period[0].isoformat(), self.period[1].isoformat()))
        return (
            f"{SEEN_ONLY}, and {vendor}'s own counts showed what it did not see" if state == "findings" else SEEN_ONLY
        )
