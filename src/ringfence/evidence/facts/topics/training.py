"""Whether vendors train models on what they are sent, as far as their own pages say."""

from __future__ import annotations

from collections.abc import Iterator

from ringfence.evidence.facts.paper import provider, title, vendors
from ringfence.evidence.facts.topic import Predicate, Topic
from ringfence.evidence.facts.world import World
from ringfence.register import Practices, Training
from ringfence.register.globs import any_matches
from ringfence.vocabulary.fact import Basis, Fact, Proof

_ANSWERS = {
    "no": "does not train models on what it is sent",
    "opt_in": "trains models on what it is sent only where the customer asks for it",
    "yes": "trains models on what it is sent",
    "unresolved": "may or may not train models on what it is sent: it is unresolved",
}
_LIMIT = "It is what the vendor's page said on that day. An agreement on file may say more; no interface shows it."

_ASKED = "Whether this account has asked for it is not known here."


def _find(world: World) -> Iterator[Fact]:
    for vendor in vendors(world):
        practices = world.register.practices.get(vendor)
        said = practices.training if practices and practices.expires_on >= world.today else ()
        if practices:
            yield from (_read(title(world, vendor), vendor, practices, each) for each in said)
        told = [pattern for each in said for pattern in each.services or ("*",)]
        rest = [
            name for name in world.register.services if provider(world, name) == vendor and not any_matches(told, name)
        ]
        if rest or not said:
            yield _unresolved(world, vendor, rest if said else [])


def _unresolved(world: World, vendor: str, services: list[str]) -> Fact:
    where = f" at {', '.join(services)}" if services else ""
    return Fact(
        subject=vendor,
        predicate="trains_on_inputs",
        value="unresolved",
        basis=Basis.NOTHING,
        says=f"Whether {title(world, vendor)}{where} trains models on what it is sent is unresolved: no page that says "
        "so was read, or not lately.",
        check="Read the vendor's terms, or the agreement with it.",
        as_of=world.today,
        scope={"services": ",".join(services)} if services else {},
    )


def _read(name: str, vendor: str, practices: Practices, training: Training) -> Fact:
    scope = {"services": ",".join(training.services)} if training.services else {}
    where = f" at {', '.join(training.services)}" if training.services else ""
    return Fact(
        subject=vendor,
        predicate="trains_on_inputs",
        value=training.answer,
        basis=Basis.NOTHING if training.answer == "unresolved" else Basis.CATALOGUED,
        says=f"By its own page {name}{where} {_ANSWERS[training.answer]}. {training.says}",
        check=f"Read {training.source}.",
        as_of=training.reviewed_on,
        expires_on=practices.expires_on,
        scope=scope,
        proofs=(Proof("catalogue", training.source, as_of=training.reviewed_on),),
        limits=(_LIMIT, *((_ASKED,) if training.answer == "opt_in" else ())),
    )


TOPIC = Topic(
    id="training",
    title="Training on what is sent",
    source="Vendors' own pages, each with its date: `ringfence terms`",
    predicates=(
        Predicate(
            "trains_on_inputs",
            str,
            "`no`, `opt_in` (only where the customer asks for it), `yes`, or `unresolved`.",
            "By its own page OpenAI trains models on what it is sent only where the customer asks for it.",
        ),
    ),
    find=_find,
)
