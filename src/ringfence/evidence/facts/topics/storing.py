"""Whether vendors were told not to store: `store` was set to false on n of n requests."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import provider
from ringfence.evidence.facts.recorded import recorded, span
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import forced_members
from ringfence.vocabulary.fact import Fact

_STORE = "/store"
_LIMITS = (
    "What a vendor keeps to watch for abuse does not depend on `store`, and some keep data whatever it says.",
    "Which endpoints store otherwise is as the terms catalogue has it today. Requests that were translated from "
    "another interface are not counted.",
)


def _find(world: World) -> Iterator[Fact]:
    for name, sent in sorted(world.traffic.sent.items()):
        vendor = provider(world, name)
        forced = [
            endpoint
            for endpoint in sent.asked
            if any(
                pointer == _STORE and value is False
                for pointer, value, _ in forced_members(world.register, name, endpoint)
            )
        ]
        asked = sum(sent.asked[endpoint] for endpoint in forced)
        if vendor is None or not asked:
            continue
        done = sum(sent.store_set[endpoint] for endpoint in forced)
        yield recorded(
            world,
            vendor,
            "store_false",
            done == asked,
            f"`store` was set to false on {done} of {asked} requests to {name} {span(world)}.",
            vendor=vendor,
            scope={"service": name},
            limits=_LIMITS,
            as_of=sent.last_day,
        )


TOPIC = Topic(
    id="storing",
    title="Storing at the vendor was turned off",
    source="Responses are stored for 30 days unless `store` is false: the terms catalogue",
    predicates=(
        Predicate(
            "store_false",
            bool,
            "Whether the gateway set `store` to false on every request to a service that stores otherwise.",
            "`store` was set to false on 512 of 512 requests to openai/responses from 2026-08-01 to 2026-10-31.",
        ),
    ),
    find=_find,
)
