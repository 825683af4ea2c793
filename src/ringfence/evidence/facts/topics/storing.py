"""Whether vendors were told not to store: `store` was set to false on n of n requests."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import CHECK_LEDGER, records
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import forced_members
from ringfence.vocabulary.fact import Basis, Fact

_STORE = "/store"


def _find(world: World) -> Iterator[Fact]:
    first, last = world.traffic.period
    for name, sent in sorted(world.traffic.sent.items()):
        forced = {
            endpoint
            for endpoint in sent.endpoints
            if any(pointer == _STORE for pointer, _, _ in forced_members(world.register, name, endpoint))
        }
        asked = sum(sent.endpoints[endpoint] for endpoint in forced)
        if not asked:
            continue
        done = sent.members_set[_STORE]
        yield Fact(
            subject=world.register.services[name].vendor,
            predicate="store_false",
            value=done == asked,
            basis=Basis.RECORDED,
            says=f"`store` was set to false on {done} of {asked} requests to {name} from {first} to {last}.",
            check=CHECK_LEDGER,
            as_of=sent.last_day or last,
            scope={"service": name},
            period=(first, last),
            proofs=(records(world),),
            limits=("What a vendor keeps to watch for abuse does not depend on `store`.",),
        )


TOPIC = Topic(
    id="storing",
    title="Storing at the vendor was turned off",
    source="Responses are stored for 30 days unless `store` is false: the terms catalogue",
    predicates=(
        Predicate(
            "store_false",
            bool,
            "Whether `store` was set to false on every request to a service that stores otherwise.",
            "`store` was set to false on 512 of 512 requests to openai/responses from 2026-08-01 to 2026-10-31.",
        ),
    ),
    find=_find,
)
