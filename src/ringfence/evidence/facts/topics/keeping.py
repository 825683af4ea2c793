"""What vendors keep and for how long, without an approval and under each tier that one on file approves."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import Filed, covers, filed, title, vendors
from ringfence.evidence.facts.recorded import many
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind, Practices, Retention, Tier, retention
from ringfence.vocabulary.fact import Basis, Fact, Proof

_BASIS = {
    "terms": "It is what the vendor's pages said on that day.",
    "setting": "It is a setting of the account, which may be otherwise: run `ringfence probe`.",
    "unknown": "No source is certain of it.",
}

_APPROVED = "Whether the account is set so is another fact: `zdr`."


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        practices = world.register.practices.get(vendor)
        if practices is None or practices.expires_on < world.today:
            says = (
                "nobody has written them down" if practices is None else f"they were read until {practices.expires_on}"
            )
            yield Fact(
                subject=vendor,
                predicate="kept_known",
                value=False,
                basis=Basis.NOTHING,
                says=f"What {title(world, vendor)} keeps by its terms is not known here: {says}.",
                check="Read the vendor's own pages.",
                as_of=world.today,
            )
            continue
        yield Fact(
            subject=vendor,
            predicate="kept_known",
            value=True,
            basis=Basis.CATALOGUED,
            says=f"What {title(world, vendor)} keeps by its terms was last read on {practices.reviewed_on}.",
            check=f"Run `ringfence terms show {vendor}`.",
            as_of=practices.reviewed_on,
            expires_on=practices.expires_on,
        )
        yield from _tiers(world, vendor, practices)


def _tiers(world: World, vendor: str, practices: Practices) -> Iterator[Fact]:
    """One approval for each tier speaks for it: the one that counts, and is the youngest."""
    approvals: dict[Tier, Filed | None] = {Tier.DEFAULT: None}
    for paper in filed(world, vendor, Kind.ZDR_APPROVAL):
        if paper.standing.counts and paper.document.tier:
            approvals.setdefault(paper.document.tier, paper)
    for tier, approval in approvals.items():
        for kept in retention(world.register, vendor, tier=tier):
            if approval is None or kept.tiers:  # what holds under every tier is said once
                yield _kept(title(world, vendor), vendor, practices, kept, tier, approval)


def _kept(name: str, vendor: str, practices: Practices, kept: Retention, tier: Tier, approval: Filed | None) -> Fact:
    where = ", ".join(kept.endpoints) or "every endpoint"
    under = (
        f"Under {tier.value}, which {approval.document.id} approves for {covers(approval)},"
        if approval
        else ("Whatever is approved," if not kept.tiers else "Where nothing else is approved,")
    )
    ends = [practices.expires_on, *([approval.until] if approval and approval.until else [])]
    return Fact(
        subject=vendor,
        predicate="kept_hours",
        value=-1 if kept.hours is None else kept.hours,
        basis=Basis.NOTHING if kept.basis == "unknown" else Basis.CATALOGUED,
        says=f"{under} {name} keeps {kept.what} at {where} {_span(kept.hours)}. {kept.says}",
        check=f"Read {kept.source}.",
        as_of=kept.reviewed_on,
        expires_on=min(ends),
        scope={
            "what": kept.what,
            "tier": tier.value if kept.tiers else "any",
            "endpoints": ",".join(kept.endpoints),
            "models": ",".join(kept.models),
        },
        proofs=(Proof("catalogue", kept.source, as_of=kept.reviewed_on), *([approval.proof] if approval else ())),
        limits=(_BASIS[kept.basis], *((_APPROVED,) if approval else ())),
    )


def _span(hours: int | None) -> str:
    if not hours:
        return "for a time that is not stated" if hours is None else "for no time"
    return f"for {many(hours // 24, 'day')}" if hours % 24 == 0 else f"for {many(hours, 'hour')}"


TOPIC = Topic(
    id="keeping",
    title="What vendors keep, for how long",
    source="Vendors' own pages, each with its date: `ringfence terms`",
    predicates=(
        Predicate(
            "kept_known",
            bool,
            "Whether somebody has read what the vendor keeps, and that reading still counts.",
            "What OpenAI keeps by its terms was last read on 2026-11-22.",
        ),
        Predicate(
            "kept_hours",
            int,
            "Hours for which a vendor keeps one kind of thing under one tier; -1 where no end is stated.",
            "Where nothing else is approved, OpenAI keeps abuse-monitoring logs at every endpoint for 30 days.",
        ),
    ),
    find=_find,
)
