"""Models in use: the vendors', those in the house, and what is proved of their having no way out."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import provider
from ringfence.evidence.facts.recorded import many, recorded, span
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact, Proof


def _find(world: World) -> Iterator[Fact]:
    house, sent, services = world.house, world.traffic.sent, world.register.services
    models = sorted({model for name, each in sent.items() if provider(world, name) for model in each.models if model})
    yield recorded(
        world,
        ORGANISATION,
        "vendor_models",
        tuple(models),
        f"Models of vendors that requests asked for {span(world)}: {', '.join(models) or 'none'}.",
        limits=("They are the names that clients asked for.",),
    )
    own = sum(each.requests for name, each in sent.items() if name in services and services[name].own_host)
    yield recorded(
        world,
        ORGANISATION,
        "answered_in_house",
        own,
        f"{many(own, 'request')} {span(world)} were sent to a model on a host of the organisation's own.",
    )
    yield Fact(
        subject=ORGANISATION,
        predicate="private_models",
        value=house.private_models,
        basis=Basis.CONFIGURED if house.private_models else Basis.NOTHING,
        says=f"Models set up on a host of the organisation's own: {', '.join(house.private_models) or 'none'}.",
        check="Read [private] in ringfence.toml.",
        as_of=world.today,
        proofs=(Proof("setting", "[private]", as_of=world.today),),
    )
    yield Fact(
        subject=ORGANISATION,
        predicate="private_no_egress",
        value=False,
        basis=Basis.NOTHING,
        says="That no data leaves the private model's host is not proved here"
        + (", though its process is told to start without a network where the system can." if house.isolated else "."),
        check="Look at the host's own network rules.",
        as_of=world.today,
        limits=("A setting is not a proof.",),
    )


TOPIC = Topic(
    id="private_models",
    title="Models in use, and the private one's way out",
    source="Asked by every questionnaire on AI",
    predicates=(
        Predicate(
            "vendor_models", tuple, "Vendors' models asked for.", "Models of vendors that requests asked for: gpt-4o."
        ),
        Predicate(
            "answered_in_house",
            int,
            "Requests sent to a model in the house.",
            "38 requests were sent to a model on a host of the organisation's own.",
        ),
        Predicate(
            "private_models",
            tuple,
            "Models in the house.",
            "Models set up on a host of the organisation's own: llama-3.1-8b.",
        ),
        Predicate(
            "private_no_egress",
            bool,
            "Whether it is proved that nothing leaves the private model's host. It is not, yet.",
            "That no data leaves the private model's host is not proved here.",
        ),
    ),
    find=_find,
)
