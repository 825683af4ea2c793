"""Where vendors may process, and their subservice organisations, as far as documents on file say so."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, filed, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import Basis, Fact


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        name = title(world, vendor)
        papers = [each for each in filed(world, vendor, Kind.BAA, Kind.DPA) if each.standing.counts]
        for paper in papers:
            regions = paper.document.scope.regions
            if regions:
                yield Fact(
                    subject=vendor,
                    predicate="regions",
                    value=regions,
                    basis=Basis.REVIEWED,
                    says=f"{paper.document.id} limits {name} to {', '.join(regions)}.",
                    check=CHECK_DOCUMENT,
                    as_of=paper.as_of,
                    expires_on=paper.until,
                    scope={"document": paper.document.id},
                    proofs=(paper.proof,),
                    limits=("It is what the agreement says; no interface tells where a request was processed.",),
                )
        for paper in filed(world, vendor, Kind.SOC2_TYPE2, Kind.SOC2_TYPE1):
            subservices = paper.document.report.subservices
            if paper.standing.counts and subservices:
                yield Fact(
                    subject=vendor,
                    predicate="subservices",
                    value=tuple(f"{each.name} ({each.method})" for each in subservices),
                    basis=Basis.REVIEWED,
                    says=f"{paper.document.id} names {', '.join(each.name for each in subservices)} as subservice "
                    f"organisations of {name}.",
                    check=CHECK_DOCUMENT,
                    as_of=paper.as_of,
                    expires_on=paper.until,
                    scope={"document": paper.document.id},
                    proofs=(paper.proof,),
                    limits=("What is carved out was not examined by the vendor's auditor.",),
                )


TOPIC = Topic(
    id="vendor_places",
    title="Where vendors process, and their subservice organisations",
    source="GDPR Articles 28(2) and 44; SOC 2 reports, section 3",
    predicates=(
        Predicate("regions", tuple, "Regions that an agreement limits a vendor to.", "openai-dpa limits OpenAI to us."),
        Predicate(
            "subservices",
            tuple,
            "Subservice organisations that a report names, with the method.",
            "openai-soc2 names Microsoft Azure as subservice organisations of OpenAI.",
        ),
    ),
    find=_find,
)
