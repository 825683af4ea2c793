"""BAAs and DPAs in force with each vendor, and what they are limited to."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import (
    Filed,
    covers,
    filed,
    last_days,
    not_on_paper,
    on_paper,
    title,
    vendors,
)
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import Fact

_KINDS = {"baa": (Kind.BAA, "business associate agreement (BAA)"), "dpa": (Kind.DPA, "data processing agreement (DPA)")}
_SCOPE = "It covers only what is named, and says nothing of what the vendor does. An agreement makes nobody compliant."


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        for predicate, (kind, words) in _KINDS.items():
            papers = list(filed(world, vendor, kind))
            counting = [each for each in papers if each.standing.counts]
            yield from (_in_force(world, vendor, predicate, words, each) for each in counting)
            if not counting:
                says = f"No {words} with {title(world, vendor)} is on file that counts today."
                yield not_on_paper(world, vendor, predicate, says, "Ask for the agreement.", papers)


def _in_force(world: World, vendor: str, predicate: str, words: str, paper: Filed) -> Fact:
    says = f"The {words} {paper.document.id} with {title(world, vendor)} is in force for {covers(paper)}; it "
    return on_paper(paper, vendor, predicate, True, f"{says}{last_days(paper)}.", _SCOPE)


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
