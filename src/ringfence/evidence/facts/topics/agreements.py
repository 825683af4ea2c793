"""BAAs and DPAs in force with each vendor, and what they are limited to."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, Filed, covers, filed, last_days, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import Basis, Fact

_KINDS = {"baa": (Kind.BAA, "business associate agreement (BAA)"), "dpa": (Kind.DPA, "data processing agreement (DPA)")}
_SCOPE = "It covers only what is named, and says nothing of what the vendor does. An agreement makes nobody compliant."


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        for predicate, (kind, words) in _KINDS.items():
            papers = list(filed(world, vendor, kind))
            counting = [each for each in papers if each.standing.counts]
            yield from (_in_force(world, vendor, predicate, words, each) for each in counting)
            if not counting:
                why = "".join(f" {each.standing.why}" for each in papers)
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
    return Fact(
        subject=vendor,
        predicate=predicate,
        value=True,
        basis=Basis.REVIEWED,
        says=f"The {words} {paper.document.id} with {title(world, vendor)} is in force for {covers(paper)}; it "
        f"{last_days(paper)}.",
        check=CHECK_DOCUMENT,
        as_of=paper.as_of,
        expires_on=paper.until,
        scope={"document": paper.document.id},
        proofs=(paper.proof,),
        limits=(_SCOPE,),
    )


TOPIC = Topic(
    id="agreements",
    title="Agreements with vendors: BAA, DPA",
    source="45 CFR 164.502(e), 164.504(e); GDPR Article 28(3)",
    predicates=(
        Predicate(
            "baa",
            bool,
            "Whether a BAA with the vendor that names the organisation is in force, and its scope.",
            "The business associate agreement (BAA) openai-baa with OpenAI is in force for services openai/responses; "
            "labels phi; it may be relied on until 2027-01-31.",
        ),
        Predicate(
            "dpa",
            bool,
            "Whether a DPA with the vendor that names the organisation is in force, and its scope.",
            "No data processing agreement (DPA) with OpenAI is on file that counts today.",
        ),
    ),
    find=_find,
)
