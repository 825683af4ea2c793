"""ISO certificates: each vendor's, and the organisation's own."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import (
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
from ringfence.vocabulary.fact import ORGANISATION, Fact


def _find(world: World) -> Iterator[Fact]:
    for subject, name in ((ORGANISATION, "The organisation"), *((each, title(world, each)) for each in vendors(world))):
        papers = list(filed(world, subject, Kind.ISO_CERTIFICATE))
        counting = [each for each in papers if each.standing.counts]
        for paper in counting:
            says = f"{name} has the certificate {paper.document.title or paper.document.id} for {covers(paper)}; it "
            limit = "It speaks of the management system and the scope on it, and of no other company."
            yield on_paper(paper, subject, "iso_certificate", True, f"{says}{last_days(paper)}.", limit)
        if not counting:
            says = f"{name} has no ISO certificate of its own on file that counts today."
            yield not_on_paper(world, subject, "iso_certificate", says, "Ask for the certificate.", papers)


TOPIC = Topic(
    id="certificates",
    title="ISO certificates, the vendors' and the organisation's own",
    source="ISO/IEC 17021-1 clause 8.2",
    predicates=(
        Predicate(
            "iso_certificate",
            bool,
            "Whether an ISO certificate of the subject itself is on file and counts today.",
            "OpenAI has the certificate ISO/IEC 27001 for services openai/*; it may be relied on until 2027-01-31.",
        ),
    ),
    find=_find,
)
