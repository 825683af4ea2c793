"""ISO certificates: each vendor's, and the organisation's own."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_DOCUMENT, covers, filed, last_days, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Kind
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact


def _find(world: World) -> Iterator[Fact]:
    for subject, name in ((ORGANISATION, "The organisation"), *((each, title(world, each)) for each in vendors(world))):
        papers = list(filed(world, subject, Kind.ISO_CERTIFICATE))
        counting = [each for each in papers if each.standing.counts]
        for paper in counting:
            yield Fact(
                subject=subject,
                predicate="iso_certificate",
                value=True,
                basis=Basis.REVIEWED,
                says=f"{name} has the certificate {paper.document.title or paper.document.id} for {covers(paper)}; it "
                f"{last_days(paper)}.",
                check=CHECK_DOCUMENT,
                as_of=paper.as_of,
                expires_on=paper.until,
                scope={"document": paper.document.id},
                proofs=(paper.proof,),
                limits=("It speaks of the management system and the scope on it, and of no other company.",),
            )
        if not counting:
            why = "".join(f" {each.standing.why}" for each in papers)
            yield Fact(
                subject=subject,
                predicate="iso_certificate",
                value=False,
                basis=Basis.NOTHING,
                says=f"{name} has no ISO certificate of its own on file that counts today.{why}",
                check="Ask for the certificate.",
                as_of=world.today,
                proofs=tuple(each.proof for each in papers),
            )


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
