"""Facts that the ledger's records of the period carry, each with what no such fact can say."""

from __future__ import annotations

from datetime import date

from ringfence.evidence.facts.world import World
from ringfence.ledger.observed import State
from ringfence.posture import SEEN_ONLY
from ringfence.vocabulary.fact import Basis, Fact, Proof, Value

CHECK_LEDGER = "Verify the evidence bundle of the period (`ringfence evidence verify`) and count its records."


def recorded(
    world: World,
    subject: str,
    predicate: str,
    value: Value,
    says: str,
    *,
    vendor: str = "",
    scope: dict[str, str] | None = None,
    limits: tuple[str, ...] = (),
    as_of: date | None = None,
    looked: bool = True,
) -> Fact:
    """A fact on the period. `vendor`: whose traffic it is about, "" for all. `looked`: whether there was anything in
    which it could have been seen. Without that, and where the ledger holds no record of the period, its basis is
    NOTHING: that none happened and that nobody looked read alike there."""
    traffic = world.traffic
    first, last = traffic.period
    seen = traffic.indexes is not None
    return Fact(
        subject=subject,
        predicate=predicate,
        value=value,
        basis=Basis.RECORDED if seen and looked else Basis.NOTHING,
        says=says if seen else f"The ledger holds no record from {first} to {last}.",
        check=CHECK_LEDGER,
        as_of=as_of or traffic.last_day,
        scope=scope or {},
        period=(first, last),
        proofs=(_records(world),),
        limits=(*limits, *_limits(world, vendor)),
    )


def span(world: World) -> str:
    """The period, for a sentence."""
    return f"from {world.traffic.period[0]} to {world.traffic.period[1]}"


def many(count: int, noun: str) -> str:
    """`1 request`, `2 requests`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _records(world: World) -> Proof:
    indexes = world.traffic.indexes
    ref = f"records {indexes[0]} to {indexes[1]}" if indexes else "no record"
    return Proof("ledger", ref, span(world), as_of=world.traffic.last_day)


def _limits(world: World, vendor: str) -> tuple[str, ...]:
    traffic = world.traffic
    if vendor:
        found = [f"It speaks {traffic.reach(vendor)}."]
    else:
        found = [f"It speaks {SEEN_ONLY}."]
        bypassed = sorted({each.vendor for each in traffic.runs if not each.clean})
        found += [f"Own counts of {', '.join(bypassed)} showed traffic that it did not see."] if bypassed else []
    if not traffic.over:
        found.append(f"The period is not over: it speaks of records until {traffic.now:%Y-%m-%d %H:%M} UTC.")
    if traffic.demonstration:
        found.append(f"{many(traffic.demonstration, 'request')} of the tour are left out.")
    found += _unobserved(world)
    if traffic.incomplete:
        found.append(
            f"{many(traffic.incomplete, 'record')} of an older version lack members; what they do not say is counted "
            "as not covered and not searched."
        )
    return tuple(found)


def _unobserved(world: World) -> list[str]:
    """When nobody was looking; and gateways that were silent while others were not."""
    spans = world.traffic.spans
    whole_s = sum((each.end - each.start).total_seconds() for each in spans)
    gap_s = sum((each.end - each.start).total_seconds() for each in spans if each.state is State.NOT_OBSERVED)
    found = []
    if not spans:
        found.append("No gateway gave a sign of life around the period: nobody observed it.")
    elif gap_s:
        found.append(
            f"No gateway was observed for {_hours(gap_s)} of {_hours(whole_s)}: that nothing is on record then does "
            "not mean that nothing happened."
        )
    for name in sorted({name for each in spans if each.state is State.OBSERVED for name in each.missing}):
        lost_s = sum(
            (each.end - each.start).total_seconds()
            for each in spans
            if each.state is State.OBSERVED and name in each.missing
        )
        found.append(f"The gateway {name or 'without a name'} was silent for {_hours(lost_s)} while others were not.")
    return found


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h"
