"""BAAs and DPAs in force with each vendor, and what they are limited to."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, Filed, filed, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import Basis, Fact

_KINDS = {"baa": (Kind.BAA, "business associate agreement (BAA)"), "dpa": (Kind.DPA, "data processing agreement (DPA)")}


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        for predicate, (kind, words) in _KINDS.items():
            papers = list(filed(world, vendor, kind))
            counting = [each for each in papers if each.standing.counts]
            if counting:
                yield from (_in_force(world, vendor, predicate, words, each) for each in counting)
            else:
                why = f" {papers[0].standing.why}" if papers else ""
                yield Fact(
                    subject=vendor,
                    predicate=predicate,
                    value=False,
                    basis=Basis.NOTHING,
                    says=f"No {words} with {title(world, vendor)} is on file that counts today.{why}",
                    check="Ask for the agreement.",
                    as_of=world.today,
                    proofs=tuple(each.proof for each in papers),
                )


def _in_force(world: World, vendor: str, predicate: str, words: str, paper: Filed) -> Fact:
    scope = paper.document.scope
    covers = f"services {', '.join(scope.services)}; labels {', '.join(scope.labels)}"
    ends = f"until {paper.until}" if paper.until else "without a stated end"
    return Fact(
        subject=vendor,
        predicate=predicate,
        value=True,
        basis=Basis.REVIEWED,
        says=f"A {words} with {title(world, vendor)} is in force {ends} ({covers}).",
        check=CHECK_DOCUMENT,
        as_of=paper.as_of,
        expires_on=paper.until,
        scope={"document": paper.document.id},
        proofs=(paper.proof,),
        limits=("It covers only the services and labels named. A BAA makes nobody compliant by itself.",),
    )


TOPIC = Topic(
    id="agreements",
    title="Agreements with vendors: BAA, DPA",
    source="45 CFR 164.502(e), 164.504(e); GDPR Article 28(3)",
    predicates=(
        Predicate(
            "baa",
            bool,
            "Whether a BAA with the vendor is in force, and its scope.",
            "A business associate agreement (BAA) with OpenAI is in force without a stated end (services "
            "openai/responses; labels phi).",
        ),
        Predicate(
            "dpa",
            bool,
            "Whether a DPA with the vendor is in force, and its scope.",
            "No data processing agreement (DPA) with OpenAI is on file that counts today.",
        ),
    ),
    find=_find,
)
