"""Models that answer in the house, and what is proved of their having no way out."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.vocabulary.fact import ORGANISATION, Basis, Fact, Proof


def _find(world: World) -> Iterator[Fact]:
    house, services = world.house, world.register.services
    vendors = {
        name: sent for name, sent in world.traffic.sent.items() if name in services and not services[name].private
    }
    models = tuple(sorted({model for sent in vendors.values() for model in sent.models if model}))
    first, last = world.traffic.period
    yield Fact(
        subject=ORGANISATION,
        predicate="vendor_models",
        value=models,
        basis=Basis.RECORDED,
        says=f"Models of vendors asked from {first} to {last}: {', '.join(models) or 'none'}.",
        check="Count the records of the period (`ringfence evidence export`).",
        as_of=last,
        period=(first, last),
    )
    yield Fact(
        subject=ORGANISATION,
        predicate="private_models",
        value=house.private_models,
        basis=Basis.CONFIGURED if house.private_models else Basis.NOTHING,
        says=f"Models that answer in the house: {', '.join(house.private_models) or 'none'}.",
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
        + (", though its process is started without a network." if house.isolated else "."),
        check="Look at the host's own network rules.",
        as_of=world.today,
        limits=("A setting is not a proof.",),
    )


TOPIC = Topic(
    id="private_models",
    title="Models in use, and the private one's way out",
    source="Asked by every questionnaire on AI",
    predicates=(
        Predicate("vendor_models", tuple, "Vendors' models asked in the period.", "Models of vendors asked: gpt-4o."),
        Predicate("private_models", tuple, "Models in the house.", "Models that answer in the house: llama-3.1-8b."),
        Predicate("private_no_egress", bool, "Proof of no egress.", "That no data leaves is not proved here."),
    ),
    find=_find,
)
