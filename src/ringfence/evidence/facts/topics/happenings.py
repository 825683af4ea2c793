"""What went wrong or was stopped in the period: denials, drifts, incidents, traffic that went around."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_LEDGER, records
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.decision import Effect
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact


def _find(world: World) -> Iterator[Fact]:
    traffic = world.traffic
    first, last = traffic.period
    span = f"from {first} to {last}"
    denied = traffic.effects[Effect.DENY]
    rows = (
        ("requests_decided", traffic.decided, f"{traffic.decided} requests were decided {span}."),
        ("requests_denied", denied, f"{denied} of {traffic.decided} requests were denied {span}."),
        ("incidents_opened", traffic.incidents, f"{traffic.incidents} incidents were opened {span}."),
        (
            "drifts_found",
            traffic.drifts,
            f"{traffic.drifts} times an account was found set otherwise than documents say, {span}.",
        ),
        (
            "bypass_found",
            len(traffic.bypassed),
            f"{len(traffic.bypassed)} comparisons with vendors' own counts found something that the gateway did not "
            f"see, {span}; {len(traffic.reconciled)} found nothing.",
        ),
    )
    for predicate, value, says in rows:
        yield Fact(
            subject=ORGANISATION,
            predicate=predicate,
            value=value,
            basis=Basis.RECORDED,
            says=says,
            check=CHECK_LEDGER,
            as_of=last,
            period=(first, last),
            proofs=(records(world),),
            limits=("It speaks of what the gateway saw; spans without heartbeats were not observed.",),
        )


TOPIC = Topic(
    id="happenings",
    title="Denials, drifts, incidents",
    source="45 CFR 164.308(a)(6); SOC 2 criterion CC7.3",
    predicates=(
        Predicate("requests_decided", int, "Requests in the period.", "5,210 requests were decided."),
        Predicate("requests_denied", int, "Those that were denied.", "12 of 5,210 requests were denied."),
        Predicate("incidents_opened", int, "Incidents opened.", "0 incidents were opened."),
        Predicate("drifts_found", int, "Accounts found set otherwise.", "1 times an account was found set otherwise."),
        Predicate("bypass_found", int, "Comparisons with findings.", "0 comparisons found something."),
    ),
    find=_find,
)
