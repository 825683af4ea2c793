"""Where vendors may process, what their accounts are set to, and their subservice organisations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ringfence.evidence.facts.paper import (
    filed,
    on_paper,
    provider,
    title,
    vendors,
)
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import Basis, Fact, Proof
from ringfence.vocabulary.posture import Observation

_NOT_SEEN = "No interface tells where a request was processed."


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        name = title(world, vendor)
        papers = [each for each in filed(world, vendor, Kind.BAA, Kind.DPA) if each.standing.counts]
        limited = [each for each in papers if each.document.scope.regions]
        for paper in limited:
            regions = paper.document.scope.regions
            says = f"{paper.document.id} with {name} covers only {', '.join(regions)}."
            yield on_paper(paper, vendor, "regions", regions, says, _NOT_SEEN)
        if not limited:
            yield _nothing(world, vendor, "regions", f"No agreement on file limits where {name} may process.")
        yield from _set(world, vendor, name)
        yield from _addresses(world, vendor)
        yield from _subservices(world, vendor, name)


def _set(world: World, vendor: str, name: str) -> Iterator[Fact]:
    """What the account said of residency, as long as that counts."""
    posture = world.register.posture
    seen = [
        each
        for account in posture.accounts
        for each in account.observations
        if account.vendor == vendor
        and each.setting == "residency"
        and (each.expires_at > posture.at if posture.at else each.expires_at.date() >= world.today)
    ]
    yield from (_observed(world, vendor, name, each) for each in seen)
    if not seen:
        says = f"What the account at {name} says of residency was not read, or not lately."
        yield _nothing(world, vendor, "residency_set", says)


def _observed(world: World, vendor: str, name: str, seen: Observation) -> Fact:
    return Fact(
        subject=vendor,
        predicate="residency_set",
        value=(seen.value,),
        basis=Basis.VERIFIED,
        says=f"The account at {name} stated the residency of {seen.scope} as {seen.value}.",
        check="Run `ringfence probe`.",
        as_of=seen.observed_at.date(),
        expires_on=max((seen.expires_at - timedelta(days=1)).date(), world.today),
        scope={"part": seen.scope},
        proofs=(Proof("probe", vendor, seen.source, as_of=seen.observed_at.date()),),
        limits=(_NOT_SEEN,),
    )


def _addresses(world: World, vendor: str) -> Iterator[Fact]:
    for service, address in sorted(world.house.addresses.items()):
        if provider(world, service) != vendor:
            continue
        tls = "over TLS, the certificate checked" if address.startswith("https://") else "without TLS, on this machine"
        yield Fact(
            subject=vendor,
            predicate="reached_at",
            value=address,
            basis=Basis.CONFIGURED,
            says=f"{service} is reached at {address}, {tls}.",
            check="Read [[upstream]] in ringfence.toml and docs/reference/services.md.",
            as_of=world.today,
            scope={"service": service},
            proofs=(Proof("setting", "[[upstream]]", as_of=world.today),),
            limits=("An address may name a region; it proves none.", _NOT_SEEN),
        )


def _subservices(world: World, vendor: str, name: str) -> Iterator[Fact]:
    reports = [each for each in filed(world, vendor, Kind.SOC2_TYPE2, Kind.SOC2_TYPE1) if each.standing.counts]
    naming = [each for each in reports if each.document.report.subservices]
    for paper in naming:
        named = tuple(f"{each.name} ({each.method})" for each in paper.document.report.subservices)
        says = f"{paper.document.id} names as subservice organisations of {name}: {', '.join(named)}."
        limit = "What is carved out the auditor did not examine; a vendor may have sub-processors that no report names."
        yield on_paper(paper, vendor, "subservices", named, says, limit)
    if not naming:
        yield _nothing(world, vendor, "subservices", f"No report on file names the subservice organisations of {name}.")


def _nothing(world: World, vendor: str, predicate: str, says: str) -> Fact:
    return Fact(
        subject=vendor,
        predicate=predicate,
        value=(),
        basis=Basis.NOTHING,
        says=says,
        check="Ask the vendor.",
        as_of=world.today,
    )


TOPIC = Topic(
    id="vendor_places",
    title="Where vendors process, and their subservice organisations",
    source="GDPR Articles 28(2) and 44; SOC 2 reports, section 3",
    predicates=(
        Predicate(
            "regions",
            tuple,
            "Regions that an agreement covers, and no others.",
            "openai-dpa with OpenAI covers only us.",
        ),
        Predicate(
            "residency_set",
            tuple,
            "What the vendor's own interface says of the residency of a part of the account.",
            "The account at OpenAI stated the residency of project proj_1 as us.",
        ),
        Predicate(
            "reached_at",
            str,
            "The address at which the gateway reaches a service, and whether that is over TLS.",
            "openai/responses is reached at https://eu.api.openai.com/v1, over TLS, the certificate checked.",
        ),
        Predicate(
            "subservices",
            tuple,
            "Subservice organisations that a report names, with the method.",
            "openai-soc2 names as subservice organisations of OpenAI: Microsoft Azure (carve_out).",
        ),
    ),
    find=_find,
)
