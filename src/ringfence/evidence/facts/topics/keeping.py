"""What vendors keep and for how long, under the tier that is on file."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import filed, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind, Tier, retention
from ringfence.vocabulary.fact import Basis, Fact, Proof


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        practices = world.register.practices.get(vendor)
        if practices is None:
            continue
        approvals = (each for each in filed(world, vendor, Kind.ZDR_APPROVAL) if each.standing.counts)
        approval = next(approvals, None)
        tier = (approval.document.tier if approval else None) or Tier.DEFAULT
        for kept in retention(world.register, vendor, tier=tier):
            hours = "for a time that the vendor does not state" if kept.hours is None else _span(kept.hours)
            where = ", ".join(kept.endpoints) or "every endpoint"
            yield Fact(
                subject=vendor,
                predicate="kept_hours",
                value=-1 if kept.hours is None else kept.hours,
                basis=Basis.CATALOGUED,
                says=f"{title(world, vendor)} keeps {kept.what} at {where} {hours} under the tier {tier.value}. "
                f"{kept.says}",
                check=f"Read {kept.source}.",
                as_of=kept.reviewed_on,
                expires_on=practices.expires_on,
                scope={
                    "what": kept.what,
                    "tier": tier.value,
                    "endpoints": ",".join(kept.endpoints),
                    "models": ",".join(kept.models),
                },
                proofs=(
                    Proof("catalogue", kept.source, as_of=kept.reviewed_on),
                    *([approval.proof] if approval else ()),
                ),
                limits=("It is what the vendor's pages said on that day.",),
            )


def _span(hours: int) -> str:
    if hours == 0:
        return "not at all"
    return f"for {hours // 24} days" if hours % 24 == 0 else f"for {hours} hours"


TOPIC = Topic(
    id="keeping",
    title="What vendors keep, for how long",
    source="Vendors' own pages, each with its date: `ringfence terms`",
    predicates=(
        Predicate(
            "kept_hours",
            int,
            "Hours for which a vendor keeps one kind of thing under the tier on file; -1 where no end is stated.",
            "OpenAI keeps abuse-monitoring logs at every endpoint for 30 days under the tier default.",
        ),
    ),
    find=_find,
)
