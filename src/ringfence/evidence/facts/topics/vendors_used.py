"""Which vendors processed which kinds of data in the period, and under which documents."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_LEDGER, records, title
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact


def _find(world: World) -> Iterator[Fact]:
    first, last = world.traffic.period
    services = world.register.services
    known = {name: sent for name, sent in world.traffic.sent.items() if name in services}
    used = sorted({services[name].vendor for name in known if not services[name].private})
    yield Fact(
        subject=ORGANISATION,
        predicate="ai_vendors_used",
        value=tuple(used),
        basis=Basis.RECORDED,
        says=f"From {first} to {last} requests left for {', '.join(title(world, each) for each in used)}."
        if used
        else f"From {first} to {last} no request left for an AI vendor.",
        check=CHECK_LEDGER,
        as_of=last,
        period=(first, last),
        proofs=(records(world),),
        limits=("It speaks of the traffic that the gateway saw.",),
    )
    for name, sent in sorted(known.items()):
        service = services[name]
        for label, count in sorted(sent.labels.items()):
            papers = sorted(sent.documents.get(label, ()))
            under = f"under {', '.join(papers)}" if papers else "under no document"
            yield Fact(
                subject=service.vendor,
                predicate="processed",
                value=count,
                basis=Basis.RECORDED,
                says=f"{count} requests with {label} data went to {name} from {first} to {last}, {under}.",
                check=CHECK_LEDGER,
                as_of=sent.last_day or last,
                scope={"service": name, "label": label},
                period=(first, last),
                proofs=(records(world),),
                limits=(f"It speaks {world.traffic.reach(service.vendor)}.",),
            )


TOPIC = Topic(
    id="vendors_used",
    title="Which vendors processed which data",
    source="45 CFR 164.502(e) and GDPR Article 30 ask who processes; every questionnaire asks for the list",
    predicates=(
        Predicate(
            "ai_vendors_used",
            tuple,
            "The vendors that requests left for in the period.",
            "From 2026-08-01 to 2026-10-31 requests left for OpenAI.",
        ),
        Predicate(
            "processed",
            int,
            "How many requests with one label went to one service, and under which documents.",
            "412 requests with phi data went to openai/responses from 2026-08-01 to 2026-10-31, under openai-baa.",
        ),
    ),
    find=_find,
)
